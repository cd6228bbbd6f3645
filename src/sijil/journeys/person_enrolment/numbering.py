"""The number is issued: the person is registered and can be verified from then on."""

from __future__ import annotations

import datetime as dt

from sijil.domains.population_register import services as register
from sijil.domains.verification import services as verification
from sijil.journeys import events
from sijil.kernel.actors import Actor
from sijil.kernel.dates import legal_day


def issue_number(number: str, *, actor: Actor, now: dt.datetime) -> str:
    """Register the person of a request and return the IDCS. Part of the caller's transaction."""
    registered = register.register_person(number=number, actor=actor, now=now)
    verification.enrol_subject(idcs=registered.idcs, birth=registered.birth, sex=registered.sex)
    events.publish(
        "person.registered",
        subject=registered.idcs,
        effective_on=legal_day(now),
        source_id=f"person.registered:{registered.idcs}",
        actor=actor,
        now=now,
    )
    return registered.idcs
