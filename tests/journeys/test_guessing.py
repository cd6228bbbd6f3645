"""Who is guessed about is told: once a day for each partner, in the own language, and in the own log."""

import datetime as dt

import pytest
from django.contrib.auth import get_user_model

from sijil.domains.audit.services import Log
from sijil.domains.events.models import Event as EventRow
from sijil.domains.notifications.models import Message
from sijil.domains.notifications.queries import list_messages
from sijil.domains.partners.services import register_partner
from sijil.domains.partners.types import Purpose
from sijil.domains.population_register.tests.samples import FATIMA, known
from sijil.domains.verification.acts import GUESSED
from sijil.journeys import events, guessing
from sijil.kernel.actors import Actor, ActorKind, system

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC)
CREDIT = Purpose("credit", "دراسة طلب قرض", "étude d’un crédit", "study of a loan")


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW)


@pytest.fixture
def bank():
    for code, name in (("bank", "Banque Atlas"), ("operator", "Opérateur")):
        register_partner(
            code=code, name_ar="بنك الأطلس", name_fr=name, scopes=["verification"], purposes=[CREDIT],
            rate_limit=10, actor=system("t"), now=NOW,
        )  # fmt: skip


@pytest.fixture
def her(bank):
    identity = FATIMA.with_changes({"language": "fr", "phone": "+212612345678"})
    return known(identity, NOW).key


def guessed(person, partner="bank", at=NOW):
    asker = Actor(ActorKind.PARTNER, partner, label=partner)
    Log().record(GUESSED, actor=asker, subject=person, facts={}, now=at)


def told(person):
    return [m.text for m in list_messages(person, "")]


def follow(now=NOW):
    """Do what the worker does: publish, then the steps."""
    new = guessing.publish_guessed(now=now)
    for row in EventRow.objects.filter(kind="person.guessed"):
        events.take_step(event_id=row.id, step="guessing.tell_person", now=now)
    return new


def test_the_person_is_told_once_a_day_for_each_partner(her):
    for minute in (0, 1, 2):
        guessed(her, at=NOW + dt.timedelta(minutes=minute))
    guessed(her, "operator")
    later = NOW + dt.timedelta(hours=1)
    assert (follow(later), follow(later)) == (2, 0)
    assert Message.objects.filter(template="verification_guessed").count() == 2
    tomorrow = NOW + dt.timedelta(days=1)
    guessed(her, at=tomorrow)
    assert follow(tomorrow) == 1


def test_the_message_is_in_the_language_of_the_person(her):
    guessed(her)
    follow()
    message = Message.objects.get(template="verification_guessed")
    assert message.language == "fr"
    assert message.subject == her


def test_the_own_log_says_which_partner(her, client):
    guessed(her)
    account = get_user_model().objects.create(login=her, kind="citizen", created_at=NOW)
    client.force_login(account)
    client.cookies["language"] = "fr"
    page = client.get("/my-file/consultations/").content.decode()
    assert "Banque Atlas" in page
    assert "trompé trop souvent" in page


def test_who_cannot_be_reached_has_no_message(bank):
    person = known(FATIMA.with_changes({"phone": "", "email": ""}), NOW).key
    guessed(person)
    follow()
    assert not Message.objects.filter(template="verification_guessed").exists()
