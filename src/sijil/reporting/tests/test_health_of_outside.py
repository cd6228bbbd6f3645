"""What health says of outside systems: unfit, played by a twin, silent, or reaching nobody."""

import datetime as dt

import pytest
from django.conf import settings
from django.db import transaction

from sijil.domains.notifications import services
from sijil.domains.notifications.adapters import GatewayFailed
from sijil.reporting import health

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 3, 9, 0, tzinfo=dt.UTC)


class Gateway:
    permanent = False

    def send(self, message, *, now):
        raise GatewayFailed("provider down", permanent=self.permanent)


@pytest.fixture
def gateway(monkeypatch):
    made = Gateway()
    monkeypatch.setattr(services.sending, "get_gateway", lambda channel: made)
    with transaction.atomic():
        key = services.queue_message(
            channel="sms", to="+212612345678", template="household_scored", language="fr",
            facts={"number": "K7QD-4M2X-9T"}, subject="K7QD4M2X9T", now=NOW,
        )  # fmt: skip
    made.send_it = lambda: services.send_message(key, NOW)
    return made


def check(name, now=NOW):
    return next(c for c in health.examine(now=now) if c.name == name)


def test_messages_that_no_gateway_takes_are_an_illness_with_its_reason(gateway):
    gateway.send_it()
    assert check("messages", NOW + dt.timedelta(minutes=10)).well
    ill = check("messages", NOW + dt.timedelta(minutes=16))
    assert (ill.well, ill.seen) == (False, "the oldest waits since 16 minutes (provider down)")


def test_messages_that_reached_nobody_ask_for_somebody(gateway):
    gateway.permanent = True
    gateway.send_it()
    found = check("messages")
    assert (found.well, found.warns, found.seen) == (True, True, "1 reached nobody: sijil messages dead")


def test_a_setting_that_names_nothing_is_an_illness(monkeypatch):
    monkeypatch.setattr(settings.ENV, "sms_gateway", "pigeon")
    assert (check("adapters").well, "SIJIL_SMS_GATEWAY=pigeon" in check("adapters").seen) == (False, True)


@pytest.mark.parametrize("is_demo", [True, False])
def test_a_twin_is_named_outside_a_demo(monkeypatch, is_demo):
    monkeypatch.setattr(settings.ENV, "demo", is_demo)
    found = check("adapters")
    assert (found.well, found.warns) == (True, not is_demo)
    assert ("SIJIL_ABIS=embedded" in found.seen) is not is_demo
