"""Whose irises are due, without identity."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sijil.domains.population_register import models
from sijil.domains.population_register.states import PersonState, ReEnrolmentState
from sijil.domains.population_register.types import ReEnrolment, Step
from sijil.kernel.ids import PersonKey

S = ReEnrolmentState


def find_re_enrolment(number: str) -> ReEnrolment | None:
    """Return that of a number with its steps, or None."""
    row = models.ReEnrolment.objects.select_related("person").filter(number=number).first()
    return re_enrolment_of(row, with_steps=True) if row else None


def list_re_enrolments_of(persons: Iterable[PersonKey]) -> dict[PersonKey, ReEnrolment]:
    """Return those of persons that wait for them to come."""
    rows = models.ReEnrolment.objects.select_related("person").filter(
        person__key__in=list(persons), state=S.DUE
    )
    return {row.person.key: re_enrolment_of(row) for row in rows}


def list_numbers_of_re_enrolment(person: PersonKey) -> list[str]:
    """Return by what number the log calls that of a person, if there is one."""
    return list(models.ReEnrolment.objects.filter(person__key=person).values_list("number", flat=True))


def list_due_at(centre_code: str, *, limit: int = 200) -> list[ReEnrolment]:
    """Return those that a centre expects, the first that ends first."""
    rows = models.ReEnrolment.objects.select_related("person").filter(centre_code=centre_code, state=S.DUE)
    return [re_enrolment_of(row) for row in rows.order_by("due_on", "number")[:limit]]


def list_to_open(*, on: dt.date, limit: int = 1000) -> list[str]:
    """Return the numbers of those whose day has come, of persons that are alive and active."""
    rows = models.ReEnrolment.objects.filter(
        state=S.AWAITED, opens_on__lte=on, person__state=PersonState.ACTIVE
    )
    return list(rows.order_by("opens_on", "number").values_list("number", flat=True)[:limit])


def list_to_end(*, limit: int = 1000) -> list[str]:
    """Return the numbers of those of persons who died."""
    rows = models.ReEnrolment.objects.filter(state__in=[S.AWAITED, S.DUE], person__state=PersonState.DECEASED)
    return list(rows.order_by("number").values_list("number", flat=True)[:limit])


def list_uncompared(*, before: dt.datetime, limit: int = 500) -> list[str]:
    """Return the numbers of those received before a moment that nobody compared since."""
    steps = models.ReEnrolmentStep.objects.filter(
        action="receive", at__lt=before, re_enrolment__state=S.RECEIVED
    )
    return list(steps.order_by("at").values_list("re_enrolment__number", flat=True)[:limit])


def re_enrolment_of(row: models.ReEnrolment, *, with_steps: bool = False) -> ReEnrolment:
    """Return a row as a value."""
    steps = row.steps.order_by("id") if with_steps else ()
    return ReEnrolment(
        ref=row.person_id,
        number=row.number,
        person=row.person.key,
        state=row.state,
        opens_on=row.opens_on,
        centre_code=row.centre_code,
        commune_code=row.person.commune_code,
        due_on=row.due_on,
        received_by=row.received_by,
        is_alive=row.person.state == PersonState.ACTIVE,
        steps=tuple(Step(s.action, s.from_state, s.to_state, s.at, s.reason) for s in steps),
    )
