"""The ASGI application: addresses, who may ask, and what is sent back."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sijil.domains.partners.adapters.access_tokens import LIFETIME, AccessToken, AccessTokens
from sijil.domains.partners.errors import TOKEN_INVALID
from sijil.domains.partners.rules import VERIFICATION
from sijil.kernel.allowance import WRONG_CLAIMS
from sijil.kernel.errors import Refused
from sijil.kernel.sealing import Keyring
from sijil.pages.problems import problem, refusal_problem
from sijil.verify import pages
from sijil.verify.batches import Batches, Unavailable
from sijil.verify.directory import Client, Directory
from sijil.verify.guesses import Guesses
from sijil.verify.notices import Notices
from sijil.verify.oauth import TokenRefused, grant
from sijil.verify.questions import read_question
from sijil.verify.refusals import PARTNER_SUSPENDED, RATE_EXCEEDED, SCOPE_MISSING, WRONG_TOO_OFTEN
from sijil.verify.statement import Answer, Question
from sijil.verify.wire import (
    Gone,
    Receive,
    Scope,
    Send,
    TooLarge,
    header,
    read_body,
    send_bytes,
    send_json,
    send_problem,
)

log = logging.getLogger("sijil.verify")

LINES = 1
REMEMBERED_TOKENS = 4096
_UNAVAILABLE = problem(
    "verify.unavailable",
    503,
    "No answer can be given now.",
    "Nothing is known about the claim. Ask again in a few seconds.",
)
_TOO_LARGE = problem(
    "verify.body_too_large", 413, "The body is too large.", "A question has at most 4096 bytes."
)
_NOT_FOUND = problem(
    "verify.not_found", 404, "There is nothing at this address.", "The calls are listed at /docs."
)
_RETRY_SOON = [(b"retry-after", b"2")]
_RETRY_NEXT = [(b"retry-after", b"1")]
_BEARER = [(b"www-authenticate", b'Bearer realm="sijil"')]
_BASIC = [(b"www-authenticate", b'Basic realm="sijil"')]


def _clock() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the settings give. ``database``: in asyncpg's words. ``token_keys``: the folder of their keys.

    ``portal``: the address of the pages.
    """

    database: dict[str, Any]
    token_keys: Path
    keyring: Callable[[], Keyring]
    workers: int
    portal: str


def address_of(database: Mapping[str, Any]) -> dict[str, Any]:
    """Return Django's description of a database in asyncpg's words; how TLS is spoken it reads from a dsn."""
    told = {
        name: text
        for name, text in database["OPTIONS"].items()
        if name.startswith("ssl") or name == "target_session_attrs"
    }
    return {
        "dsn": f"postgresql://?{urlencode(told)}" if told else None,
        "host": (database["HOST"] or "localhost").split(","),
        "port": int(str(database["PORT"] or 5432)),
        "user": database["USER"],
        "password": database["PASSWORD"] or None,
        "database": database["NAME"],
    }


