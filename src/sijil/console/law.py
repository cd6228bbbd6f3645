"""``sijil law``: look at the law, seal a version that a release ships, enact one on this installation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sijil.console.output import say
from sijil.processes.failure import CannotStart

law = typer.Typer(help="The law as dated versions.", no_args_is_help=True)


def _set_up() -> None:
    import django

    django.setup()


@law.command()
def check() -> None:
    """Tell of every version whether it is well: readable, sealed, unchanged, fitting the others.

    Exit code 1 when one is not; web and worker then do not start. Works without a database too, and then
    looks at what is shipped only.
    """
    _set_up()
    from sijil.reporting.law import examine

    found = examine()
    for one in found:
        say(f"{'well' if one.well else 'ILL '}  {one.name} {one.version}: {one.seen}".replace(" :", ":"))
    if not all(one.well for one in found):
        raise typer.Exit(1)


@law.command()
def seal(
    name: Annotated[str, typer.Argument(help="The law, for example scoring.formula.")],
    version: Annotated[str, typer.Argument(help="The version: the name of its file.")],
) -> None:
    """Add a version to law.lock, after its checks. From then on what decides in it may not change."""
    _set_up()
    from sijil.journeys.law_enactment import find_misfit
    from sijil.kernel import law as laws

    with laws.use_shelf(laws.Shelf(laws.current().root)):  # files alone
        try:
            misfit = find_misfit(laws.load(name, version))
            sealed = laws.seal(name, version) if misfit is None else None
        except (laws.LawFault, LookupError) as fault:
            raise CannotStart(str(fault.args[0])) from None
    if sealed is None:
        raise CannotStart(str(misfit))
    say(f"{name} {version} is sealed: {sealed.digest}")


@law.command()
def enact(
    file: Annotated[Path, typer.Argument(help="The file of the version, or its folder.")],
    by: Annotated[str, typer.Option("--by", help="Login of the administrator who brings it in.")],
    second: Annotated[str, typer.Option("--second", help="Login of the administrator who signs too.")],
) -> None:
    """Bring a version in on this installation: from its first day on it is the law, for ever readable.

    A day that is not in the future, a name that is known, a day that is taken, and a text that does not read
    as law are refused.
    """
    _set_up()
    from sijil.journeys import law_enactment
    from sijil.kernel.actors import Actor, ActorKind
    from sijil.kernel.law import LawFault, read_page
    from sijil.pages import clock

    try:
        content = read_page(file).text
    except LawFault as fault:
        raise CannotStart(str(fault)) from None
    done = law_enactment.enact(
        content=content,
        called=file.name,
        second=second,
        actor=Actor(ActorKind.OFFICER, by, by),
        now=clock.now(),
    )
    say(f"{done.name} {done.version} is enacted: in force from {done.starts_on}, {done.digest}")
