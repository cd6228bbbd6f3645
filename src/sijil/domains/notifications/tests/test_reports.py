"""What became of a message: told late, twice or for nobody; what failed goes by the other channel."""

import datetime as dt
import json

import pytest
from django.conf import settings
from django.db import connection, transaction

from sijil.domains.notifications import queries, services
from sijil.domains.notifications.adapters import SMS, GatewayFailed
from sijil.domains.notifications.adapters.demo import DemoGateway
from sijil.domains.notifications.adapters.http import HttpGateway
from sijil.domains.notifications.adapters.smpp import SmppGateway
from sijil.domains.notifications.errors import REPORT_UNREADABLE
from sijil.domains.notifications.models import Message, MessageStep, Receipt
from sijil.domains.notifications.tests import servers
from sijil.domains.notifications.types import Channel, Fate, Report, Taken
from sijil.kernel.actors import system
from sijil.kernel.adapters import Port
from sijil.kernel.errors import Refused
from sijil.kernel.ids import new_key

pytestmark = pytest.mark.django_db
FIELDS = type(settings.ENV).model_fields
NOW = dt.datetime(2026, 11, 3, 9, 0, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(minutes=5)
PHONE, FIXED, ADDRESS = "+212612345678", "+212522334455", "aicha@example.ma"
ORDER = {
    "channel": "sms", "to": PHONE, "template": "household_scored", "language": "fr", "other": ADDRESS,
    "facts": {"number": "K7QD-4M2X-9T"}, "subject": "K7QD4M2X9T", "now": NOW,
}  # fmt: skip


class Gateway:
    """Takes everything as ``parts``, or fails for ever."""

    def __init__(self):
        self.parts, self.fails, self.keys = ("p-1",), False, []

    def send(self, message, *, now):
        self.keys.append(message.key)
        if self.fails:
            raise GatewayFailed("no such number", permanent=True)
        return Taken(self.parts[0], parts=self.parts)


@pytest.fixture
def gateway(monkeypatch):
    """Carry SMS; e-mail goes to the demo."""
    made, demo = Gateway(), DemoGateway()
    monkeypatch.setattr(Port, "get", lambda port: made if port is SMS else demo)
    return made


def queue(**changes):
    with transaction.atomic():
        return services.queue_message(**ORDER | changes)


def send(**changes):
    key = queue(**changes)
    services.send_message(key, NOW)
    return key


def report(fate=Fate.DELIVERED, reference="p-1", reason="", channel="sms"):
    services.keep_report(channel=channel, report=Report(reference, fate, reason), now=LATER)


def state(key):
    return Message.objects.get(id=key).state


def spare():
    return Message.objects.filter(channel="email")


# --- reports ------------------------------------------------------------------------------------------------


def test_what_arrived_is_delivered(gateway):
    key = send()
    report()
    message = Message.objects.get(id=key)
    assert (message.state, message.delivered_at, spare().count()) == ("delivered", LATER, 0)


def test_told_again_or_wrong_afterwards_nothing_changes(gateway):
    key = send()
    for fate in (Fate.DELIVERED, Fate.DELIVERED, Fate.FAILED):
        report(fate)
    assert (state(key), MessageStep.objects.filter(message=key, action="deliver").count()) == ("delivered", 1)
    assert not spare().exists()


def test_a_text_in_parts_arrived_when_all_parts_did(gateway):
    gateway.parts = ("a", "b", "c")
    key = send()
    report(reference="c")
    report(reference="a")
    assert state(key) == "sent"
    report(reference="b")
    assert state(key) == "delivered"


def test_one_part_that_failed_fails_the_message(gateway):
    gateway.parts = ("a", "b")
    key = send()
    report(reference="a")
    report(Fate.FAILED, "b", "UNDELIV 001")
    (dead,) = queries.list_dead()
    assert (dead.id, dead.reason, dead.retried_by) == (key, "not delivered: UNDELIV 001", "email: queued")


def test_a_good_report_after_a_bad_one_counts(gateway):
    key = send()
    report(Fate.FAILED)
    report()
    assert state(key) == "delivered"


def test_a_report_for_nobody_says_and_changes_nothing(gateway):
    key = send()
    report(reference="never seen")
    report(channel="email")  # the number of another gateway
    assert (state(key), Receipt.objects.filter(message=None).count()) == ("sent", 2)
    assert services.forget_reports(LATER + dt.timedelta(days=8)) == 2


@pytest.mark.parametrize(("fate", "reached"), [(Fate.DELIVERED, "delivered"), (Fate.FAILED, "dead")])
def test_a_report_that_overtakes_the_answer_of_the_gateway_counts(gateway, fate, reached):
    report(fate)
    report(Fate.FAILED)
    assert state(send()) == reached


def test_a_number_that_the_provider_gives_again_is_of_the_new_message(gateway):
    send()
    report()
    assert state(send()) == "sent"


def test_a_gateway_that_reads_no_reports_has_no_such_door(gateway):
    with pytest.raises(Refused) as refused:
        services.record_reports(channel="sms", body=b"{}", media_type="application/json", now=NOW)
    assert refused.value.error is REPORT_UNREADABLE


@pytest.mark.django_db(transaction=True)
def test_two_parts_reported_at_once_are_counted_together(gateway):
    from concurrent.futures import ThreadPoolExecutor

    gateway.parts = tuple("abcdefgh")
    key = send()

    def tell(reference):
        try:
            report(reference=reference)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(tell, gateway.parts))
    assert state(key) == "delivered"


