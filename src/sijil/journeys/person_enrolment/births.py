"""A birth that the civil register tells opens the child's file: it waits for its deposit (law 36.21).

    open_file     step of ``civil.birth``: a pre-registration of what the act says, where the parents live
    link_parents  step of ``civil.birth``: each parent is kept as soon as the register knows them
    close_file    step of ``birth.annulled``: the birth was told by mistake; the file is taken back

A birth of which nobody in the register is a parent, or whose child has no name yet, is kept and tried again
every night; staff see it among what did not follow. What the form refuses is a step that failed, by its code.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID, uuid5

from sijil.domains.appointments import queries as appointments
from sijil.domains.events import queries as event_queries
from sijil.domains.events.types import DONE, Event, Outcome, done
from sijil.domains.geography import queries as geography
from sijil.domains.population_register import queries
from sijil.domains.population_register import services as register
from sijil.domains.population_register.acts import BIRTH_FOLLOWED
from sijil.domains.population_register.errors import BIRTH_RECEIVED
from sijil.domains.population_register.rules import read_identity
from sijil.domains.population_register.states import PersonState, RequestState
from sijil.domains.population_register.types import (
    NAMES,
    Channel,
    Identity,
    PaperKind,
    PersonRecord,
    Relation,
    Sex,
)
from sijil.journeys.person_enrolment.notices import tell_of_birth
from sijil.kernel.actors import system
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused

REGISTER = system("civil-events")
NOBODY = Outcome("keep", "no_parent_known")
NO_NAME = Outcome("keep", "child_has_no_name_yet")
NO_FILE = Outcome("keep", "no_file_yet")
SOME = Outcome("keep", "parent_not_known_yet")
NO_CENTRE = Outcome("keep", "no_centre_open")
_HOME = ("commune_code", "quarter", "street", "house_number", "postcode", "language")
_CONTACT = ("phone", "email")


def file_of(birth: UUID) -> UUID:
    """Return the id of the file of a birth, an event: the same at each try, and told to nobody."""
    return uuid5(birth, "file of a birth")


def open_file(event: Event, *, now: dt.datetime) -> Outcome:
    """Open the file of the child once, where a living parent lives; the parents are told."""
    if event_queries.is_annulled(event):
        return done("taken_back")
    if queries.find_request_record(file_of(event.id)) is not None:
        return done("file_open_already")
    parents = _parents(event)
    if not parents:
        return NOBODY
    if not any(event.facts.get(name) for name in NAMES):
        return NO_NAME
    home = min(parents, key=lambda one: (one.state != PersonState.ACTIVE, one.sex != Sex.FEMALE))
    centre = next((found.code for found in appointments.list_centres(home.commune_code)), "")
    if not centre:
        return NO_CENTRE
    number = register.submit_request(
        key=file_of(event.id),
        identity=_child(event, home, now),
        centre_code=centre,
        channel=Channel.CIVIL,
        actor=REGISTER,
        now=now,
    )
    tell_of_birth(number, [one.key for one in parents if one.state == PersonState.ACTIVE], now=now)
    return DONE


def link_parents(event: Event, *, now: dt.datetime) -> Outcome:
    """Keep each parent whom the register knows; the step is taken again until it knows all who were told."""
    if event_queries.is_annulled(event):
        return done("taken_back")
    if queries.find_request_record(file_of(event.id)) is None:
        return NO_FILE
    parents = _parents(event)
    for one in parents:
        register.keep_told(
            child=file_of(event.id),
            parent=one.key,
            relation=Relation.MOTHER if one.sex == Sex.FEMALE else Relation.FATHER,
            since=event.effective_on,
            act_number=str(event.facts["act_number"]),
            actor=REGISTER,
            now=now,
        )
    return DONE if len(parents) == len(event.facts["concerns"]) else SOME


def close_file(event: Event, *, now: dt.datetime) -> Outcome:
    """Take the file of a birth back that was told by mistake.

    Raises: Refused(BIRTH_RECEIVED) once it was received: a person may stand behind it, staff decide.
    """
    record = queries.find_request_record(file_of(UUID(event.facts["event"])))
    if record is None or record.state == RequestState.WITHDRAWN:
        return done("no_file")
    if record.state not in (RequestState.PRE_REGISTERED, RequestState.PAPERS_REQUESTED):
        raise Refused(BIRTH_RECEIVED)
    register.withdraw_request(number=record.number, actor=REGISTER, now=now)
    return DONE


def _parents(event: Event) -> list[PersonRecord]:
    """Return the parents whom the register knows, in the order told."""
    keys = [queries.find_key_of(tag) for tag in event.facts["concerns"]]
    known = queries.list_records([key for key in keys if key is not None])
    return [known[key] for key in keys if key is not None]


def _child(event: Event, home: PersonRecord, now: dt.datetime) -> Identity:
    """Return what the act says, and where a parent lives; the contact of one who is alive.

    Raises: Refused naming the field that the form asks for and neither says.
    """
    with queries.Run(BIRTH_FOLLOWED, actor=REGISTER, selection=f"parent {home.key}", now=now) as run:
        [parent] = run.identities([home.id]).values()
    facts = event.facts
    fields = _HOME if home.state != PersonState.ACTIVE else (*_HOME, *_CONTACT)
    values: dict[str, Any] = {name: parent.value(name) for name in fields}
    for name in NAMES:
        values[name] = str(facts.get(name) or "")
        if not values[name]:
            values[f"{name}_none"] = True
    place = str(facts.get("commune_code") or "")
    values |= {
        "birth": event.effective_on.isoformat(),
        "sex": facts["sex"],
        "nationality": parent.nationality.value,
        "birth_country": "MA",
        "birth_commune": place if geography.find_commune(place) else "",
        "paper_kind": PaperKind.BIRTH_EXTRACT.value,
        "paper_number": str(facts["act_number"]),
    }
    return read_identity(values, legal_day(now))
