"""A day at the centre of the stories (``demo/centre_day.yaml``): today's queue, and a file in each state.

Everything goes the way of everybody: pre-registered two days ago, then compared with the card, captured and
received by the officer of the demo, and compared by the register. What is there already stays.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sijil.country.cards import draw_card
from sijil.country.stories import identity_of, prove_phone, read_story
from sijil.domains.appointments import queries as appointments
from sijil.domains.biometrics import services as biometrics
from sijil.domains.biometrics.samples import draw
from sijil.domains.biometrics.types import Modality
from sijil.domains.population_register import queries as population
from sijil.domains.population_register.rules import compared_of, values_of
from sijil.domains.population_register.types import Channel, Identity
from sijil.journeys import person_enrolment
from sijil.kernel.actors import PUBLIC, Actor, officer
from sijil.kernel.dates import legal_day

BEFORE = dt.timedelta(days=2)
_RECEIVED = ("registered", "in_adjudication", "deposited")


def load_centre_day(*, now: dt.datetime) -> int:
    """Write the files that are not there yet; return how many."""
    bodies = [body for body in read_story("centre_day")["files"] if not _is_there(body)]
    for body in bodies:
        _bring(body, now)
    return len(bodies)


def _is_there(body: dict[str, Any]) -> bool:
    return bool(population.find_requests(body["phone"]))


def _bring(body: dict[str, Any], now: dt.datetime) -> None:
    """Bring one file to the state in which the day shows it."""
    identity, actor = _identity(body), _officer()
    number = _open(body, identity, actor, now)
    if body["ends"] == "papers_requested":
        person_enrolment.ask_for_paper(number=number, reason=body["reason"], actor=actor, now=now)
    if body["ends"] == "rejected":
        person_enrolment.refuse(number=number, reason=body["reason"], actor=actor, now=now)
    if body["ends"] in _RECEIVED:
        _receive(number, identity, body["seed"], actor, now)
    if body["ends"] in ("registered", "in_adjudication"):
        person_enrolment.compare(number, now=now)
        biometrics.ask_due(now)
        person_enrolment.resolve(number, now=now)


def _open(body: dict[str, Any], identity: Identity, actor: Actor, now: dt.datetime) -> str:
    """Pre-register with the appointment of today; on a day without hours the person walks in."""
    paper = person_enrolment.Paper("cnie", "carte.jpg", draw_card(_on_card(body), body["seed"]))
    slot, then = _slot(body["at"], now), now - BEFORE
    where: dict[str, Any] = (
        {"slot_id": slot, "channel": Channel.PORTAL, "actor": PUBLIC, "now": then}
        if slot
        else {"centre_code": actor.centre, "channel": Channel.COUNTER, "actor": actor, "now": now}
    )
    where |= {"proof": prove_phone(identity.phone, then)} if slot else {}
    return person_enrolment.pre_register(identity=identity, papers=[paper], language="fr", **where)


def _slot(at: str, now: dt.datetime) -> str:
    """Return the slot of today at an hour, or nothing."""
    centre, today = read_story("centres")["story_centre"], legal_day(now)
    slots = appointments.list_slots(centre, today, 1, now=now - BEFORE)
    return next((s.id for s in slots if s.on == today and f"{s.at:%H:%M}" == at and s.free > 0), "")


def _receive(number: str, identity: Identity, seed: int, actor: Actor, now: dt.datetime) -> None:
    compared = {field.id for field in compared_of(identity)}
    paper = {n: v for n, v in values_of(identity).items() if n.removesuffix("_none") in compared}
    person_enrolment.compare_papers(number=number, paper=paper, actor=actor, now=now)
    for modality in Modality:
        content = draw(seed, modality)
        person_enrolment.capture(number=number, modality=modality, content=content, actor=actor, now=now)
    person_enrolment.deposit(number=number, actor=actor, now=now)


def _identity(body: dict[str, Any]) -> Identity:
    return identity_of({"commune": _officer().area, **body})


def _on_card(body: dict[str, Any]) -> Identity:
    return _identity({**body, **body.get("on_card", {})})


def _officer() -> Actor:
    [body] = [body for body in read_story("accounts")["staff"] if body["roles"] == ["csc_officer"]]
    return officer(body["login"], centre=body["centre"], area=body["area"], roles=body["roles"])
