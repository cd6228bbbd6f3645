"""A family of the tests, registered, with an account for its head; and the answers of vector U1."""

from __future__ import annotations

import datetime as dt
import re
from copy import copy
from dataclasses import dataclass, replace

from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client

from sijil.domains.geography.services import load_reference
from sijil.domains.population_register.tests.samples import Idcs, known
from sijil.domains.population_register.types import Identity, Sex
from sijil.domains.social_register.models import Draft
from sijil.kernel.actors import Actor, ActorKind
from sijil.kernel.dates import PartialDate

NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
CASABLANCA = "06.141.01.0"
MEMBERS = "/my-file/household/members/"
CHECK = "/my-file/household/check/"

HASSAN = Identity(
    last_name_ar="بنعلي",
    first_name_ar="حسن",
    last_name_fr="Benali",
    first_name_fr="Hassan",
    birth=PartialDate(1981, 5, 2),
    sex=Sex.MALE,
    commune_code=CASABLANCA,
    phone="+212661000001",
)
KHADIJA = replace(
    HASSAN, first_name_ar="خديجة", first_name_fr="Khadija", sex=Sex.FEMALE, birth=PartialDate(1986, 1, 9)
)
CHILDREN = [
    replace(HASSAN, first_name_ar="يوسف", first_name_fr="Youssef", birth=PartialDate(2016, 3, 3), phone=""),
    replace(
        HASSAN,
        first_name_ar="سلمى",
        first_name_fr="Salma",
        sex=Sex.FEMALE,
        birth=PartialDate(2018, 7),
        phone="",
    ),
    replace(HASSAN, first_name_ar="آدم", first_name_fr="Adam", birth=PartialDate(2023), phone=""),
]

URBAN = {
    "rooms": "2",
    "bath": "1",
    "garage": "0",
    "second_home": "0",
    "business_premises": "0",
    "electricity_meter": "1",
    "electricity_bills_0": "100",
    "electricity_bills_1": "",
    "electricity_bills_2": "",
    "water_bills_0": "100",
    "butane_big": "0",
    "butane_small": "0",
    "computer": "0",
    "dish_antenna": "1",
    "fixed_line": "0",
    "mobiles": "2",
    "cars": "0",
    "motorcycles": "0",
    "telecom_bills_0": "100",
    "loan": "0",
}
WORKER = {
    "marital_status": "married",
    "education_level": "none",
    "diploma": "none",
    "activity": "employed",
    "occupation": "labourer",
    "professional_status": "private_employee",
    "health_cover": "none",
}
AT_HOME = {**WORKER, "activity": "homemaker", "occupation": "", "professional_status": ""}
PUPIL = {"schooling": "public", "health_cover": "none"}
SMALL = {"health_cover": "none"}
SCHOOL = [PUPIL, PUPIL, SMALL]


@dataclass
class Family:
    """IDCS of each: the head, the wife, the children."""

    head: Idcs
    wife: Idcs
    children: list[Idcs]

    @property
    def all(self) -> list[Idcs]:
        return [self.head, self.wife, *self.children]


def settle() -> Family:
    """Register the family in the population register (with the geography), and return their numbers."""
    load_reference(NOW)
    return Family(register(HASSAN), register(KHADIJA), [register(child) for child in CHILDREN])


@transaction.atomic
def register(identity: Identity) -> Idcs:
    return known(identity, NOW)


def sign_in(idcs: Idcs, language: str = "en") -> Client:
    """Return a browser (without scripts) of a person signed in."""
    account, _ = get_user_model().objects.get_or_create(
        login=idcs.key, defaults={"kind": "citizen", "roles": [], "created_at": NOW, "password": "!"}
    )
    client = Client(headers={"accept-language": language})
    client.force_login(account)
    client.cookies["language"] = language
    return client


def again(client: Client) -> Client:
    """Return another window of the same browser: its sign-in and its language."""
    window = Client()
    window.defaults = dict(client.defaults)
    window.cookies = copy(client.cookies)
    return window


def place_of(idcs: Idcs | str) -> int:
    """Return by what the pages name a member of the draft."""
    return Draft.objects.filter(person=getattr(idcs, "key", idcs)).latest("pk").place


def citizen(idcs: Idcs) -> Actor:
    return Actor(ActorKind.CITIZEN, idcs.key)


def text(response) -> str:
    return response.content.decode()


def add(client, idcs: str, identity):
    birth = identity.birth
    return client.post(
        MEMBERS + "add/",
        {
            "idcs": idcs,
            "birth_day": birth.day or "",
            "birth_month": birth.month or "",
            "birth_year": birth.year,
        },
    )


def describe(client, idcs: str, answers: dict[str, str]) -> None:
    for block in ("person", "schooling", "work", "cover"):
        client.post(f"{MEMBERS}{place_of(idcs)}/{block}/", answers)


def answer_household(client, answers: dict[str, str] = URBAN) -> None:
    for block in ("dwelling", "energy", "goods", "telecom", "finance"):
        client.post(f"/my-file/household/questions/{block}/", answers)


def fill(client, family: Family) -> None:
    describe(client, family.head, {"relation": "head", **WORKER})
    add(client, family.wife, KHADIJA)
    describe(client, family.wife, {"relation": "spouse", **AT_HOME})
    for idcs, child, answers in zip(family.children, CHILDREN, SCHOOL, strict=True):
        add(client, idcs, child)
        describe(client, idcs, {"relation": "child", **answers})
    answer_household(client)


def send(client, **changes):
    version = re.search(r'name="version" value="(\d+)"', text(client.get(CHECK)))
    ticks = {"accept_law": "on", "accept_info": "on", "version": version[1] if version else "0"}
    return client.post(CHECK, ticks | changes)
