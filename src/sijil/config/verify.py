"""The verification process (uvicorn, ASGI): its application, made with the settings of this installation."""

from sijil.config.settings import DATABASES, ENV, HOME
from sijil.kernel.sealing import keyring
from sijil.processes.children import end_with_mine
from sijil.verify.app import Application, Parts, address_of

end_with_mine()
application = Application(
    Parts(
        database=address_of(DATABASES["default"]),
        token_keys=HOME / "keys" / "access-tokens",
        keyring=keyring,
        workers=ENV.verify_workers,
        portal=ENV.public_url.rstrip("/") or f"http://{ENV.host}:{ENV.port}",
    )
)
