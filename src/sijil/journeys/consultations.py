"""A person looks up who consulted their file (law 09-08: the right of access extends to the log).

The log keeps numbers; this file joins them with what may be said aloud: the partner's name and its purpose
in words, the centre where an officer works (never the officer's own name or login).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sijil.domains.appointments import queries as appointments
from sijil.domains.appointments.types import Centre
from sijil.domains.audit import queries as log
from sijil.domains.audit.acts import CONSULTATIONS_READ
from sijil.domains.audit.types import Entry
from sijil.domains.partners import queries as partners
from sijil.domains.partners.types import Partner
from sijil.domains.population_register import queries as population
from sijil.domains.social_register import queries as social
from sijil.kernel import acts
from sijil.kernel.actors import Actor, ActorKind
from sijil.kernel.acts import Act
from sijil.kernel.ids import PersonKey
from sijil.kernel.texts import Text4


@dataclass(frozen=True, slots=True)
class Consultation:
    """One act on the file.

    ``act``: None for a code that no release declares any more. ``partner`` or ``centre`` tells who acted, if
    known; ``centre_code``: where an officer worked, also when that centre is not known here. ``result``: of a
    question. ``times``: how often within the hour of ``at``.
    """

    key: str
    at: dt.datetime
    actor_kind: str
    act: Act | None
    partner: Partner | None
    centre: Centre | None
    centre_code: str
    purpose: Text4 | None
    result: str
    times: int


def list_mine(*, actor: Actor, after: str | None, limit: int, now: dt.datetime) -> list[Consultation]:
    """Return who consulted the file of the signed-in person, newest first, after a key of the page before."""
    entries = log.list_consultations(
        actor.person, also=_other_subjects(actor.person), after=after, limit=limit
    )
    acts.record(CONSULTATIONS_READ, actor=actor, subject=actor.id, now=now)
    known = {p.code: p for p in partners.list_partners(_partner_codes(entries))}
    centres = {c.code: c for c in appointments.list_named(filter(None, map(_centre_of, entries)))}
    times = log.count_readings(entries)
    return [_consultation(entry, known, centres, times.get(entry.id, 1)) for entry in entries]


def _other_subjects(key: PersonKey) -> list[str]:
    """Return what the person's file is also called in the log: its number, its request, its household."""
    person = population.find_record(key)
    request = population.find_request_record(person.id) if person else None
    due = population.list_numbers_of_re_enrolment(key)
    own = [*due, population.tag_of(population.get_idcs(key))] if person else []
    return [*own, *([request.number] if request else []), *social.list_numbers_of(key)]


def _partner_codes(entries: Iterable[Entry]) -> set[str]:
    return {entry.actor_id for entry in entries if entry.actor_kind == ActorKind.PARTNER}


def _centre_of(entry: Entry) -> str:
    """Return the centre where the officer worked; empty: none, or no officer."""
    return str(entry.facts.get("centre", ""))


def _consultation(
    entry: Entry, known: Mapping[str, Partner], centres: Mapping[str, Centre], times: int
) -> Consultation:
    partner = known.get(entry.actor_id) if entry.actor_kind == ActorKind.PARTNER else None
    return Consultation(
        key=entry.key,
        at=entry.at,
        actor_kind=entry.actor_kind,
        act=acts.declared().get(entry.action),
        partner=partner,
        centre=centres.get(_centre_of(entry)),
        centre_code=_centre_of(entry),
        purpose=_purpose(entry, partner),
        result=str(entry.facts.get("result", "")),
        times=times,
    )


def _purpose(entry: Entry, partner: Partner | None) -> Text4 | None:
    """Return what for: the partner's own purpose, or that of the act, in words."""
    agreed = partner.purpose(entry.purpose) if partner else None
    return Text4(agreed.ar, agreed.fr, agreed.en) if agreed else acts.PURPOSES.get(entry.purpose)