class VerifyApp:
    """One worker process: its connections, its partners, its tokens."""

    def __init__(self, parts: Parts) -> None:
        self.portal = parts.portal
        self.keys = parts.keyring()
        self.tokens = AccessTokens(parts.token_keys)
        self.directory = Directory(parts.database, workers=parts.workers)
        self.batches = Batches(parts.database, lines=LINES, clock=_clock)
        self.guesses = Guesses()
        self.notices = Notices(parts.database, clock=_clock)
        self._seen: dict[bytes, AccessToken] = {}
        self._routes = {
            "/v1/verifications": {"POST": self.verify},
            "/oauth2/token": {"POST": self.token},
            "/.well-known/jwks.json": {"GET": self.jwks},
            "/openapi.json": {"GET": self.openapi},
            "/docs": {"GET": self.docs},
            "/healthz": {"GET": self.healthz},
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever is refused or fails becomes a problem document."""
        try:
            await self._route(scope, receive, send)
        except Refused as refused:
            await send_problem(send, refusal_problem(refused), _headers_of(refused))
        except Unavailable:
            await send_problem(send, _UNAVAILABLE, _RETRY_SOON)
        except TooLarge:
            await send_problem(send, _TOO_LARGE, [(b"connection", b"close")])
        except Gone:
            return

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        methods = self._routes.get(scope["path"])
        if methods is None:
            await send_problem(send, _NOT_FOUND)
        elif scope["method"] not in methods:
            allowed = ", ".join(methods)
            body = problem("verify.method_not_allowed", 405, f"Only {allowed} at this address.")
            await send_problem(send, body, [(b"allow", allowed.encode())])
        else:
            await methods[scope["method"]](scope, receive, send)

    async def verify(self, scope: Scope, receive: Receive, send: Send) -> None:
        """``POST /v1/verifications``: the same steps for a known and an unknown number."""
        client = self._admit(header(scope, b"authorization"))
        question = read_question(await read_body(receive), client, self.keys)
        answer = await self._ask(question)
        result = b"match" if answer.confirmed else b"no_match"
        body = b'{"result":"%s","id":"%s","at":"%s"}' % (
            result,
            str(question.id).encode(),
            answer.at.encode(),
        )
        await send_bytes(send, 200, body)

    async def _ask(self, question: Question) -> Answer:
        """Answer a question unless its partner was wrong about this person too often."""
        about = question.partner, question.tag
        if not self.guesses.take(*about, time.monotonic()):
            self.notices.note(question)
            raise Refused(WRONG_TOO_OFTEN, minutes=round(WRONG_CLAIMS.every / 60))
        try:
            answer = await self.batches.answer(question)
        except Unavailable:
            self.guesses.give_back(*about)
            raise
        if answer.confirmed:
            self.guesses.give_back(*about)
        return answer

    async def token(self, scope: Scope, receive: Receive, send: Send) -> None:
        """``POST /oauth2/token``."""
        raw = await read_body(receive)
        try:
            client, scopes = await grant(
                self.directory, header(scope, b"content-type"), header(scope, b"authorization"), raw
            )
        except TokenRefused as refused:
            await send_json(send, refused.status, refused.body, _BASIC if refused.status == 401 else None)
            return
        token = self.tokens.issue(client.client_id, scopes, mark=client.mark, now=_clock())
        seconds = int(LIFETIME.total_seconds())
        body = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": seconds,
            "scope": " ".join(scopes),
        }
        await send_json(send, 200, body, [(b"pragma", b"no-cache")])

    async def jwks(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send_json(send, 200, self.tokens.jwks())

    async def openapi(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send_json(send, 200, pages.openapi())

    async def docs(self, scope: Scope, receive: Receive, send: Send) -> None:
        page, policy = pages.docs(self.portal)
        extra = [
            (b"content-security-policy", policy),
            (b"referrer-policy", b"no-referrer"),
            (b"x-content-type-options", b"nosniff"),
        ]
        await send_bytes(send, 200, page, b"text/html; charset=utf-8", extra)

    async def healthz(self, scope: Scope, receive: Receive, send: Send) -> None:
        ready = self.directory.is_reachable()
        body = {"status": "ok" if ready else "unavailable", "database": ready}
        await send_json(send, 200 if ready else 503, body)

    def _admit(self, authorization: bytes) -> Client:
        """Return who asks. Raises: Refused: no valid token, no scope, suspended, too fast; Unavailable."""
        token = self._seen.get(authorization)
        if token is None or token.expires_at <= time.time():
            token = self._read_token(authorization)
        client = self.directory.find(token.client_id)
        if client is None or token.mark != client.mark:  # of a secret that was changed
            raise Refused(TOKEN_INVALID)
        if not client.active:
            raise Refused(PARTNER_SUSPENDED)
        if VERIFICATION not in token.scopes or VERIFICATION not in client.scopes:
            raise Refused(SCOPE_MISSING, scope=VERIFICATION)
        if not client.bucket.take(time.monotonic()):
            raise Refused(RATE_EXCEEDED, rate=client.rate_limit)
        return client

    def _read_token(self, authorization: bytes) -> AccessToken:
        scheme, _, rest = authorization.partition(b" ")
        if scheme.lower() != b"bearer":
            raise Refused(TOKEN_INVALID)
        token = self.tokens.read(rest.strip().decode("latin-1"), now=_clock())
        if len(self._seen) >= REMEMBERED_TOKENS:
            self._seen.clear()
        self._seen[authorization] = token
        return token

    async def open(self) -> None:
        await self.directory.open()

    async def close(self) -> None:
        await self.batches.close()
        await self.notices.close()
        await self.directory.close()


def _headers_of(refused: Refused) -> list[tuple[bytes, bytes]] | None:
    if refused.error is TOKEN_INVALID:
        return _BEARER
    if refused.error is WRONG_TOO_OFTEN:
        return [(b"retry-after", b"%d" % round(WRONG_CLAIMS.every))]
    return _RETRY_NEXT if refused.error is RATE_EXCEEDED else None


class Application:
    """What uvicorn runs: opens one :class:`VerifyApp` in the worker, closes it at the end."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._app: VerifyApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            assert self._app is not None
            await self._app(scope, receive, send)
        else:
            await self._lifespan(receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        self._app = VerifyApp(self._parts)
        await self._app.open()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        with contextlib.suppress(asyncio.CancelledError):
            await self._app.close()
        await send({"type": "lifespan.shutdown.complete"})
