"""The register of centres as those keep it who may: a table brought in or taken out, a day closed or opened.

Who has an appointment that falls is told why and chooses anew (``person_enrolment.notices``).
"""

from __future__ import annotations

import datetime as dt

from sijil.domains.appointments import queries, services
from sijil.domains.appointments.rules import read_sheet, write_sheet
from sijil.domains.appointments.types import Displaced, ImportReport
from sijil.domains.geography import queries as geography
from sijil.kernel.actors import Actor


def export_centres() -> bytes:
    """Return the whole register as a table in CSV."""
    return write_sheet(queries.list_every_centre())


def import_centres(
    *, content: bytes, tell: bool, dry_run: bool, actor: Actor, now: dt.datetime
) -> ImportReport:
    """Bring a table in; its good lines all at once. ``tell``: those whose appointment falls are told.

    Raises: Refused(SHEET_UNREADABLE | SHEET_COLUMNS); a line that cannot be used stands in the report.
    """
    lines = read_sheet(content)
    named = {code for line in lines for _field, code in services.places_of(line)}
    return services.import_centres(
        lines=lines, places=geography.list_places(named), tell=tell, dry_run=dry_run, actor=actor, now=now
    )


def close_day(
    *, centre_code: str, on: dt.date, reason_ar: str, reason_fr: str, actor: Actor, now: dt.datetime
) -> list[Displaced]:
    """Close a centre for a day; return whose appointments fell. Raises: Refused naming the field."""
    return services.close_day(
        centre_code=centre_code, on=on, reason_ar=reason_ar, reason_fr=reason_fr, actor=actor, now=now
    )


def open_day(*, centre_code: str, on: dt.date, actor: Actor, now: dt.datetime) -> None:
    """Open a closed day again. Raises: Refused(CLOSURE_UNKNOWN)."""
    services.open_day(centre_code=centre_code, on=on, actor=actor, now=now)
