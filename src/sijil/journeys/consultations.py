"""A person looks up who consulted their file (law 09-08: the right of access extends to the log).

The log keeps numbers; this file joins them with what may be said aloud: the partner's name and its purpose
in words, the centre where an officer works (never the officer's own name or login).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sijil.domains.appointments import queries as appointments
from sijil.domains.appointments.types import Centre
from sijil.domains.audit import queries as log
from sijil.domains.audit import services as audit
from sijil.domains.audit.types import Entry
from sijil.domains.partners import queries as partners
from sijil.domains.partners.types import Partner, Purpose
from sijil.domains.population_register import queries as population
from sijil.domains.social_register import queries as social
from sijil.kernel.actors import Actor, ActorKind
from sijil.kernel.errors import Refused


@dataclass(frozen=True, slots=True)
class Consultation:
    """One act on the file. ``partner`` or ``centre`` tells who acted, if known; ``result``: of a question."""

    key: str
    at: dt.datetime
    actor_kind: str
    action: str
    partner: Partner | None
    centre: Centre | None
    purpose_code: str
    purpose: Purpose | None
    result: str


def list_mine(*, actor: Actor, after: str | None, limit: int, now: dt.datetime) -> list[Consultation]:
    """Return who consulted the file of the signed-in person, newest first, after a key of the page before."""
    entries = log.list_consultations(actor.id, also=_other_subjects(actor.id), after=after, limit=limit)
    audit.record(actor=actor, action="consultations.read", subject=actor.id, now=now)
    known = {p.code: p for p in partners.list_partners(_partner_codes(entries))}
    centres = {place: _find_centre(place) for place in {_place_of(entry) for entry in entries}}
    return [_consultation(entry, known.get(entry.actor_id), centres[_place_of(entry)]) for entry in entries]


def _other_subjects(idcs: str) -> list[str]:
    """Return the numbers under which the person's file is also known: its request, its household."""
    person = population.find_person(idcs)
    request = population.find_request_by_id(person.id) if person else None
    return [*([request.number] if request else []), *social.list_numbers_of(idcs)]


def _partner_codes(entries: Iterable[Entry]) -> set[str]:
    return {entry.actor_id for entry in entries if entry.actor_kind == ActorKind.PARTNER}


def _place_of(entry: Entry) -> str:
    """Return the centre's code out of an officer's label (``login · centre``)."""
    return entry.actor_label.rpartition(" · ")[2] if entry.actor_kind == ActorKind.OFFICER else ""


def _find_centre(code: str) -> Centre | None:
    try:
        return appointments.get_centre(code) if code else None
    except Refused:
        return None


def _consultation(entry: Entry, partner: Partner | None, centre: Centre | None) -> Consultation:
    by_partner = entry.actor_kind == ActorKind.PARTNER
    return Consultation(
        key=entry.key,
        at=entry.at,
        actor_kind=entry.actor_kind,
        action=entry.action,
        partner=partner if by_partner else None,
        centre=centre,
        purpose_code=entry.purpose,
        purpose=partner.purpose(entry.purpose) if partner and by_partner else None,
        result=str(entry.facts.get("result", "")),
    )
