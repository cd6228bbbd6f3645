"""The people with a story (``demo/*.yaml``): registered, housed, or waiting at the counter."""

from __future__ import annotations

import datetime as dt
import uuid
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from sijil.country.generator import DemoPerson
from sijil.country.loading import Loaded, load_homes, load_persons
from sijil.domains.accounts import services as accounts
from sijil.domains.accounts.types import Purpose
from sijil.domains.appointments import queries as appointments
from sijil.domains.geography import queries as geography
from sijil.domains.geography.rules import milieu_of
from sijil.domains.geography.types import HouseholdMilieu, Milieu, MilieuReading
from sijil.domains.population_register import queries as population
from sijil.domains.population_register.types import Channel, Identity, PaperKind, Sex
from sijil.domains.social_register.types import DeclaredMember, LoadedHousehold, Value
from sijil.journeys import person_enrolment
from sijil.kernel.actors import PUBLIC
from sijil.kernel.dates import PartialDate, legal_day

FOLDER = Path(__file__).resolve().parents[3] / "demo"
_BILLS = ("electricity_bills", "water_bills", "telecom_bills")
_NAMESPACE = uuid.UUID("018cc251-f400-7000-8000-000000000000")


@cache
def read_story(name: str) -> Any:
    """Return the content of ``demo/<name>.yaml``."""
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def story_persons() -> dict[str, DemoPerson]:
    """Return the registered people of the stories, by key."""
    return {body["key"]: _person(body) for body in read_story("people")["persons"]}


def story_households(on: dt.date) -> list[LoadedHousehold]:
    """Return the registered households of the stories, with ages of the day ``on``."""
    persons = story_persons()
    return [_household(body, persons, on) for body in read_story("people")["households"]]


def load_stories(*, now: dt.datetime) -> Loaded:
    """Write the people of the stories, their households and their files at the counter, once."""
    persons, report = list(story_persons().values()), Loaded()
    if population.find_key(persons[0].idcs) is not None:
        report.kept = len(read_story("people")["households"])
        return report
    waiting = [
        (one, prove_phone(one.phone, now)) for one in map(identity_of, read_story("people")["waiting"])
    ]
    return _load(persons, waiting, report, now)


@transaction.atomic
def _load(
    persons: list[DemoPerson], waiting: list[tuple[Identity, str]], report: Loaded, now: dt.datetime
) -> Loaded:
    load_persons(persons, now=now)
    report.persons = len(persons)
    load_homes(story_households(legal_day(now)), report, now=now)
    _load_waiting(waiting, now)
    return report


def prove_phone(phone: str, now: dt.datetime) -> str:
    """Prove a telephone by a code. Nothing is sent: the code stays here."""
    asked = accounts.start_challenge(
        purpose=Purpose.CONFIRM_CONTACT,
        subject=accounts.contact_tag(phone),
        claim=phone,
        is_known=True,
        now=now,
    )
    return accounts.confirm_contact(challenge_id=asked.id, code=asked.code or "", now=now).token


def _load_waiting(waiting: list[tuple[Identity, str]], now: dt.datetime) -> None:
    """Pre-register who waits, each with the next free slot of the story's centre."""
    for identity, proof in waiting:
        slot = appointments.find_next_slot(read_story("centres")["story_centre"], now=now)
        assert slot is not None
        person_enrolment.pre_register(
            identity=identity,
            proof=proof,
            slot_id=slot.id,
            language="ar",
            channel=Channel.PORTAL,
            actor=PUBLIC,
            now=now,
        )


def _person(body: dict[str, Any]) -> DemoPerson:
    return DemoPerson(uuid.uuid5(_NAMESPACE, body["key"]), body["idcs"], identity_of(body))


def identity_of(body: dict[str, Any]) -> Identity:
    """Return the identity that an entry of a story says."""
    paper = body.get("paper", "")
    (last_name_ar, first_name_ar), (last_name_fr, first_name_fr) = body["ar"], body["fr"]
    return Identity(
        last_name_ar,
        first_name_ar,
        last_name_fr,
        first_name_fr,
        PartialDate.parse(str(body["birth"])),
        Sex(body["sex"]),
        body["commune"],
        phone=body.get("phone", ""),
        email=body.get("email", ""),
        paper_kind=str(PaperKind.CNIE if paper else PaperKind.BIRTH_EXTRACT),
        paper_number=paper,
        more={
            "birth_country": "MA",
            "birth_commune": body["commune"],
            "quarter": "حي الرياض",
            "street": "زنقة الزيتون",
            "house_number": "12",
        },
    )


def _household(body: dict[str, Any], persons: dict[str, DemoPerson], on: dt.date) -> LoadedHousehold:
    place = geography.get_commune(body["commune"])
    members = tuple(_member(m, persons[m["who"]], on) for m in body["members"])
    answers = {name: _value(name, value) for name, value in body["answers"].items()}
    found = milieu_of(place, MilieuReading.CENSUS, Milieu(body["area"]) if "area" in body else None)
    assert isinstance(found, HouseholdMilieu)
    where = (place.code, place.region_code, found.milieu.value, found.by.value)
    here = [persons[m["who"]] for m in body["members"]]
    births = {person.key: person.identity.birth for person in here}
    return LoadedHousehold(body["code"], *where, answers, members, births)


def _member(body: dict[str, Any], person: DemoPerson, on: dt.date) -> DeclaredMember:
    answers = {name: value for name, value in body.items() if name != "who"}
    who = person.identity
    return DeclaredMember(person.key, who.sex.value, who.birth.age_on(on), answers)


def _value(name: str, value: Any) -> Value:
    return tuple(dirhams * 100 for dirhams in value) if name in _BILLS else value
