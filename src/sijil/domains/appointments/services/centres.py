"""The register of centres: the shipped list at the first start, then tables that administrators bring in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from pathlib import Path

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from sijil.domains.appointments import rules
from sijil.domains.appointments.acts import CENTRES_CHANGED
from sijil.domains.appointments.errors import PLACE_NOT_THERE, STILL_BOOKED
from sijil.domains.appointments.models import CentreRow, SlotRow
from sijil.domains.appointments.queries import get_calendar, list_displaced, list_every_centre
from sijil.domains.appointments.services.booking import lock_centre
from sijil.domains.appointments.services.closures import displace_all
from sijil.domains.appointments.types import (
    Calendar,
    Centre,
    Displaced,
    ImportLine,
    ImportReport,
    LoadReport,
    Outcome,
    SheetLine,
)
from sijil.kernel import acts
from sijil.kernel.actors import Actor
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused

_FIELDS = tuple(field.name for field in fields(Centre) if field.name != "code")
_ONE = dt.timedelta(days=1)


@transaction.atomic
def load_centres(*, now: dt.datetime, path: Path | None = None) -> LoadReport:
    """Write the centres of a CSV file (the seed if none is given); those it leaves out are closed.

    Idempotent. Raises: ValueError naming the line that cannot be used; nothing is written then.
    """
    centres = rules.read_centres(path) if path else rules.read_centres()
    known = {centre.code: centre for centre in list_every_centre()}
    changed = [c for c in centres if known.get(c.code) != c]
    _save(changed, now)
    left_out = CentreRow.objects.exclude(code__in=[c.code for c in centres]).filter(closed_on=None)
    left_out.update(closed_on=legal_day(now), ends_on=legal_day(now) - _ONE)
    return LoadReport(len(centres), len(changed))


@transaction.atomic
def import_centres(
    *,
    lines: Sequence[SheetLine],
    places: Collection[str],
    tell: bool,
    dry_run: bool,
    actor: Actor,
    now: dt.datetime,
) -> ImportReport:
    """Bring a table of centres in: the lines that can be used all at once, a centre left out stays as it is.

    ``places``: those of its codes that are there. ``tell``: people whose appointment falls are told and
    choose anew; without it a line that takes appointments away is refused. ``dry_run``: what would be done.
    """
    _lock_changing(lines)
    known = {centre.code: centre for centre in list_every_centre()}
    ends = [_ended(line, known.get(line.code), places, tell, now) for line in lines]
    report = ImportReport(tuple(end for end, _centre in ends))
    if not dry_run:
        _bring_in(report, [centre for _end, centre in ends if centre], actor, now)
    return report


def _lock_changing(lines: Sequence[SheetLine]) -> None:
    """Have alone the centres that the table knows otherwise, in one order."""
    known = {centre.code: centre for centre in list_every_centre()}
    ours = [line for line in lines if not line.refused and line.code in known]
    for code in sorted(line.code for line in ours if _changed(line, known[line.code])):
        lock_centre(code)


def _changed(line: SheetLine, known: Centre | None) -> tuple[str, ...]:
    """Return the fields that a line says otherwise than the register."""
    return tuple(
        f for f in line.values if f != "code" and (known is None or line.values[f] != getattr(known, f))
    )


def _bring_in(report: ImportReport, changed: Sequence[Centre], actor: Actor, now: dt.datetime) -> None:
    _save(changed, now)
    for centre in changed:
        slots = SlotRow.objects.filter(centre_id=centre.code, on__gte=legal_day(now))
        slots.exclude(capacity=centre.desks).update(capacity=Greatest(F("booked"), centre.desks))
    displace_all(report.displaced, actor=actor, now=now)
    if changed:
        facts = {outcome.value: report.count(outcome) for outcome in Outcome}
        acts.record(CENTRES_CHANGED, actor=actor, subject="centres", facts=facts, now=now)


def _ended(
    line: SheetLine, known: Centre | None, places: Collection[str], tell: bool, now: dt.datetime
) -> tuple[ImportLine, Centre | None]:
    """Return how a line ends, and the centre as it is from then on if that is something else."""
    refused = line.refused or _find_missing(line, places)
    if refused:
        return _refused(line, refused), None
    centre = replace(known, **line.values) if known else Centre(**line.values)  # type: ignore[arg-type]
    changed = _changed(line, known)
    if not changed:
        return ImportLine(line.number, line.code, Outcome.UNCHANGED), None
    fallen = _displaced(centre, now) if known else []
    if fallen and not tell:
        return _refused(line, Refused(STILL_BOOKED, field=changed[0], count=len(fallen)), fallen), None
    outcome = Outcome.CHANGED if known else Outcome.ADDED
    return ImportLine(line.number, line.code, outcome, changed, None, tuple(fallen)), centre


def _refused(line: SheetLine, refused: Refused, fallen: Sequence[Displaced] = ()) -> ImportLine:
    return ImportLine(line.number, line.code, Outcome.REFUSED, (), refused, tuple(fallen))


def _find_missing(line: SheetLine, places: Collection[str]) -> Refused | None:
    """Return the refusal of the first place that is not there."""
    for field, code in places_of(line):
        if code not in places:
            return Refused(PLACE_NOT_THERE, field=field, value=code)
    return None


def places_of(line: SheetLine) -> list[tuple[str, str]]:
    """Return the fields of a line that name places, each with a code."""
    named = [(field, str(line.values[field])) for field in ("region_code", "province_code") if line.values]
    communes: Collection[str] = line.values.get("commune_codes", ())  # type: ignore[assignment]
    return [*named, *(("commune_codes", code) for code in communes)]


def _displaced(centre: Centre, now: dt.datetime) -> list[Displaced]:
    """Return the appointments ahead that a centre no longer keeps as it is to be."""
    today = legal_day(now)
    try:
        _desks, calendar = get_calendar(centre.code, today, dt.date.max)
    except Refused:  # it is closed now, so nobody has an appointment there
        return []
    after = Calendar(centre.week, centre.opens_on, centre.ends_on, calendar.closed)
    found = list_displaced(centre.code, after, from_on=today)
    return [one for one in found if one.booking.starts_at is None or one.booking.starts_at > now]


def close_ended(*, now: dt.datetime) -> int:
    """Take from the lists the centres whose last day has passed; return how many."""
    ended = CentreRow.objects.filter(closed_on=None, ends_on__lt=legal_day(now))
    return ended.update(closed_on=F("ends_on") + _ONE)


def _save(centres: Sequence[Centre], now: dt.datetime) -> None:
    rows = [CentreRow(code=c.code, loaded_at=now, **_values(c, legal_day(now))) for c in centres]
    CentreRow.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[*_FIELDS, "closed_on", "loaded_at"],
    )


def _values(centre: Centre, today: dt.date) -> dict[str, object]:
    values = {name: getattr(centre, name) for name in _FIELDS}
    is_over = centre.ends_on is not None and centre.ends_on < today
    closed_on = centre.ends_on + _ONE if centre.ends_on and is_over else None
    lists = {name: list(values[name]) for name in ("commune_codes", "week")}
    return values | lists | {"closed_on": closed_on}
