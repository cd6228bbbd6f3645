"""The number is issued: the person is registered and can be verified from then on."""

from __future__ import annotations

import datetime as dt

from sijil.domains.biometrics.rules.needed import irises_from
from sijil.domains.population_register import queries
from sijil.domains.population_register import services as register
from sijil.domains.population_register.types import Registered
from sijil.domains.verification import services as verification
from sijil.journeys import events
from sijil.kernel.actors import Actor
from sijil.kernel.dates import legal_day
from sijil.kernel.ids import PersonKey


def issue_number(number: str, *, actor: Actor, now: dt.datetime) -> PersonKey:
    """Register the person of a request under a number; return their key. Part of the caller's transaction."""
    registered = register.register_person(number=number, actor=actor, now=now)
    verification.enrol_subject(
        person=registered.person, idcs=registered.idcs, birth=registered.birth, sex=registered.sex
    )
    _plan_irises(number, registered, actor, now)
    events.publish(
        "person.registered",
        subject=registered.person,
        effective_on=legal_day(now),
        source_id=f"person.registered:{registered.person}",
        actor=actor,
        now=now,
    )
    return registered.person


def _plan_irises(number: str, registered: Registered, actor: Actor, now: dt.datetime) -> None:
    """Keep on which day the irises of a small child are due, if that day is to come."""
    today = legal_day(now)
    opens_on = irises_from(registered.birth, today)
    if opens_on > today:
        centre = queries.get_request_record(number).centre_code
        register.plan_re_enrolment(
            person=registered.person, opens_on=opens_on, centre_code=centre, actor=actor, now=now
        )
