"""Ready households for the tests of this domain: U1 and R1 of the published vectors, and drafts."""

from __future__ import annotations

import datetime as dt
from itertools import count

from django.db import transaction

from sijil.domains.social_register import queries, services
from sijil.domains.social_register.types import DeclaredMember, LoadedHousehold
from sijil.kernel import actors
from sijil.kernel.actors import Actor
from sijil.kernel.dates import PartialDate
from sijil.kernel.ids import draw_household_code, draw_idcs

NOW = dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC)
TODAY = NOW.date()
HEAD, WIFE, SON, DAUGHTER, MOTHER = (draw_idcs() for _ in range(5))
CLERK = actors.system("scorer")
OFFICER = actors.officer("salma", area="06", roles=["adjudicator"])
_seconds = count(1)

URBAN = {
    "rooms": "2",
    "bath": "1",
    "garage": "0",
    "second_home": "0",
    "business_premises": "0",
    "electricity_meter": "1",
    "electricity_bills": ["100", "110", "90"],
    "water_bills": ["100"],
    "butane_big": "1",
    "butane_small": "1",
    "computer": "0",
    "dish_antenna": "1",
    "fixed_line": "0",
    "mobiles": "2",
    "cars": "0",
    "motorcycles": "0",
    "telecom_bills": ["100"],
    "loan": "0",
}
RURAL = {
    "dwelling_type": "traditional_house",
    "rooms": "1",
    "second_home": "0",
    "electricity_bills": ["50"],
    "water_bills": ["25"],
    "butane_big": "1",
    "butane_small": "1",
    "cars": "0",
    "motorcycles": "1",
    "telecom_bills": ["50"],
    "non_agricultural_land": "0",
    "irrigated_land": "0",
    "cows": "1",
}
ADULT = {
    "marital_status": "married",
    "education_level": "none",
    "diploma": "none",
    "literate": "1",
    "activity": "homemaker",
    "health_cover": "none",
}
WORKER = {
    **ADULT,
    "activity": "employed",
    "occupation": "labourer",
    "professional_status": "private_employee",
}
PUPIL = {"schooling": "public", "health_cover": "none"}


def citizen(person: str = HEAD) -> Actor:
    return actors.citizen(person)


def later() -> dt.datetime:
    return NOW + dt.timedelta(seconds=next(_seconds))


def member(
    relation: str, age: int, person: str | None = None, /, sex: str = "M", **answers: object
) -> DeclaredMember:
    base = {"relation": relation, "health_cover": "none"}
    return DeclaredMember(person or draw_idcs(), sex, age, {**base, **answers})


def loaded(*members):
    people = members or (member("head", 40), member("child", 3))
    where = ("06.141.01.1", "06", "urban", "asked")
    births = {person.person: PartialDate(2026 - person.age, 1) for person in people}
    return LoadedHousehold(draw_household_code(), *where, {"rooms": 2}, people, births)


def start(person: str = HEAD, milieu: str = "urban", milieu_by: str = "kind"):
    return services.start_draft(
        declarant=person,
        declarant_sex="M",
        commune_code="06.141.01.1",
        region_code="06",
        milieu=milieu,
        milieu_by=milieu_by,
        language="fr",
        actor=citizen(person),
        now=NOW,
    )


def place_of(draft, person: str) -> int:
    """Return the place of a member in a draft as it is now; of a stranger, one that nobody has."""
    return queries.get_draft(draft.id).place_of(person) or 99


def answer(draft, field: str, raw, member: str = "", **more):
    actor = citizen(draft.declarant)
    return services.save_answer(
        registration_id=draft.id,
        field=field,
        raw=raw,
        member=place_of(draft, member) if member else 0,
        actor=actor,
        now=later(),
        **more,
    )


def add(draft, person: str, relation: str, answers: dict, sex: str = "F") -> None:
    actor = citizen(draft.declarant)
    services.add_member(registration_id=draft.id, person=person, sex=sex, actor=actor, now=NOW)
    describe(draft, person, relation, answers)


def describe(draft, person: str, relation: str, answers: dict) -> None:
    for field, raw in {"relation": relation, **answers}.items():
        answer(draft, field, raw, person)


def complete(person: str = HEAD, *, son: str = SON):
    """Return a draft of a head and a son of ten, ready to be sent."""
    draft = start(person)
    describe(draft, person, "head", {**WORKER, "marital_status": "widowed"})
    add(draft, son, "child", PUPIL, sex="M")
    for field, raw in URBAN.items():
        answer(draft, field, raw)
    return queries.get_draft(draft.id)


def births_of(draft, grown: int = 45, young: int = 10) -> dict[str, PartialDate]:
    """Return birth dates that make the declarant ``grown`` and everybody else ``young`` on the day."""
    return {
        m.person: PartialDate(NOW.year - (grown if m.person == draft.declarant else young), 1, 1)
        for m in draft.members
    }


def send(draft, *, actor: Actor | None = None, **changes):
    arguments = {"seen_version": draft.version, "accept_law": True, "accept_info": True, "language": "fr"}
    with transaction.atomic():
        return services.submit_registration(
            draft=draft,
            births=births_of(draft),
            actor=actor or citizen(draft.declarant),
            now=NOW,
            **{**arguments, **changes},
        )
