"""Options that several commands share; given on the line they win over the environment."""

from __future__ import annotations

import os
from typing import Annotated

import typer

Host = Annotated[str | None, typer.Option(help="Address to listen on (SIJIL_HOST, else 127.0.0.1).")]
Port = Annotated[
    int | None, typer.Option(min=1, max=65534, help="Port of the pages and the API (SIJIL_PORT, else 8000).")
]
VerifyPort = Annotated[
    int | None, typer.Option(min=1, max=65535, help="Port of the verification process (the next one).")
]


def apply(host: str | None, port: int | None, verify_port: int | None) -> None:
    """Write the options into the environment, where the settings and the children read them."""
    if port is not None and verify_port is None and "SIJIL_VERIFY_PORT" not in os.environ:
        verify_port = port + 1
    given = {"SIJIL_HOST": host, "SIJIL_PORT": port, "SIJIL_VERIFY_PORT": verify_port}
    os.environ.update({name: str(value) for name, value in given.items() if value is not None})
