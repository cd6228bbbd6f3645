"""``sijil centres``: the register of centres as a table, out and in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sijil.console.output import say
from sijil.processes.failure import CannotStart

if TYPE_CHECKING:
    from sijil.domains.appointments.types import ImportLine, ImportReport

REFUSED = 1  # exit code when some lines cannot be used
LARGEST = 2 * 1024**2

centres = typer.Typer(help="The register of centres, as a table in CSV.", no_args_is_help=True)


@centres.command()
def export(
    file: Annotated[Path | None, typer.Argument(help="Where to write it; the screen if none.")] = None,
) -> None:
    """Write the register as CSV in UTF-8, as a spreadsheet reads it and `import` takes it back."""
    import django

    django.setup()
    from sijil.journeys.centres import export_centres

    content = export_centres()
    if file is None:
        sys.stdout.buffer.write(content)
    else:
        file.write_bytes(content)
        say(f"{file}: {content.count(bytes([10])) - 1} centres.")


@centres.command("import")
def bring_in(
    file: Annotated[Path, typer.Argument(help="A table in CSV, with the columns of the export.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done; write nothing.")
    ] = False,
    tell: Annotated[
        bool, typer.Option("--tell", help="Take appointments away that fall, and tell their people.")
    ] = False,
) -> None:
    """Bring a table in: what it says is changed or added, a centre that it leaves out stays as it is.

    The lines that can be used come in together, in one transaction; each of the others is named with its
    field and what to do. A line that takes appointments away is refused unless --tell is given. Exit code: 0
    all done, 1 some lines refused.
    """
    import django

    django.setup()
    from sijil.journeys.centres import import_centres
    from sijil.kernel.actors import system
    from sijil.pages import clock

    if file.stat().st_size > LARGEST:
        raise CannotStart(f"{file} is no table of centres: it is larger than 2 MB.")
    by, now = system("sijil centres"), clock.now()
    report = import_centres(content=file.read_bytes(), tell=tell, dry_run=dry_run, actor=by, now=now)
    _tell(report, dry_run)


def _tell(report: ImportReport, dry_run: bool) -> None:
    from sijil.domains.appointments.types import Outcome

    for line in report.lines:
        if line.outcome is not Outcome.UNCHANGED:
            _tell_line(line)
    counts = " + ".join(f"{outcome.value} {report.count(outcome)}" for outcome in Outcome)
    say(f"{'would be: ' if dry_run else ''}in {len(report.lines)} = {counts}")
    if report.count(Outcome.REFUSED):
        raise typer.Exit(REFUSED)


def _tell_line(line: ImportLine) -> None:
    from sijil.kernel.errors import fill
    from sijil.kernel.ids import show_number

    what = ", ".join(line.fields)
    if line.refused:
        error, facts = line.refused.error, line.refused.facts
        what = f"{line.refused.field}: {fill(error.title, facts)} {fill(error.remedy, facts)}"
    say(f"line {line.number} {line.code}: {line.outcome.value}: {what}".rstrip(": "))
    for one in line.displaced:
        at = f" {one.booking.at:%H:%M}" if one.booking.at else ""
        say(f"   request {show_number(one.booking.request_number)}, {one.booking.on}{at}: {one.why.value}")
