"""The verification process (uvicorn, ASGI): its application, made with the settings of this installation."""

import asyncio
from typing import Any

from sijil.config.settings import DATABASES, ENV, HOME
from sijil.kernel.sealing import keyring
from sijil.processes.beats import Beat
from sijil.processes.children import end_with_mine
from sijil.verify.app import Application, Parts, address_of

end_with_mine()
_service = Application(
    Parts(
        database=address_of(DATABASES["default"]),
        token_keys=HOME / "keys" / "access-tokens",
        keyring=keyring,
        workers=ENV.verify_workers,
        portal=ENV.public_url.rstrip("/") or f"http://{ENV.host}:{ENV.port}",
    )
)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answer; beside it, show life as long as the process is open."""
    beat = asyncio.create_task(Beat(HOME, "verify").keep()) if scope["type"] == "lifespan" else None
    try:
        await _service(scope, receive, send)
    finally:
        if beat:
            beat.cancel()
