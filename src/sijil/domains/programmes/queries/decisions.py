"""Decisions as they were taken. The current one of a household in a programme has the highest number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import QuerySet

from sijil.domains.programmes import rules
from sijil.domains.programmes.errors import DECISION_MISSING
from sijil.domains.programmes.models import Basis, Deciding, DecisionNotice, HouseholdDecision
from sijil.domains.programmes.types import DecidingProgress, Decision, Outcome, StoredDecision
from sijil.kernel import law
from sijil.kernel.errors import Refused
from sijil.kernel.together import Asked, Rows, is_one_of


def list_current_decisions(household_code: str) -> list[StoredDecision]:
    """Return the household's last decision in each programme, in the order of the programmes."""
    return asked_current_decisions(household_code).value


def asked_current_decisions(household_code: str) -> Asked[list[StoredDecision]]:
    """The same, with other reads."""

    def read(rows: list[HouseholdDecision]) -> list[StoredDecision]:
        found = [as_stored(row) for row in rows]
        return sorted(found, key=lambda d: (d.programme.order, d.programme.code))

    return Asked(read, _CURRENT.of(household_code, _codes()))


def _codes() -> list[str]:
    return [name.rpartition(".")[2] for name in law.names(rules.PROGRAMMES)]  # the key begins with them


_CURRENT = Rows(
    lambda code, programmes: (
        HouseholdDecision.objects.filter(is_one_of("programme", programmes, "text"), household_code=code)
        .select_related("basis")
        .order_by("programme", "-number")
        .distinct("programme")
    )
)


def list_decisions(household_code: str, programme: str) -> list[StoredDecision]:
    """Return all decisions on a household in a programme, the newest first."""
    rows = _rows(household_code).filter(programme=programme).order_by("-number")
    return [as_stored(row) for row in rows]


def get_decision_on(household_code: str, programme: str, day: dt.date) -> StoredDecision:
    """Return what stood decided at the end of a day. Raises: Refused(DECISION_MISSING) before the first."""
    rows = _rows(household_code).filter(programme=programme, day__lte=day)
    row = rows.order_by("-number").first()
    if row is None:
        raise Refused(DECISION_MISSING)
    return as_stored(row)


def _rows(household_code: str) -> QuerySet[HouseholdDecision]:
    rows = HouseholdDecision.objects.filter(programme__in=_codes(), household_code=household_code)
    return rows.select_related("basis")


def as_stored(row: HouseholdDecision) -> StoredDecision:
    """Return the plain value of a stored decision. Raises: LookupError if its threshold is not there."""
    programme = rules.load_programme(row.programme, row.basis.threshold_version)
    return StoredDecision(
        household_code=row.household_code,
        programme=programme,
        number=row.number,
        day=row.day,
        decided_at=row.decided_at,
        decision=rules.as_decision(programme, Outcome(row.outcome), row.numerator, row.divisor),
        score_number=row.score_number,
        formula_version=row.basis.formula_version,
        pins=pins_of(row.basis),
        trigger=row.trigger,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
    )


def pins_of(basis: Basis) -> tuple[law.Pin, ...]:
    """Return the versions of a basis: the threshold's, then those of the formula."""
    threshold = law.Pin(basis.threshold_law, basis.threshold_version, basis.threshold_digest)
    return (threshold, *(law.Pin(*pin) for pin in basis.formula_pins))


def replay(stored: StoredDecision, a: int, b: int, divisor: int, *, is_scored: bool) -> tuple[Decision, bool]:
    """Decide again by the threshold that a decision pins, on its score a + b/divisor.

    Returns: the decision, and whether it equals the stored one exactly, by law that is as it was.
    """
    again = rules.decide(a, b, divisor, stored.programme, is_scored=is_scored)
    is_same_law = not law.check_pins(stored.pins)
    return again, is_same_law and again == stored.decision


def list_notices(stored: StoredDecision) -> list[tuple[str, dt.datetime]]:
    """Return by which notices somebody was told of a decision, and when."""
    rows = DecisionNotice.objects.filter(
        household_code=stored.household_code, programme=stored.programme.code, number=stored.number
    )
    return list(rows.order_by("id").values_list("notice_id", "told_at"))


def find_last_deciding(programme: str) -> DecidingProgress | None:
    """Return the last run of a programme over all households, or None."""
    row = Deciding.objects.filter(programme=programme).order_by("-id").first()
    return None if row is None else as_progress(row)


def as_progress(row: Deciding) -> DecidingProgress:
    """Return the plain value of a run."""
    names: Iterable[str] = DecidingProgress.__slots__
    return DecidingProgress(**{name: getattr(row, name) for name in names})
