"""What outside systems tell: by their own secret, once or often, known or not."""

import base64
import datetime as dt
import json
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client

from sijil.domains.notifications import services
from sijil.domains.notifications.adapters import SMS
from sijil.domains.notifications.adapters.http import HttpGateway
from sijil.domains.notifications.models import Message
from sijil.domains.notifications.types import Taken
from sijil.kernel.adapters import Port

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 3, 9, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def gateway(monkeypatch):
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW)

    class Taking(HttpGateway):
        def send(self, message, *, now):
            return Taken("p-1", parts=("p-1",))

    get = Port.get
    monkeypatch.setattr(Port, "get", lambda port: Taking() if port is SMS else get(port))


@pytest.fixture
def secret(settings):
    return lambda name="sms": (Path(settings.HOME) / "keys" / "inbound" / f"{name}.token").read_text()


@pytest.fixture
def sent():
    with transaction.atomic():
        key = services.queue_message(
            channel="sms", to="+212612345678", template="household_scored", language="fr",
            facts={"number": "K7QD-4M2X-9T"}, subject="K7QD4M2X9T", now=NOW,
        )  # fmt: skip
    services.send_message(key, NOW)
    return key


def tell(auth, reference="p-1", status="delivered", to="sms", **more):
    return Client().post(
        f"/v1/inbound/{to}",
        more.get("body", json.dumps({"id": reference, "status": status})),
        content_type="application/json",
        headers={"Authorization": auth} if auth else {},
    )


def state(key):
    return Message.objects.get(id=key).state


def test_a_report_is_kept_once_or_twice(sent, secret):
    for _ in range(2):
        answer = tell(f"Bearer {secret()}")
        assert (answer.status_code, answer.content) == (204, b"")
    assert state(sent) == "delivered"


def test_the_password_of_basic_will_do(sent, secret):
    auth = base64.b64encode(f"provider:{secret()}".encode()).decode()
    assert tell(f"Basic {auth}").status_code == 204
    assert state(sent) == "delivered"


def test_an_unknown_number_is_answered_like_a_known_one(sent, secret):
    known, unknown = tell(f"Bearer {secret()}"), tell(f"Bearer {secret()}", reference="p-999")
    assert (unknown.status_code, unknown.content, unknown.headers.keys()) == (
        known.status_code,
        known.content,
        known.headers.keys(),
    )


@pytest.mark.parametrize(
    "auth", ["", "Bearer", "Bearer wrong", "Basic", "Basic ???", "Basic eDp3cm9uZw==", "x y"]
)
def test_without_the_secret_nothing_is_read(sent, auth):
    for reference in ("p-1", "p-999"):
        answer = tell(auth, reference=reference)
        assert (answer.status_code, answer.json()["code"]) == (401, "api.signed_out")
    assert state(sent) == "sent"


def test_the_secret_of_one_system_is_not_that_of_another(sent, secret):
    assert tell(f"Bearer {secret('abis')}").status_code == 401
    assert tell(f"Bearer {secret()}", to="abis").status_code == 401
    assert state(sent) == "sent"


@pytest.mark.parametrize("to", ["sms", "email", "abis"])
def test_what_the_adapter_cannot_read_is_refused(secret, to):
    answer = tell(f"Bearer {secret(to)}", to=to, body="{")
    assert answer.status_code == 422
    assert answer.json()["code"] in ("notifications.report_unreadable", "biometrics.answer_unreadable")


def test_who_guesses_is_slowed_down():
    answers = [tell("Bearer wrong").status_code for _ in range(62)]
    assert (answers[0], answers[-1]) == (401, 429)
