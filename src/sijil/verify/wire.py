"""The little of HTTP that this process needs: read a small body, send one answer."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from sijil.pages.problems import CONTENT_TYPE

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

LARGEST_BODY = 4096
JSON = b"application/json"


class TooLarge(Exception):
    """The body is larger than any question."""


class Gone(Exception):
    """The client left before it had asked."""


def header(scope: Scope, name: bytes) -> bytes:
    """Return a request header, or nothing."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value)
    return b""


async def read_body(receive: Receive) -> bytes:
    """Return the whole body. Raises: TooLarge, Gone."""
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            raise TooLarge
    if message["type"] == "http.disconnect":
        raise Gone
    if len(body) > LARGEST_BODY:
        raise TooLarge
    return body


async def send_bytes(
    send: Send, status: int, body: bytes, content_type: bytes = JSON, extra: Headers | None = None
) -> None:
    """Send an answer that no cache may keep."""
    headers = [
        (b"content-type", content_type),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        *(extra or ()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def send_json(send: Send, status: int, value: Any, extra: Headers | None = None) -> None:
    await send_bytes(send, status, json.dumps(value, ensure_ascii=False).encode(), JSON, extra)


async def send_problem(send: Send, body: dict[str, Any], extra: Headers | None = None) -> None:
    """Send a problem document (RFC 9457) with its status."""
    raw = json.dumps(body, ensure_ascii=False).encode()
    await send_bytes(send, body["status"], raw, CONTENT_TYPE.encode(), extra)
