"""``sijil staff``: accounts of staff from the machine, for the first administrators and for a rescue."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sijil.console.output import say, show_table

if TYPE_CHECKING:
    from sijil.domains.accounts.types import Invitation

staff = typer.Typer(help="The accounts of officers and administrators.", no_args_is_help=True)
Login = Annotated[str, typer.Argument(help="Small letters, digits, dots or dashes: s.alami")]


@staff.command()
def first() -> None:
    """Print two one-time links for two administrators, who activate each other; while none is active."""
    print_first(_run("found"))


@staff.command()
def add(
    login: Login,
    name: Annotated[str, typer.Option(help="First name and last name.")],
    role: Annotated[list[str], typer.Option(help="csc_officer, adjudicator … Repeat for each.")],
    area: Annotated[
        str, typer.Option(help="country, the code of a region, province or commune, or centre:CODE.")
    ],
    starts_on: Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD; today if left out.")] = "",
    until: Annotated[str, typer.Option("--until", help="Last day; none if left out.")] = "",
) -> None:
    """Ask for an account and print the link for its owner; any administrator activates it afterwards."""
    days = {"starts_on": _day(starts_on) or _today(), "until": _day(until)}
    _print_link(_run("request", login=login, name=name, roles=tuple(role), area=area, **days))
    say("Afterwards an administrator activates the account, on the page Accounts of staff.")


@staff.command()
def reset(
    login: Login,
    until: Annotated[str, typer.Option("--until", help="Another last day; as before if left out.")] = "",
) -> None:
    """End password, telephone and sessions of an account and print a new link; it is activated again then."""
    _print_link(_run("ask_anew", login=login, until=_day(until)))
    say("Afterwards an administrator activates the account, on the page Accounts of staff.")


@staff.command()
def close(
    login: Login,
    reason: Annotated[str, typer.Option(help="left, moved, absent, incident or mistake.")],
) -> None:
    """End an account for ever, with every session, at once."""
    _run("close", login=login, reason=reason)
    say(f"{login} is closed.")


@staff.command(name="list")
def list_(
    closed: Annotated[bool, typer.Option("--closed", help="Also those that are closed.")] = False,
) -> None:
    """Show the accounts; names stay on the page of administrators."""
    rows, after = [], ""
    while found := _run("list_accounts", closed=closed, after=after):
        after = found[-1].login
        rows += [_row(account) for account in found]
    show_table(["Login", "Roles", "Area", "Last day", "State", "Telephone", "Asked by"], rows)


def _row(account: Any) -> list[str]:
    reach = account.reach
    area = f"centre:{reach.centre}" if reach.centre else reach.area
    until = reach.until.isoformat() if reach.until else ""
    has_telephone = "yes" if account.has_factor else "no"
    return [
        account.login, " ".join(reach.roles), area, until, account.state, has_telephone, account.asked_by
    ]  # fmt: skip


def print_first(made: list[Invitation]) -> None:
    """Print the two links of the first administrators, and what happens next."""
    say("Two administrators begin, each with one link, for one hour; give one to another person:")
    for invitation in made:
        say(f"  {invitation.login}  {_address(invitation)}")
    say("Each chooses a password there, then activates the other. Too late: sijil staff first")


def _print_link(made: Invitation) -> None:
    say(f"For {made.login}, good once, for one hour:")
    say(f"  {_address(made)}")


def _address(made: Invitation) -> str:
    from sijil.processes.environment import environment

    return f"{environment().address}/account/link/{made.token}/"


def _run(use_case: str, **more: Any) -> Any:
    """Run one use case of the journey as this command."""
    import django

    django.setup()
    from sijil.journeys import staff_accounts
    from sijil.kernel.actors import system
    from sijil.pages import clock

    return getattr(staff_accounts, use_case)(**more, actor=system("sijil staff"), now=clock.now())


def _today() -> dt.date:
    from sijil.pages import clock

    return clock.today()


def _day(text: str) -> dt.date | None:
    """Return a day; None for none. Raises: typer.BadParameter."""
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter("write a day as 2027-01-31") from None


def begin() -> None:
    """Print the links of the first two administrators, if nobody was ever given an account."""
    import django

    django.setup()
    from django.db import connection

    from sijil.journeys import staff_accounts

    try:
        if not staff_accounts.has_staff():
            first()
    finally:
        connection.close()
