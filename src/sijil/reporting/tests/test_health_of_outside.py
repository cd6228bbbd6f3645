"""What health says of outside systems: unfit, played by a twin, silent, or reaching nobody."""

import datetime as dt

import pytest
from django.conf import settings
from django.db import transaction

from sijil.domains.biometrics.samples import draw
from sijil.domains.documents import services as documents
from sijil.domains.notifications import services
from sijil.domains.notifications.adapters import GatewayFailed
from sijil.kernel.actors import PUBLIC
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


def test_a_scanner_that_does_not_answer_is_an_illness(monkeypatch):
    monkeypatch.setattr(settings.ENV, "virus_scan", "clamd")
    monkeypatch.setattr(settings.ENV, "clamd", "127.0.0.1:1")
    found = check("adapters")
    assert (found.well, "SIJIL_CLAMD=127.0.0.1:1: no clamd answers" in found.seen) == (False, True)


def test_papers_that_wait_for_the_scanner_too_long_are_an_illness(monkeypatch):
    assert check("papers").seen == "0 wait for the virus scan"
    monkeypatch.setattr(settings.ENV, "virus_scan", "clamd")
    monkeypatch.setattr(settings.ENV, "clamd", "127.0.0.1:1")
    monkeypatch.setattr(settings.ENV, "unscanned_papers", "queue")
    [paper] = documents.judge([draw(1, "face")], now=NOW)
    given = {"owner": "request:K7QD4M2X9T", "kind": "cnie", "filename": "a.jpg"}
    documents.receive(**given, paper=paper, actor=PUBLIC, now=NOW)
    assert check("papers", NOW + dt.timedelta(minutes=15)).well
    ill = check("papers", NOW + dt.timedelta(minutes=16))
    assert (ill.well, ill.seen) == (False, "1 wait for the virus scan, the oldest since 2026-11-03 09:00")


@pytest.mark.parametrize("is_demo", [True, False])
def test_a_twin_is_named_outside_a_demo(monkeypatch, is_demo):
    monkeypatch.setattr(settings.ENV, "demo", is_demo)
    found = check("adapters")
    assert (found.well, found.warns) == (True, not is_demo)
    assert ("SIJIL_ABIS=embedded" in found.seen) is not is_demo
