"""What waits goes out round after round: fair between new and tried before, each channel by itself."""

import datetime as dt
import threading

import pytest
from django.db import connection

from sijil.domains.notifications import services
from sijil.domains.notifications.adapters import GatewayFailed
from sijil.domains.notifications.models import Message, MessageStep
from sijil.domains.notifications.services import sending
from sijil.domains.notifications.tests.test_outbox import LATER, NOW, PHONE
from sijil.domains.notifications.types import Channel, Contact, Taken, ToQueue

pytestmark = pytest.mark.django_db
NO_TIME = dt.timedelta(0)


class Gateway:
    """Takes what ``answer`` does not refuse, and keeps in which order."""

    at_once = 1

    def __init__(self):
        self.taken, self.answer = [], lambda message: None

    def send(self, message, *, now):
        assert not connection.in_atomic_block or threading.current_thread() is threading.main_thread()
        self.taken.append(message.key)
        self.answer(message)
        return Taken(f"ref-{message.key}")


def down(message):
    raise GatewayFailed("provider down")


@pytest.fixture
def gateways(monkeypatch):
    made = {channel: Gateway() for channel in Channel}
    monkeypatch.setattr(sending, "get_gateway", lambda channel: made[Channel(channel)])
    return made


@pytest.fixture
def sms(gateways):
    return gateways[Channel.SMS]


def queue(count, channel=Channel.SMS, now=NOW):
    to = PHONE if channel is Channel.SMS else "a@example.org"
    one = ToQueue(Contact(channel, to), "household_scored", "fr", {"number": "K7QD-4M2X-9T"}, "K7QD4M2X9T")
    known = set(Message.objects.values_list("id", flat=True))
    services.queue_messages([one] * count, now=now)
    return set(Message.objects.values_list("id", flat=True)) - known


def states(ids):
    return set(Message.objects.filter(id__in=ids).values_list("state", "attempts"))


def test_rounds_go_on_until_nothing_is_due(sms):
    ids = queue(2 * sending.ROUND + 3)
    assert services.send_due(NOW) == len(ids)
    assert (set(sms.taken), len(sms.taken)) == (ids, len(ids))
    assert states(ids) == {("sent", 1)}


def test_what_the_time_does_not_reach_is_as_it_was_and_goes_next(sms):
    ids = queue(3)
    assert services.send_due(NOW, budget=NO_TIME) == 1
    assert states(ids - set(sms.taken)) == {("queued", 0)}
    assert services.send_due(NOW) == 2
    assert len(sms.taken) == 3


def test_a_message_tried_before_waits_for_no_more_than_half_a_round(sms):
    sms.answer = down
    first = queue(1)
    services.send_due(NOW)
    sms.answer = lambda message: None
    queue(3 * sending.ROUND)  # due before it
    sms.taken.clear()
    services.send_due(LATER)
    assert sms.taken.index(*first) == 0


def test_what_is_tried_again_does_not_hold_back_what_is_new(sms, monkeypatch):
    monkeypatch.setattr(sending, "FAILING", 1000)
    sms.answer = down
    queue(2 * sending.ROUND)
    services.send_due(NOW)
    sms.answer, fresh = lambda message: None, queue(1, now=LATER)
    sms.taken.clear()
    services.send_due(LATER)
    assert sms.taken.index(*fresh) < sending.ROUND


def test_those_tried_before_go_by_the_time_that_they_are_due(sms):
    sms.answer = down
    older, newer = queue(1), queue(1, now=NOW + dt.timedelta(minutes=1))
    services.send_due(NOW + dt.timedelta(minutes=2))
    Message.objects.filter(id__in=older).update(due_at=NOW + dt.timedelta(minutes=4))
    sms.answer = lambda message: None
    sms.taken.clear()
    services.send_due(LATER)
    assert sms.taken == [*newer, *older]


def test_an_outage_costs_few_messages_an_attempt_and_no_other_channel_anything(gateways, sms):
    sms.answer = down
    ids, mails = queue(30), queue(30, Channel.EMAIL)
    assert services.send_due(NOW) == sending.FAILING + 30
    assert states(mails) == {("sent", 1)}
    tried = set(sms.taken)
    assert len(tried) == sending.FAILING
    assert states(ids - tried) == {("queued", 0)}
    services.send_due(LATER)
    assert len(sms.taken) == 2 * sending.FAILING


def test_who_can_never_be_reached_is_no_outage(sms):
    def never(message):
        raise GatewayFailed("no such number", permanent=True)

    sms.answer = never
    ids = queue(10)
    assert services.send_due(NOW) == 10
    assert states(ids) == {("dead", 1)}


@pytest.mark.parametrize(("job", "channel"), [("sms", Channel.SMS), ("email", Channel.EMAIL)])
def test_each_channel_is_a_job_of_its_own(gateways, job, channel):
    ids = {one: queue(2, one) for one in Channel}
    assert getattr(services, f"send_due_{job}")(NOW) == 2
    assert states(ids[channel]) == {("sent", 1)}
    assert states(ids[channel.other]) == {("queued", 0)}


def test_a_gateway_that_may_is_called_by_several_at_once(sms):
    sms.at_once, together = 4, threading.Barrier(4)
    sms.answer = lambda message: together.wait(20)
    ids = queue(8)
    assert services.send_due(NOW) == 8
    assert states(ids) == {("sent", 1)}
    assert MessageStep.objects.filter(message__in=ids, action="confirm").count() == 8


def test_what_somebody_else_has_is_left_to_them(sms):
    ids = queue(2)
    theirs = sending._claim([next(iter(ids))], NOW)
    assert services.send_due(NOW) == 1
    assert sms.taken == list(ids - {theirs[0].id})


def test_what_is_due_is_found_by_an_index_of_its_own():
    with connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "sort"):  # what a table of a few rows is read by
            cursor.execute(f"SET LOCAL enable_{way} = off")
        for tried in ("= 0", "> 0"):
            cursor.execute(
                "EXPLAIN SELECT id FROM notifications_message WHERE channel = 'sms' AND state = 'queued' "
                f"AND due_at <= now() AND attempts {tried} ORDER BY due_at LIMIT 50"
            )
            plan = " ".join(row[0] for row in cursor.fetchall())
            assert "notifications_message_" + ("new" if tried == "= 0" else "again") in plan
            assert "Sort" not in plan
