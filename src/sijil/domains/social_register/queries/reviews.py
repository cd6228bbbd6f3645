"""Scores that wait for an officer: of a registration set aside, or of a household registered before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from sijil.domains.social_register.models import Registration, ScoreReview
from sijil.domains.social_register.queries.files import FILES, STEPS, of_file
from sijil.domains.social_register.states import RegistrationState, ReviewState
from sijil.domains.social_register.types import Addressee, ScoreInReview, Step
from sijil.kernel.actors import COUNTRY
from sijil.kernel.together import Asked, Rows

OUT_OF_RANGE = "score_out_of_range"  # of rules.DOUBTS


def list_to_review(*, area: str = COUNTRY, after: str = "", limit: int = 100) -> list[ScoreInReview]:
    """Return what waits in an area (empty: nowhere), the most urgent first; ``after``: the place of one."""
    registrations = _following(_registrations(area), "number", after)
    reviews = _following(_reviews(area), "household_id", after)
    found = [
        *map(_of_registration, registrations.prefetch_related("steps")[:limit]),
        *map(_of_review, reviews.select_related("household")[:limit]),
    ]
    return sorted(found, key=lambda one: (one.due_on, one.number))[:limit]


def count_to_review(*, area: str = COUNTRY) -> int:
    """Count what waits in an area."""
    return _registrations(area).count() + _reviews(area).count()


def find_to_review(number: str) -> ScoreInReview | None:
    """Return what waits under a number: a registration's (cleaned), or the code of a household."""
    registration = _registrations().filter(number=number).first()
    if registration is not None:
        return _of_registration(registration)
    review = _reviews().filter(household_id=number).select_related("household").first()
    return _of_review(review) if review else None


def find_check(household_code: str) -> ScoreInReview | None:
    """Return the check that a household waits for, if its score is set aside."""
    return asked_check(household_code).value


def asked_check(household_code: str) -> Asked[ScoreInReview | None]:
    """The same, with other reads."""

    def read(files: list[Registration], steps: list[Any], reviews: list[ScoreReview]) -> ScoreInReview | None:
        aside = [file for file in files if file.state == RegistrationState.QUARANTINED]
        if aside:
            return _of_registration(aside[0], of_file(aside[0], steps))
        return _of_review(reviews[0]) if reviews else None

    return Asked(read, FILES.of(household_code), STEPS.of(household_code), _CHECKS.of(household_code))


_CHECKS = Rows(lambda code: _reviews().filter(household=code).select_related("household")[:1])


def find_refusal_of(household_code: str) -> Step | None:
    """Return why an officer closed a household, if one did."""
    row = ScoreReview.objects.filter(state=ReviewState.REFUSED, household=household_code).first()
    last = row.steps.last() if row else None
    return Step(last.action, last.to_state, last.at, last.actor_kind, last.reason) if last else None


def list_addressees(review_ids: Iterable[UUID]) -> dict[UUID, Addressee]:
    """Return whom to tell about checks of scores: who declared, in the language of the registration.

    ``number``: the household's code; the language is Arabic for a household that was loaded.
    """
    rows = ScoreReview.objects.filter(pk__in=list(review_ids)).order_by("household_id")
    asked = {code: (pk, who) for pk, code, who in rows.values_list("pk", "household", "household__declarant")}
    files = Registration.objects.filter(household__in=list(asked)).order_by("-submitted_at")
    spoken = dict(files.values_list("household", "language"))
    return {pk: Addressee(code, who, spoken.get(code, "ar"), code) for code, (pk, who) in asked.items()}


def _registrations(area: str = COUNTRY) -> QuerySet[Registration]:
    return Registration.objects.filter(_within(area), state=RegistrationState.QUARANTINED)


def _reviews(area: str = COUNTRY) -> QuerySet[ScoreReview]:
    return ScoreReview.objects.filter(_within(area, "household__"), state=ReviewState.WAITING)


def _within(area: str, of: str = "") -> Q:
    if area == COUNTRY:
        return Q()
    return Q(**{f"{of}commune_code": area}) | Q(**{f"{of}commune_code__startswith": f"{area}."})


def _following(rows: QuerySet[Any], number: str, after: str) -> QuerySet[Any]:
    """Return the rows in the order of the list, those behind a place; from the beginning for what is none."""
    day, _, last = after.partition(".")
    ordered = rows.order_by("due_on", number)
    try:
        due_on = dt.date.fromisoformat(day)
    except ValueError:
        return ordered
    return ordered.filter(Q(due_on__gt=due_on) | Q(due_on=due_on, **{f"{number}__gt": last}))


def _of_registration(row: Registration, steps: Iterable[Any] | None = None) -> ScoreInReview:
    aside = [
        step for step in (row.steps.all() if steps is None else steps) if step.from_state != step.to_state
    ][-1]
    assert row.due_on is not None
    return ScoreInReview(
        id=row.id,
        number=row.number,
        household_code=row.household_id or "",
        commune_code=row.commune_code,
        milieu=row.milieu,
        reason=aside.reason,
        since=aside.at,
        due_on=row.due_on,
        is_registered=False,
    )


def _of_review(row: ScoreReview) -> ScoreInReview:
    assert row.due_on is not None
    return ScoreInReview(
        id=row.id,
        number=row.household_id,
        household_code=row.household_id,
        commune_code=row.household.commune_code,
        milieu=row.household.milieu,
        reason=OUT_OF_RANGE,
        since=row.opened_at,
        due_on=row.due_on,
        is_registered=True,
    )
