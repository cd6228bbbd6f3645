"""``sijil partner``: who may ask the registers, and with which secret."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sijil.console.output import say, show_table

if TYPE_CHECKING:
    from sijil.domains.partners.types import Credentials, Purpose

partner = typer.Typer(
    help="The administrations and companies that may ask the registers.", no_args_is_help=True
)
Code = Annotated[str, typer.Argument(help="Its short name: small letters, digits and dashes.")]
Reason = Annotated[str, typer.Option(help="Kept with the step; no names of persons.")]


@partner.command()
def add(
    code: Code,
    name_ar: Annotated[str, typer.Option(help="Its name in Arabic, as persons read it.")],
    name_fr: Annotated[str, typer.Option(help="Its name in French.")],
    purpose: Annotated[
        list[str], typer.Option(help="CODE|Arabic|French|English: what it may ask for. Repeat for each.")
    ],
    rate: Annotated[int, typer.Option(min=1, help="Questions a second.")] = 100,
    scope: Annotated[
        list[str] | None, typer.Option(help="verification (if none is named), source. Repeat for each.")
    ] = None,
) -> None:
    """Register a partner and print its credentials: the secret is shown this once."""
    purposes = [_purpose(text) for text in purpose]
    given = _do(
        "register_partner", code, name_ar=name_ar, name_fr=name_fr, purposes=purposes, rate_limit=rate,
        scopes=scope or ["verification"],
    )  # fmt: skip
    _print_credentials(given)


@partner.command()
def rotate(code: Code) -> None:
    """Give a new secret; the old one stops at once."""
    _print_credentials(_do("rotate_secret", code))


@partner.command()
def add_key(
    code: Code,
    file: Annotated[Path, typer.Argument(help="A file that holds one public JSON Web Key.")],
) -> None:
    """Trust what the partner signs with this key, and print the key's name: the `kid` of its messages."""
    kid = _do("add_key", code, jwk=_read_key(file))
    say(f"KID={kid}")


@partner.command(context_settings={"ignore_unknown_options": True})  # the name of one key in 64 begins with -
def remove_key(code: Code, kid: Annotated[str, typer.Argument(help="The name of the key.")]) -> None:
    """Trust a key no more, at once."""
    _do("remove_key", code, kid=kid)
    say(f"{kid} is trusted no more.")


@partner.command()
def keys(code: Code) -> None:
    """Show the keys that a partner signs with."""
    import django

    django.setup()
    from sijil.domains.partners.queries import list_keys

    rows = [[key.kid, key.jwk["kty"], _day(key.added_at), _day(key.removed_at)] for key in list_keys(code)]
    show_table(["Key", "Kind", "Added", "Removed"], rows)


@partner.command()
def suspend(code: Code, reason: Reason = "") -> None:
    """Refuse the partner everything within a second, also with a token it holds."""
    _do("suspend_partner", code, reason=reason)
    say(f"{code} is suspended.")


@partner.command()
def resume(code: Code, reason: Reason = "") -> None:
    """Let a suspended partner ask again."""
    _do("resume_partner", code, reason=reason)
    say(f"{code} is active.")


@partner.command(name="list")
def list_() -> None:
    """Show the partners."""
    import django

    django.setup()
    from sijil.domains.partners.queries import list_partners

    rows = [
        [p.code, p.name_fr, p.state, p.client_id, " ".join(q.code for q in p.purposes), str(p.rate_limit)]
        for p in list_partners()
    ]
    show_table(["Code", "Name", "State", "Client id", "Purposes", "A second"], rows)


def _do(use_case: str, code: str, **more: Any) -> Any:
    """Run one use case of the domain, which writes its own step and entry."""
    import django

    django.setup()
    from sijil.domains.partners import services
    from sijil.kernel.actors import system
    from sijil.pages import clock

    return getattr(services, use_case)(code=code, **more, actor=system("sijil partner"), now=clock.now())


def _day(moment: dt.datetime | None) -> str:
    from sijil.kernel.dates import legal_day

    return legal_day(moment).isoformat() if moment else ""


def _read_key(file: Path) -> Any:
    """Return the JSON of a file. Raises: typer.BadParameter."""
    import json

    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        raise typer.BadParameter("this file is no JSON", param_hint="FILE") from None
    if not isinstance(found, dict):
        raise typer.BadParameter("write one key, not a list", param_hint="FILE")
    return found


def _purpose(text: str) -> Purpose:
    from sijil.domains.partners.types import Purpose

    parts = [part.strip() for part in text.split("|")]
    if len(parts) != 4:
        raise typer.BadParameter("write CODE|Arabic|French|English", param_hint="--purpose")
    return Purpose(*parts)


def _print_credentials(given: Credentials) -> None:
    say(f"CLIENT_ID={given.client_id}")
    say(f"CLIENT_SECRET={given.secret}")
    say(
        "The secret is kept nowhere: note it now. A lost one is replaced by: sijil partner rotate "
        + given.code
    )
