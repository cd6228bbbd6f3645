"""Irises of who was registered as a small child: planned with the number, opened by the clock, received."""

from __future__ import annotations

import datetime as dt

from sijil.domains.population_register import errors, models
from sijil.domains.population_register.queries.re_enrolment import re_enrolment_of
from sijil.domains.population_register.services.persons import delay_of
from sijil.domains.population_register.states import RE_ENROLMENT, ReEnrolmentState
from sijil.domains.population_register.types import ReEnrolment
from sijil.kernel import clean
from sijil.kernel.actors import Actor, ActorKind
from sijil.kernel.casework import ROLE_REFUSED, Role
from sijil.kernel.casework.files import Files, staff_roles
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey, draw_number, new_key


def _roles(row: models.ReEnrolment, actor: Actor) -> set[Role]:
    """Whoever holds the number, an officer of its centre, the clock, and who issues the number."""
    if actor.kind in (ActorKind.PUBLIC, ActorKind.CITIZEN):
        return {Role.HOLDER}
    mine = staff_roles(actor, centre=row.centre_code) if actor.centre else staff_roles(actor)
    return mine | ({Role.SECOND_OFFICER} if "adjudicator" in actor.roles else set())


RE_ENROLMENTS = Files(
    RE_ENROLMENT,
    models.ReEnrolment,
    models.ReEnrolmentStep,
    "re_enrolment",
    errors.UNKNOWN_NUMBER,
    roles=_roles,
    delay=delay_of,
    subject=lambda row: row.number,
    key="number",
    centre="centre_code",
)


def plan_re_enrolment(
    *, person: PersonKey, opens_on: dt.date, centre_code: str, actor: Actor, now: dt.datetime
) -> None:
    """Keep the day from which the irises of a person are due; once."""
    known = models.ReEnrolment.objects.filter(person__key=person)
    if not known.exists():
        key = models.Person.objects.values_list("id", flat=True).get(key=person)
        made = models.ReEnrolment(
            id=new_key(), number=draw_number(), person_id=key, opens_on=opens_on, centre_code=centre_code
        )
        RE_ENROLMENTS.open(made, actor=actor, now=now)


def move_re_enrolment(*, person: PersonKey, opens_on: dt.date) -> None:
    """Let the irises of a person be due on another day, unless they are due: the birth was corrected."""
    rows = models.ReEnrolment.objects.filter(person__key=person, state=ReEnrolmentState.AWAITED)
    rows.update(opens_on=opens_on)


def open_re_enrolment(*, number: str, centre_code: str, actor: Actor, now: dt.datetime) -> None:
    """The child is of age for it: the family is told, and the delay begins. As the table says."""
    RE_ENROLMENTS.move(number, "open", actor=actor, now=now, centre_code=centre_code)


def end_re_enrolment(*, number: str, actor: Actor, now: dt.datetime) -> None:
    """Close what nobody needs any more. As the table says."""
    RE_ENROLMENTS.move(number, "end", actor=actor, now=now)


def choose_centre(*, number: str, centre_code: str, actor: Actor, now: dt.datetime) -> None:
    """Take it to another centre. As the table says."""
    RE_ENROLMENTS.move(number, "choose_centre", actor=actor, now=now, centre_code=centre_code)


def receive_re_enrolment(*, number: str, actor: Actor, now: dt.datetime) -> None:
    """Note that the pictures were taken at the counter. As the table says."""
    RE_ENROLMENTS.move(number, "receive", actor=actor, now=now, received_by=actor.id)


def finish_re_enrolment(*, number: str, actor: Actor, now: dt.datetime) -> None:
    """Note that the pictures were compared with everybody. As the table says."""
    RE_ENROLMENTS.move(number, "finish", actor=actor, now=now)


def lock_re_enrolment(*, number: str) -> ReEnrolment:
    """Have it alone until the caller's transaction ends. Raises: Refused(UNKNOWN_NUMBER)."""
    return re_enrolment_of(RE_ENROLMENTS.lock(clean.request_number(number)))


def require_re_enrolment(*, number: str, action: str, actor: Actor) -> ReEnrolment:
    """Have it alone and refuse unless ``action`` is open to the actor now; return it.

    Raises: Refused(UNKNOWN_NUMBER, kernel.transition_refused, kernel.role_refused).
    """
    row = RE_ENROLMENTS.lock(clean.request_number(number))
    RE_ENROLMENTS.require(row, action, actor=actor)
    return re_enrolment_of(row)


def require_receiver(*, number: str, actor: Actor) -> None:
    """Refuse whoever is no officer of its centre: before anybody is read.

    Raises: Refused(UNKNOWN_NUMBER, kernel.role_refused).
    """
    row = models.ReEnrolment.objects.filter(number=clean.request_number(number)).first()
    if row is None:
        raise Refused(errors.UNKNOWN_NUMBER, field="number")
    if Role.OFFICER not in _roles(row, actor):
        raise Refused(ROLE_REFUSED)
