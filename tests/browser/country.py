"""The demo country as the browser tests need it: small, with a file in each state that a page can show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model

from sijil.country.country import load_everything
from sijil.country.stories import read_story, story_persons
from sijil.domains.biometrics import services as biometrics
from sijil.domains.biometrics.samples import draw
from sijil.domains.matching import queries as matching
from sijil.domains.population_register.tests.samples import paper_of
from sijil.domains.population_register.types import Channel, Identity
from sijil.domains.programmes import queries as programmes
from sijil.journeys import household_registration, person_enrolment
from sijil.kernel.actors import PUBLIC, Actor, ActorKind, officer
from sijil.pages import clock
from tests.journeys import publishing

HOUSEHOLDS = 40
OFFICER = officer("officer.agdal", centre="04.421.01.01", area="04.421.01.0", roles=["csc_officer"])
MANAGER = Actor(ActorKind.OFFICER, "manager")
STORIES = {"citizen": "rachida", "declarant": "youssef"}  # the others are staff


def make() -> None:
    """Load the country; deposit the file that resembles a known person; start a draft; publish a list."""
    load_everything(Path(settings.HOME), households=HOUSEHOLDS, say=lambda text: None, now=clock.now())
    like_a_known_person = waiting_number(last=True)
    identity = person_enrolment.read_file(like_a_known_person, actor=OFFICER, now=clock.now()).identity
    _deposit(like_a_known_person)
    _contest(like_a_known_person)
    _deposit(_come_again(identity), seed=8)  # and one more, whose case is open
    household_registration.start(actor=Actor(ActorKind.CITIZEN, login_of("declarant")), now=clock.now())
    publishing.publish(programme="asd", actor=MANAGER, now=clock.now())


def _come_again(identity: Identity) -> str:
    return person_enrolment.pre_register(
        identity=identity.with_changes({"phone": "+212600100099"}), centre_code=OFFICER.centre,
        channel=Channel.COUNTER, actor=OFFICER, now=clock.now(),
    )  # fmt: skip


def _deposit(number: str, seed: int = 7) -> None:
    for modality in ("face", "iris_left", "iris_right"):
        content = draw(seed, modality)
        person_enrolment.capture(
            number=number, modality=modality, content=content, actor=OFFICER, now=clock.now()
        )
    identity = person_enrolment.read_file(number, actor=OFFICER, now=clock.now()).identity
    person_enrolment.compare_papers(number=number, paper=paper_of(identity), actor=OFFICER, now=clock.now())
    person_enrolment.deposit(number=number, actor=OFFICER, now=clock.now())
    person_enrolment.compare(number, now=clock.now())
    biometrics.ask_due(clock.now())
    person_enrolment.resolve(number, now=clock.now())


def login_of(role: str) -> str:
    """Return the login of the ready account of a role."""
    if role in STORIES:
        return story_persons()[STORIES[role]].key
    return str(next(body["login"] for body in read_story("accounts")["staff"] if role in body["roles"]))


def account_of(role: str) -> Any:
    return get_user_model().objects.get(login=login_of(role))


def waiting_number(*, last: bool = False) -> str:
    """Return the number of a file that waits at the counter (``last``: the one like a known person)."""
    desk = person_enrolment.read_desk(actor=OFFICER, now=clock.now())
    name = read_story("people")["waiting"][-1 if last else 0]["fr"][0]
    return next(r.number for _, r in desk.waiting if r.identity.last_name_fr == name)


def open_case() -> str:
    return str(matching.list_open_cases()[0].id)


def contested() -> str:
    return person_enrolment.list_appeals()[0].number


def _contest(number: str) -> None:
    """Let two officers take a deposited file for a known person, and its holder say that it is wrong."""
    [case] = [case for case in matching.list_open_cases() if case.number == number]
    for login in ("first", "second"):
        actor = officer(login, roles=["adjudicator"])
        person_enrolment.adjudicate(
            case.id, verdict="same_person", reason="One face, one card.", candidate=case.candidates[0].ref,
            actor=actor, now=clock.now(),
        )  # fmt: skip
    text = "It is my sister who is registered, not me."
    person_enrolment.appeal(number=number, text=text, actor=PUBLIC, now=clock.now())


def published_list() -> str:
    found = programmes.find_last_list("asd")
    assert found is not None
    return found.id
