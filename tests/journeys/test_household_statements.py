"""How many statements the sending of a household of five takes."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.journeys.household import (
    HASSAN,
    WORKER,
    answer_household,
    describe,
    fill,
    register,
    send,
    settle,
    sign_in,
)

from sijil.domains.law import services as law
from sijil.domains.law.models import LawUse
from sijil.domains.social_register import queries as social
from sijil.journeys import household_registration as journey
from sijil.kernel.actors import citizen
from sijil.kernel.law import Pin
from sijil.pages import clock

pytestmark = pytest.mark.django_db
WHOLE = 49  # to what is decided: members held, register, score, decisions, log, notice, event, jobs
OWN = 19  # of them, those of the social register


def test_the_sending_of_a_household(monkeypatch):
    family, single = settle(), register(HASSAN)
    send_alone(single)  # what the first of all writes once: the law in use, the basis of decisions
    used = LawUse.objects.values_list("name", "version", "digest")
    monkeypatch.setattr(law, "_noted", {Pin(*use) for use in used})  # as if that one had committed
    client = sign_in(family.head)
    client.post("/my-file/household/start/")
    fill(client, family)
    draft = social.find_draft_of(family.head.key)
    with CaptureQueriesContext(connection) as made:
        journey.submit(
            registration_id=draft.id,
            seen_version=draft.version,
            accept_law=True,
            accept_info=True,
            language="fr",
            actor=citizen(family.head.key),
            now=clock.now(),
        )
    texts = [query["sql"] for query in made]
    assert len(texts) == WHOLE
    assert sum('"social_register_' in text for text in texts) == OWN
    assert read(texts, "social_register_registration") <= 5
    assert read(texts, "social_register_household") <= 2
    assert read(texts, "population_register_person") <= 3


def send_alone(idcs: str) -> None:
    client = sign_in(idcs)
    client.post("/my-file/household/start/")
    describe(client, idcs, {"relation": "head", **WORKER, "marital_status": "single"})
    answer_household(client)
    assert send(client).status_code == 302


def read(texts: list[str], table: str) -> int:
    return sum(text.startswith("SELECT") and f'FROM "{table}"' in text for text in texts)
