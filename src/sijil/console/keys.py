"""``sijil keys``: those that seal identities, and those that sign receipts."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Annotated

import typer

from sijil.console.output import say

if TYPE_CHECKING:
    from sijil.processes.keys import Renewal

keys = typer.Typer(help="The keys that seal identities and sign receipts.", no_args_is_help=True)


@keys.command()
def rotate(
    context: Annotated[
        list[str] | None,
        typer.Option("--context", help="Domain whose keys change (may be repeated); all without it."),
    ] = None,
) -> None:
    """Add a data key to each domain and seal everything anew under it.

    Older keys stay in the ring and open what they sealed; back up SIJIL_HOME/keys afterwards. May be stopped
    and repeated, also while the product runs.
    """
    import django

    django.setup()
    from sijil.processes import keys as work

    known = sorted({column.context for column in work.sealed_columns()})
    unknown = sorted(set(context or []) - set(known))
    if unknown:
        raise typer.BadParameter(f"{', '.join(unknown)}; known: {', '.join(known)}", param_hint="--context")
    for name, number in work.rotate(context).items():
        say(f"{name}: data key {number} is current")
    renew()


@keys.command()
def renew() -> None:
    """Seal anew what an older key sealed; exit code 1 when a value does not open."""
    import django

    django.setup()
    from sijil.processes import keys as work

    done = work.renew(lambda found: say(_sentence(found)))
    if any(found.broken for found in done):
        raise typer.Exit(1)


@keys.command()
def receipts() -> None:
    """List the keys that sign receipts: the newest signs, all of them check, a withdrawn one does not."""
    seal = _receipt_keys()
    for number, kid in enumerate(seal.trusted_ids()):
        say(f"{kid}: {'checks' if number else 'signs and checks'}")
    for kid in seal.withdrawn_ids():
        say(f"{kid}: withdrawn")


@keys.command()
def rotate_receipts() -> None:
    """Make a new key that signs receipts from now on; what the older keys signed stays genuine."""
    say(f"{_receipt_keys().rotate_key()}: signs and checks")


@keys.command()
def withdraw_receipts(key: Annotated[str, typer.Argument(help="Its id, as the list tells it.")]) -> None:
    """End trust in a key that was stolen: what it signed is genuine no more.

    Printed again, such a receipt bears a code of a trusted key.
    """
    seal = _receipt_keys()
    if key not in seal.trusted_ids():
        raise typer.BadParameter(f"{key} is not trusted; see: sijil keys receipts", param_hint="KEY")
    seal.withdraw_key(key)
    receipts()


def _receipt_keys() -> ModuleType:
    import django

    django.setup()
    from sijil.domains.documents.receipts import seal

    return seal


def _sentence(found: Renewal) -> str:
    parts = [f"{found.renewed} sealed anew", f"{found.current} current"]
    parts += [f"{found.kept} immutable, under their older key"] if found.kept else []
    parts += [f"{found.broken} DO NOT OPEN"] if found.broken else []
    return f"{found.column}: {', '.join(parts)}"
