"""Messages for administrators: what did not arrive first, true totals, masked recipients, sent again."""

import datetime as dt
import re

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from sijil.backoffice import messages as page
from sijil.counter.tests.test_counter import sign_in
from sijil.domains.audit.queries import list_entries
from sijil.domains.notifications import queries, services
from sijil.domains.notifications.adapters import GatewayFailed
from sijil.domains.notifications.services import sending
from sijil.domains.notifications.types import Taken

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 27, 9, 0, tzinfo=dt.UTC)
PHONE, FIXED, SUBJECT = "+212612345678", "+212522334455", "K7QD4M2X9T"
LIST = "/backoffice/messages/"


class Gateway:
    def __init__(self, fails):
        self.fails = fails

    def send(self, message, *, now):
        if self.fails:
            raise GatewayFailed("unknown subscriber", permanent=True)
        return Taken("ref-1")


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW)


@pytest.fixture
def queue(monkeypatch):
    """Queue a message, and let the gateway take it, refuse it, or not be asked."""

    def queue(taken=None, to=PHONE, minutes=0, **more):
        now = NOW + dt.timedelta(minutes=minutes)
        facts = {"template": "household_scored", "language": "fr", "facts": {"number": "K7QD-4M2X-9T"}}
        with transaction.atomic():
            key = services.queue_message(channel="sms", to=to, subject=SUBJECT, now=now, **facts, **more)
        if taken is not None:
            monkeypatch.setattr(sending, "get_gateway", lambda channel: Gateway(not taken))
            services.send_message(key, now)
        return key

    return queue


@pytest.fixture
def admin(db):
    return sign_in("admin-1", "", "administrator")


def words(client, address=LIST, **query):
    answer = client.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_did_not_arrive_is_first_and_masked(admin, queue):
    dead, sent = queue(taken=False), queue(taken=True)
    text = words(admin)
    assert f"{LIST}{dead}/" in text
    assert f"{LIST}{sent}/" not in text
    assert "••••••78" in text
    assert "612345678" not in text
    assert "unknown subscriber" in text
    assert f"{LIST}{sent}/" in words(admin, state="sent")


def test_the_totals_are_those_of_the_table_and_every_message_is_on_one_page(admin, queue, monkeypatch):
    monkeypatch.setattr(page, "PAGE", 3)
    made = [queue(minutes=n // 2) for n in range(8)]  # two of each moment
    text, seen = words(admin, state="queued"), []
    assert 'Waits to be sent · <bdi class="ltr">8</bdi>' in text
    for size in (3, 3, 2):
        seen.append([key for key in made if f"{LIST}{key}/" in text])
        assert len(seen[-1]) == size
        after = re.search(r'rel="next"\s+href="[^"]*after=([^"]+)"', text)
        text = words(admin, state="queued", after=after[1]) if after else ""
    assert text == ""
    assert sorted(key for page_of in seen for key in page_of) == sorted(made)


@pytest.mark.parametrize("query", [{"state": "x"}, {"after": "x"}, {"after": "20261127T090000000000.x"}])
def test_what_is_no_state_and_no_place_begins_the_list(admin, queue, query):
    dead = queue(taken=False)
    assert f"{LIST}{dead}/" in words(admin, **query)


def test_the_other_channel_is_told(admin, queue):
    dead = queue(to=FIXED, other="fatima@example.ma")
    text = words(admin)
    assert "A fixed line receives no SMS." in text
    assert "E-mail : Waits to be sent" in text
    assert "Send it again" not in words(admin, f"{LIST}{dead}/")
    assert "•••@example.ma" in words(admin, state="queued")


def test_a_recipient_is_shown_on_demand_and_written_down(admin, queue):
    dead = queue(taken=False)
    assert PHONE not in words(admin, f"{LIST}{dead}/")
    answer = admin.post(reverse("backoffice-message-recipient", args=[dead]))
    assert PHONE in answer.content.decode()
    [entry] = [e for e in list_entries(SUBJECT) if e.action == "message.recipient_read"]
    assert (entry.actor_id, entry.facts["message"]) == ("admin-1", str(dead))


def test_a_message_is_sent_again_once(admin, queue):
    dead = queue(taken=False)
    assert "Send it again" in words(admin, f"{LIST}{dead}/")
    for _ in range(2):
        assert admin.post(reverse("backoffice-message-again", args=[dead])).status_code == 302
    assert queries.get_message(dead).state == "queued"
    assert [e.actor_id for e in list_entries(SUBJECT) if e.action == "message.revived"] == ["admin-1"]


@pytest.mark.parametrize(("fails", "state"), [(True, "dead"), (False, "queued")])
def test_what_cannot_be_sent_again_is_said(admin, queue, fails, state):
    key = queue(to=FIXED) if fails else queue()
    again = admin.post(reverse("backoffice-message-again", args=[key]), follow=True)
    assert 'class="notice' in again.content.decode() or "messages" in again.content.decode()
    assert queries.get_message(key).state == state


@pytest.mark.parametrize("role", ["csc_officer", "adjudicator", "supervisor", "programme_manager"])
def test_no_other_role_opens_it(queue, role):
    key, other = queue(taken=False), sign_in(f"x-{role}", "", role)
    assert [other.get(a).status_code for a in (LIST, f"{LIST}{key}/")] == [403, 403]


def test_the_auditor_reads_and_changes_nothing(queue):
    key, auditor = queue(taken=False), sign_in("x-auditor", "", "auditor")
    assert "unknown subscriber" in words(auditor)
    assert '<form method="post" action="/backoffice' not in words(auditor, f"{LIST}{key}/")
    for name in ("again", "recipient"):
        assert auditor.post(reverse(f"backoffice-message-{name}", args=[key])).status_code == 403
    assert queries.get_message(key).state == "dead"


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        ("not delivered: UNDELIV 001", "L’opérateur ne l’a pas remis. UNDELIV 001"),
        ("sender stopped", "L’envoi s’est arrêté avant le départ du message."),
        ("fault of the adapter: ValueError", "La liaison avec la passerelle a un défaut. ValueError"),
        ("unknown subscriber: 7", "unknown subscriber: 7"),
    ],
)
def test_our_own_reasons_are_said_in_the_language_of_the_page(reason, shown):
    with translation.override("fr"):
        assert page._why(reason) == shown


def test_a_message_that_is_not_there(admin):
    assert admin.get(f"{LIST}018cc251-f400-7000-8000-000000000000/").status_code == 404


@pytest.mark.parametrize("name", ["again", "recipient"])
def test_an_address_that_only_takes_forms_leads_to_its_message(admin, queue, name):
    dead = queue(taken=False)
    answer = admin.get(reverse(f"backoffice-message-{name}", args=[dead]))
    assert answer["Location"] == f"{LIST}{dead}/"
