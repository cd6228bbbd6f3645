"""A country of some ten persons, each in another situation, and everybody who may look at them.

The people of the stories: a registered household, a draft with another adult in it, files at the counter, a
case of two officers, a published list.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.contrib.auth import get_user_model
from django.test import Client
from tests.browser import country
from tests.journeys import publishing

from sijil.country.stories import load_stories, story_persons
from sijil.domains.accounts.services import create_staff, create_token
from sijil.domains.accounts.types import AccountKind, SignedIn
from sijil.domains.appointments.services import load_centres
from sijil.domains.biometrics import queries as captures
from sijil.domains.biometrics.samples import draw
from sijil.domains.documents.services import judge, receive
from sijil.domains.geography.services import load_reference
from sijil.domains.matching.models import Ask, Case
from sijil.domains.population_register.types import Identity, Request
from sijil.journeys import person_enrolment
from sijil.kernel.actors import COUNTRY, PUBLIC, officer

NOW = dt.datetime(2026, 11, 27, 9, 5, tzinfo=dt.UTC)
PLACES = re.compile("Sidi Youssef Ben Ali|سيدي يوسف بن علي")
"""A centre that bears the first name of one of the people: where it stands so, nobody is shown."""
HOUSEHOLD = ("rachida", "miloud", "hajar", "ilyas", "malak")
CENTRE = "04.421.01.01"
ACCOUNT = "s.alami"
"""The login of an account of staff that can be looked at."""


@dataclass(frozen=True)
class Reader:
    """Who looks. ``own``: the persons whose reading is never written down: oneself, the own household."""

    name: str
    login: str = ""
    roles: tuple[str, ...] = ()
    centre: str = ""
    own: frozenset[str] = frozenset()


NOBODY = Reader("public")


def readers() -> list[Reader]:
    """Return one of each: the public, four citizens, every role of staff."""
    people = {key: person.key for key, person in story_persons().items()}
    citizens = {"head": "rachida", "member": "miloud", "drafting": "youssef", "neighbour": "larbi"}
    own = {key: frozenset(HOUSEHOLD if key in HOUSEHOLD else {key}) for key in citizens.values()}
    return [
        NOBODY,
        *(Reader(name, people[key], own=own[key]) for name, key in citizens.items()),
        Reader("officer", "officer.agdal", ("csc_officer",), CENTRE),
        Reader("officer elsewhere", "officer.casa", ("csc_officer",), "06.141.01.01"),
        Reader("adjudicator", "adjudicator.one", ("adjudicator",)),
        Reader("manager", "manager.asd", ("programme_manager",)),
        Reader("auditor", "auditor.one", ("auditor",)),
        Reader("administrator", "admin", ("administrator",)),
    ]


@dataclass
class SmallCountry:
    """``names``: what tells a person from all others, in any language. ``numbers``: who is who in the log.

    ``sessions``: those of readers who signed in once; others sign in for each browser.
    """

    names: dict[str, re.Pattern[str]] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    samples: dict[str, list[str]] = field(default_factory=dict)
    alike: str = ""
    tokens: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)

    def shown_in(self, text: str) -> set[str]:
        text = PLACES.sub("", re.sub(r"</?mark\s*>", "", text))
        return {who for who, name in self.names.items() if name.search(text)}

    def browser(self, reader: Reader, language: str) -> Client:
        client = Client()
        client.cookies["language"], _, client.cookies["second_language"] = language.partition("-")
        if reader.name in self.sessions:
            client.cookies["sessionid"] = self.sessions[reader.name]
        elif reader.login:
            client.force_login(get_user_model().objects.get(login=reader.login))
        return client

    def sign_in(self) -> None:
        """Let every reader sign in, once for all their browsers."""
        for reader in filter(lambda one: one.login, readers()):
            self.sessions[reader.name] = self.browser(reader, "fr").cookies["sessionid"].value


def make() -> SmallCountry:
    """Load the stories and bring some of their people further. The clock of the pages stands at ``NOW``."""
    load_reference(NOW)
    load_centres(now=NOW)
    load_stories(now=NOW)
    made = SmallCountry()
    _open_accounts(made)
    create_staff(login=ACCOUNT, name="Qwert", password="le figuier", roles=["auditor"], area=COUNTRY, now=NOW)
    _draft()
    desk = person_enrolment.read_desk(actor=country.OFFICER, now=NOW)
    _name_everybody(made, [request for _, request in desk.waiting])
    waiting, alike = country.waiting_number(), country.waiting_number(last=True)
    (card,) = judge([draw(1, "face")], now=NOW)
    paper = receive(
        owner=f"request:{waiting}", kind="cnie", filename="card.png", paper=card, actor=PUBLIC, now=NOW
    )
    country._deposit(alike)
    case = Case.objects.get(id=country.open_case())
    ask = Ask.objects.create(
        case=case, round=case.round, of=case.subject, what="paper", until=NOW.date(), asked_at=NOW
    )
    sent = receive(
        owner=f"asked:{ask.id}", kind="cnie", filename="card.png", paper=card, actor=PUBLIC, now=NOW
    )
    manager = officer("manager.asd", roles=["programme_manager"])
    publishing.publish(programme="asd", actor=manager, now=NOW)
    made.alike = made.numbers[alike]
    made.samples = {
        "number": [waiting, alike],
        "place": ["0", "1", "2"],
        "score/number": ["1"],
        "block": ["person", "dwelling"],
        "code": [CENTRE],
        "communes/code": ["04.421.01.0"],
        "provinces/code": ["04.421"],
        "regions/code": ["04"],
        "programmes/code": ["asd"],
        "case_id": [str(case.id)],
        "capture_id": [str(capture.id) for capture in captures.list_captures(alike)],
        "list_id": [country.published_list()],
        "document_id": [str(paper)],
        "sent/document_id": [str(sent)],
        "ask": ["018cc251-f400-7000-8000-000000000000"],
        "candidate": ["018cc251-f400-7000-8000-000000000000"],
        "witness": ["018cc251-f400-7000-8000-000000000000"],
        "attestation": ["018cc251-f400-7000-8000-000000000000"],
        "message_id": ["018cc251-f400-7000-8000-000000000000"],
        "event_id": ["018cc251-f400-7000-8000-000000000000"],
        "step": ["names"],
        "token": ["x"],
        "login": [ACCOUNT],
        "action": ["activate", "ask_anew", "suspend", "close"],
        "challenge_id": ["018cc251-f400-7000-8000-000000000000"],
    }
    return made


def _open_accounts(made: SmallCountry) -> None:
    for reader in readers():
        if reader.login:
            kind = AccountKind.STAFF if reader.roles else AccountKind.CITIZEN
            made_id = _open_staff(reader) if reader.roles else _open_citizen(reader)
            signed = SignedIn(made_id, reader.login, kind, reader.roles, reader.centre, "")
            made.tokens[reader.name] = create_token(account=signed, now=NOW).token


def _open_citizen(reader: Reader) -> UUID:
    made = get_user_model().objects.create(login=reader.login, kind=AccountKind.CITIZEN, created_at=NOW)
    return made.pk


def _open_staff(reader: Reader) -> UUID:
    reach = {"centre_code": reader.centre, "area": "" if reader.centre else COUNTRY}
    who = {"login": reader.login, "name": "Qwert", "password": "le figuier"}
    return create_staff(roles=list(reader.roles), now=NOW, **who, **reach)


def _draft() -> None:
    """A citizen begins a household and lists another adult, who has not heard of it yet."""
    browser, loubna = Client(), story_persons()["loubna"]
    browser.force_login(get_user_model().objects.get(login=story_persons()["youssef"].key))
    browser.post("/my-file/household/start/")
    born = loubna.identity.birth
    told = {"birth_day": born.day, "birth_month": born.month, "birth_year": born.year}
    browser.post("/my-file/household/members/add/", {"idcs": loubna.idcs, **told})


def _name_everybody(made: SmallCountry, waiting: list[Request]) -> None:
    """Keep for each person the parts of the name that nobody else has."""
    people = {key: (p.identity, p.key) for key, p in story_persons().items()}
    people |= {r.identity.last_name_fr.lower(): (r.identity, r.number) for r in waiting}
    parts = {key: set(_parts(identity)) for key, (identity, _) in people.items()}
    for key, (_, number) in people.items():
        others = set().union(*(found for other, found in parts.items() if other != key))
        words = "|".join(map(re.escape, sorted(parts[key] - others)))
        made.names[key] = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)
        made.numbers[number] = key


def _parts(identity: Identity) -> Iterator[str]:
    yield from (identity.first_name_ar, identity.last_name_ar)
    yield from (identity.first_name_fr, identity.last_name_fr)
