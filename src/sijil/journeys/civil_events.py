"""What the civil register tells: births, deaths, marriages, divorces, and what it takes back.

    open_message   the signature of a source, whom the message is for, its time
    receive        the event is kept once, whoever it is about, and what follows is asked for
    get_progress   the source asks how far it is: never whether somebody exists
    enter_death    step: the person is deceased in the register
    annul          step: what a correction names is taken back as one act

Law 36.21 (civil status). A number that nobody has is kept like any other and tried again every night.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction

from sijil.domains.events import queries, rules, services
from sijil.domains.events.acts import CIVIL_REPORTED
from sijil.domains.events.errors import CORRECTION_STANDS, DIED_BEFORE_BIRTH, EVENT_MISSING
from sijil.domains.events.states import StepState
from sijil.domains.events.types import DONE, UNMATCHED, Event, Outcome, RecordedEvent, done
from sijil.domains.partners import queries as partners
from sijil.domains.partners.types import Partner
from sijil.domains.population_register import queries as population
from sijil.domains.population_register import services as register
from sijil.domains.population_register.states import PersonState
from sijil.domains.population_register.types import Standing
from sijil.journeys import events
from sijil.kernel import acts
from sijil.kernel.actors import partner as partner_actor
from sijil.kernel.actors import system
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey

REGISTER = system("civil-events")
REASON = "civil_register"
"""Of the steps of a person that the civil register causes: what it causes it may take back."""


@dataclass(frozen=True, slots=True)
class CivilReport:
    """An event as a source tells it. ``concerns``: the IDCS of those it is about, the subject first.

    An event keeps what the log calls these numbers, whoever has them or will: nobody reads them from it.
    """

    kind: str
    source_id: str
    concerns: Sequence[str]
    on: dt.date
    registered_at: dt.datetime
    facts: Mapping[str, Any] = field(repr=False)
    annuls: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an event is, for its source. ``steps``: name -> waiting or taken in hand."""

    event: Event
    steps: Mapping[str, str]


def open_message(message: bytes, *, audience: str, now: dt.datetime) -> tuple[Partner, bytes]:
    """Return the source that signed a message, and the JSON it holds. Raises: Refused(MESSAGE_REFUSED)."""
    return partners.authenticate_message(message, audience=audience, now=now)


@transaction.atomic
def receive(report: CivilReport, *, source: Partner, now: dt.datetime) -> RecordedEvent:
    """Keep what a source tells, once by its number. Known or not, the answer is the same.

    Raises: Refused(DAY_IN_FUTURE, DAY_TOO_LONG_AGO, REGISTERED_TOO_EARLY, ANNULS_ITSELF, EVENT_DIFFERS).
    """
    rules.check_days(on=report.on, registered_at=report.registered_at, now=now)
    rules.check_annulment(source_id=report.source_id, annuls=report.annuls)
    actor = partner_actor(source.code, source.name_fr)
    concerned = [population.tag_of(idcs) for idcs in report.concerns]
    told = {"concerns": concerned, "registered_at": _utc(report.registered_at)}
    recorded = events.publish(
        report.kind,
        subject=concerned[0] if concerned else "",
        effective_on=report.on,
        facts={**report.facts, **told},
        source=source.code,
        source_id=report.source_id,
        annuls=report.annuls,
        actor=actor,
        now=now,
    )
    if recorded.is_new:
        facts = {"kind": report.kind, "event": str(recorded.id)}
        for tag in concerned:
            acts.record(CIVIL_REPORTED, actor=actor, subject=tag, facts=facts, now=now)
    return recorded


def _utc(moment: dt.datetime) -> str:
    """Return a moment in one spelling, whatever the clock of the source."""
    return moment.astimezone(dt.UTC).isoformat()


def get_progress(event_id: UUID, *, source: Partner) -> Progress:
    """Return how far an event of this source is. Raises: Refused(EVENT_MISSING), also for another's.

    ``taken`` says that the registers have it in hand: applied, kept until somebody has the number, or with
    the staff. Which of these, the source is not told: it would learn who is registered.
    """
    event = queries.get_event(event_id)
    if event.source != source.code:
        raise Refused(EVENT_MISSING)
    found = queries.list_steps(event_id)
    return Progress(event, {s.step: "waiting" if s.state is StepState.WAITING else "taken" for s in found})


def enter_death(event: Event, *, now: dt.datetime) -> Outcome:
    """The person is deceased in the register, whoever told it first."""
    key, person = _lock(event)
    if key is None or person is None:
        return UNMATCHED
    if person.state is PersonState.DECEASED:
        return done("already_deceased")
    if event.effective_on.year < person.birth_year:
        raise Refused(DIED_BEFORE_BIRTH)
    _change(event, key, "declare_death", "person.died", now)
    return DONE


def annul(event: Event, *, now: dt.datetime) -> Outcome:
    """Take back the event that this one names: what did not follow yet never will, a death is undone.

    Raises: Refused(CORRECTION_STANDS).
    """
    told = queries.find_event(event.source, event.annuls)
    if told is None:
        return Outcome("keep", "event_not_come_yet")
    if told.annuls:
        raise Refused(CORRECTION_STANDS)
    services.annul_steps(event_id=told.id, now=now)
    if told.kind == "civil.birth":
        _tell("birth.annulled", told.subject, told, now)
    return _undo_death(event, told, now) if told.kind == "civil.death" else DONE


def _lock(event: Event) -> tuple[PersonKey | None, Standing | None]:
    """Have the person alone whom an event is about: key and how they stand, or nothing while nobody is."""
    key = population.find_key_of(event.subject)
    return key, register.lock_person(person=key) if key else None


def _undo_death(event: Event, told: Event, now: dt.datetime) -> Outcome:
    """Let a person live whom the civil register declared dead, unless another of its events says so too."""
    key, person = _lock(told)
    if key is None or person is None or person.state is not PersonState.DECEASED or person.reason != REASON:
        return done("not_deceased_by_it")
    if queries.has_standing("civil.death", told.subject):
        return done("another_death_stands")
    was_suspended = person.before == PersonState.SUSPENDED
    action = "annul_death_of_suspended" if was_suspended else "annul_death"
    _change(event, key, action, "person.death_annulled", now)
    return DONE


def _change(event: Event, person: PersonKey, action: str, kind: str, now: dt.datetime) -> None:
    """Move a person, and tell the other journeys."""
    register.change_person_state(person=person, action=action, reason=REASON, actor=REGISTER, now=now)
    _tell(kind, person, event, now)


def _tell(kind: str, subject: str, event: Event, now: dt.datetime) -> None:
    events.publish(
        kind,
        subject=subject,
        effective_on=event.effective_on,
        facts={"event": str(event.id)},
        actor=REGISTER,
        now=now,
    )