# --- the other channel --------------------------------------------------------------------------------------


def test_an_sms_given_up_goes_by_e_mail(gateway):
    gateway.fails = True
    key = send()
    mail = spare().get()
    assert (state(key), mail.instead_of, mail.template) == ("dead", key, "household_scored")
    services.send_due(NOW)
    (arrived,) = queries.list_inbox(to=ADDRESS)
    assert "K7QD-4M2X-9T" in arrived.body
    assert arrived.title
    assert queries.list_dead()[0].retried_by == "email: sent"
    assert queries.get_outbox(now=NOW).dead == 0


def test_an_e_mail_given_up_goes_by_sms(gateway, monkeypatch):
    monkeypatch.setattr(Port, "get", lambda port: DemoGateway() if port is SMS else gateway)
    gateway.fails = True
    send(channel="email", to=ADDRESS, other=PHONE)
    services.send_due(NOW)
    assert queries.list_inbox(to=PHONE)[0].title == ""


def test_an_sms_to_a_fixed_line_goes_by_e_mail_at_once(gateway):
    key = queue(to=FIXED)
    assert (state(key), spare().get().instead_of) == ("dead", key)


@pytest.mark.parametrize(
    "changes", [{"other": ""}, {"other": "nowhere"}, {"channel": "email", "to": ADDRESS, "other": FIXED}]
)
def test_with_one_channel_only_it_is_dead_and_counted(gateway, monkeypatch, changes):
    monkeypatch.setattr(Port, "get", lambda _: gateway)
    gateway.fails = True
    send(**changes)
    assert (Message.objects.count(), queries.get_outbox(now=NOW).dead) == (1, 1)


def test_it_goes_by_the_other_channel_once_and_does_not_come_back(gateway, monkeypatch):
    monkeypatch.setattr(Port, "get", lambda _: gateway)
    gateway.fails = True
    key = send()
    services.send_due(NOW)
    services.revive_message(message_id=key, actor=system("sijil messages"), now=NOW)
    services.send_message(key, NOW)
    assert Message.objects.count() == 2
    assert queries.get_outbox(now=NOW).dead == 2


def test_the_other_address_is_sealed(gateway):
    queue()
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, ' ') FROM notifications_message t")
        assert "aicha" not in (row := cursor.fetchone()[0])
    assert b"aicha".hex() not in row


def test_a_message_that_did_not_arrive_begins_anew_under_another_name(gateway):
    key = send()
    report(Fate.FAILED)
    services.revive_message(message_id=key, actor=system("sijil messages"), now=NOW)
    gateway.parts = ("p-2",)
    services.send_message(key, NOW)
    assert len(set(gateway.keys)) == 2  # a provider that knows the first would drop it
    report(Fate.FAILED)  # of the first: too late
    assert state(key) == "sent"
    report(reference="p-2")
    assert state(key) == "delivered"


# --- whole ways, over sockets -------------------------------------------------------------------------------


@pytest.fixture
def put(settings, monkeypatch):
    def use(gateway, **changes):
        names = [n for n in FIELDS if n.startswith("sms_")]
        for name in names:
            monkeypatch.setattr(settings.ENV, name, changes.get(name, FIELDS[name].default))
        demo = DemoGateway()
        monkeypatch.setattr(Port, "get", lambda port: gateway if port is SMS else demo)
        return gateway

    return use


def test_an_sms_by_smpp_fails_on_its_way_and_arrives_by_e_mail(put, tmp_path):
    (tmp_path / "password").write_text("s3cret")
    with servers.sms_centre() as centre:
        url = f"smpp://sijil@127.0.0.1:{centre.server_address[1]}"
        gateway = put(SmppGateway(), sms_smpp_url=url, sms_smpp_password_file=tmp_path / "password")
        centre.at_once = [lambda reference: servers.receipt(reference, "UNDELIV", error="001")]
        key = send(language="ar")
        assert state(key) == "sent"
        assert services.collect_reports(NOW) >= 1
        services.send_due(NOW)
        gateway.close()
    assert state(key) == "dead"
    assert len(queries.list_inbox(to=ADDRESS)) == 1


def test_a_centre_that_is_away_stops_nothing(put):
    put(SmppGateway(), sms_smpp_url="smpp://sijil@127.0.0.1:1")
    assert services.collect_reports(NOW) == 0


def test_an_sms_by_http_is_reported_as_delivered(put):
    with servers.provider() as provider:
        put(HttpGateway(), sms_http_url=f"http://127.0.0.1:{provider.server_address[1]}/")
        key = send()
        body = json.dumps([{"id": "p-1", "status": "delivered"}, {"id": str(new_key()), "status": "failed"}])
        told = {"channel": Channel.SMS, "media_type": "application/json", "now": NOW}
        assert services.record_reports(body=body.encode(), **told) == 2
    assert state(key) == "delivered"
