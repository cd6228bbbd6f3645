"""``sijil inbound-token``."""

from __future__ import annotations

from typing import Annotated

import typer

from sijil.console.output import say
from sijil.processes.failure import CannotStart


def inbound_token(
    system: Annotated[str, typer.Argument(help="sms, email or abis: who will tell us something.")],
) -> None:
    """Print the secret with which a provider reports, or the engine answers, to /v1/inbound/.

    The file is keys/inbound/NAME.token below SIJIL_HOME, made at the first start; delete it for another one.
    """
    from sijil.processes.environment import Environment
    from sijil.processes.home import INBOUND

    if system not in INBOUND:
        raise typer.BadParameter(f"one of {', '.join(INBOUND)}", param_hint="SYSTEM")
    file = Environment().home.absolute() / "keys" / "inbound" / f"{system}.token"
    if not file.exists():
        raise CannotStart(f"{file} is made at the first start: run sijil up, demo or migrate first.")
    say(file.read_text().strip())
