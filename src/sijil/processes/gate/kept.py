"""Public pages, the same for everybody who reads in one language: kept for seconds, compressed once."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from sijil.processes.gate.requests import Request
from sijil.processes.gate.threads import Head

SECONDS = 30.0
LARGEST = 256 * 1024
MOST = 256  # pages; when there are more, all are forgotten
FORM_TOKEN = b"csrfmiddlewaretoken"


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer."""

    head: Head
    body: bytes


class Kept:
    """``key``: what a page depends on, None for a request whose answer may not be kept."""

    def __init__(
        self,
        key: Callable[[Request], Hashable | None],
        *,
        seconds: float = SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.key = key
        self._seconds, self._clock = seconds, clock
        self._pages: dict[Hashable, tuple[float, Reply, Reply]] = {}

    def find(self, request: Request, key: Hashable | None) -> Reply | None:
        """Return the page as this client reads it, if it is kept."""
        kept = self._pages.get(key) if key is not None else None
        if kept is None or self._clock() >= kept[0]:
            return None
        return kept[2] if takes_gzip(request) else kept[1]

    def keep(self, key: Hashable, reply: Reply) -> None:
        """Keep an answer, unless it is somebody's own."""
        if not is_for_all(reply):
            return
        if len(self._pages) >= MOST:
            self._pages.clear()
        self._pages[key] = (self._clock() + self._seconds, *_both(reply))


def is_for_all(reply: Reply) -> bool:
    """Tell whether an answer is nobody's own: 200, plain, no cookie, no token of a form."""
    names = {name.lower(): text for name, text in reply.head.headers}
    own = (
        {"set-cookie", "content-encoding"} & names.keys()
        or "private" in names.get("cache-control", "")
        or FORM_TOKEN in reply.body
    )
    return reply.head.status == 200 and not own and len(reply.body) <= LARGEST


def takes_gzip(request: Request) -> bool:
    """Tell whether the client reads gzip."""
    offered = [one.strip().partition(";") for one in request.headers.get("accept-encoding", "").split(",")]
    return any(name == "gzip" and "q=0" not in rest.replace(" ", "").split(";") for name, _, rest in offered)


def _both(reply: Reply) -> tuple[Reply, Reply]:
    """Return a page plain and compressed; it holds no secret that its length could tell."""
    names = {name.lower(): text for name, text in reply.head.headers}
    vary = names.get("vary", "")
    vary += "" if "accept-encoding" in vary.lower() else ", Accept-Encoding" if vary else "Accept-Encoding"
    rest = [(n, t) for n, t in reply.head.headers if n.lower() not in ("vary", "content-length")]
    small = gzip.compress(reply.body, 6, mtime=0)
    return (
        _reply([*rest, ("Vary", vary)], reply.body),
        _reply([*rest, ("Vary", vary), ("Content-Encoding", "gzip")], small),
    )


def _reply(headers: list[tuple[str, str]], body: bytes) -> Reply:
    return Reply(Head(200, (*headers, ("Content-Length", str(len(body))))), body)
