"""The floor of the pages: the same server and gate, before an application that answers one text."""

from sijil.processes.gate.gate import Gate
from sijil.processes.gate.kept import Kept, Reply
from sijil.processes.gate.threads import Head, Threads

PAGE = b"x" * 6_000


def constant(environ, start):  # type: ignore[no-untyped-def]
    start("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(PAGE)))])
    return [PAGE]


application = Gate(
    Threads(constant),
    largest=lambda request: 64 * 1024,
    refuse=lambda request, reason: Reply(Head(reason.value, ()), b""),
    kept=Kept(lambda request: None),
)
