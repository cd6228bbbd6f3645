"""The verification process (uvicorn, ASGI): its application, made with the settings of this installation."""

import asyncio
from typing import Any

from sijil.processes import roles

roles.run_as(roles.VERIFY)

from sijil.config.settings import DATABASES, ENV, HOME  # noqa: E402
from sijil.kernel.sealing import keyring  # noqa: E402
from sijil.processes.beats import Beat  # noqa: E402
from sijil.processes.children import end_with_mine  # noqa: E402
from sijil.verify.app import Application, Parts, address_of  # noqa: E402

end_with_mine()
_service = Application(
    Parts(
        database=address_of(DATABASES["default"]),
        token_keys=HOME / "keys" / "access-tokens",
        keyring=keyring,
        workers=ENV.verify_workers,
        portal=ENV.address,
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
