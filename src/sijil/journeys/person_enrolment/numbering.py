"""The number is issued: the person is registered and can be verified from then on."""

from __future__ import annotations

import datetime as dt

from sijil.domains.population_register import services as register
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
    events.publish(
        "person.registered",
        subject=registered.person,
        effective_on=legal_day(now),
        source_id=f"person.registered:{registered.person}",
        actor=actor,
        now=now,
    )
    return registered.person
