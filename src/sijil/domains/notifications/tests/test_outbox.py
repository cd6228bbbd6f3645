"""The outbox: with the change or not at all, at least once, visible when given up."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from sijil.domains.notifications import queries, services
from sijil.domains.notifications.adapters import GatewayFailed
from sijil.domains.notifications.errors import MESSAGE_MISSING, RECIPIENT_INVALID
from sijil.domains.notifications.models import DemoDelivery, Message, MessageStep
from sijil.domains.notifications.services import sending
from sijil.domains.notifications.types import Outbox, Taken
from sijil.kernel import acts
from sijil.kernel.actors import system
from sijil.kernel.errors import Refused
from sijil.kernel.ids import new_key

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 3, 9, 0, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(minutes=5)
PHONE, FIXED = "+212612345678", "+212522334455"
CONSOLE = system("sijil messages")
ORDER = {
    "channel": "sms", "to": PHONE, "template": "household_scored", "language": "fr",
    "facts": {"number": "K7QD-4M2X-9T"}, "subject": "K7QD4M2X9T", "now": NOW,
}  # fmt: skip


class Gateway:
    """Fails as often as told, then takes everything."""

    def __init__(self, failures=0, permanent=False):
        self.failures, self.permanent, self.taken = failures, permanent, []
        self.taken_as = Taken("ref-1")

    def send(self, message, *, now):
        if self.failures:
            self.failures -= 1
            raise GatewayFailed("provider down", permanent=self.permanent)
        self.taken.append(message)
        return self.taken_as


@pytest.fixture
def gateway(monkeypatch):
    made = Gateway()
    monkeypatch.setattr(sending, "get_gateway", lambda channel: made)
    return made


@pytest.fixture
def entries():
    """Keep what is written in the log."""
    kept = []

    class Keep:
        def record(self, act, *, actor, subject, facts, now):
            kept.append((act.code, subject, dict(facts)))

    before = acts.use(Keep())
    yield kept
    acts.use(before)


@pytest.fixture(autouse=True)
def forget_old_jobs(db):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_events")
        cursor.execute("DELETE FROM procrastinate_jobs")


def queue(**changes):
    with transaction.atomic():
        return services.queue_message(**ORDER | changes)


def jobs():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args->>'message_id' FROM procrastinate_jobs WHERE task_name = 'notifications.send'"
        )
        return [row[0] for row in cursor.fetchall()]


def test_a_message_is_queued_with_its_job():
    key = queue()
    assert Message.objects.get().state == "queued"
    assert jobs() == [str(key)]


def test_a_change_rolled_back_takes_its_message_and_its_job_along():
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012
        services.queue_message(**ORDER)
        raise ZeroDivisionError
    assert not Message.objects.exists()
    assert jobs() == []


def test_recipient_and_text_are_sealed_in_every_column():
    queue(to="+212612345678")
    services.send_due(NOW)
    with connection.cursor() as cursor:
        for table in ("notifications_message", "notifications_demo_delivery"):
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM {table} t")
            row = cursor.fetchone()[0]
            assert "612345678" not in row
            assert b"612345678".hex() not in row
            assert "K7QD-4M2X-9T" not in row


def steps(key):
    return list(MessageStep.objects.filter(message_id=key).values_list("action", "to_state"))


def test_each_step_is_written_with_its_reason(gateway):
    gateway.failures = 1
    key = queue()
    services.send_message(key, NOW)
    services.send_due(LATER)
    written = MessageStep.objects.filter(message_id=key)
    assert list(written.values_list("action", "from_state", "to_state", "reason")) == [
        ("queue", "", "queued", ""),
        ("claim", "queued", "sending", ""),
        ("retry", "sending", "queued", "provider down"),
        ("claim", "queued", "sending", ""),
        ("confirm", "sending", "sent", ""),
    ]


def test_sending_costs_three_statements(gateway):
    key = queue()
    with CaptureQueriesContext(connection) as asked:
        services.send_message(key, NOW)
    assert [q["sql"].split()[0] for q in asked if "SAVEPOINT" not in q["sql"]] == ["WITH", "SELECT", "WITH"]


def test_it_is_sent_once_and_a_second_job_does_nothing(gateway):
    key = queue()
    assert services.send_message(key, NOW) == "sent"
    assert services.send_message(key, NOW) is None
    assert [m.to for m in gateway.taken] == [PHONE]
    assert Message.objects.get().provider_ref == "ref-1"


def test_a_failure_is_tried_again_later_not_at_once(gateway):
    gateway.failures = 1
    key = queue()
    assert services.send_message(key, NOW) == "queued"
    assert services.send_message(key, NOW) is None
    assert services.send_due(LATER) == 1
    assert Message.objects.get().state == "sent"


def test_after_the_last_attempt_it_is_dead_and_visible_with_its_reason(gateway):
    gateway.failures = 99
    queue()
    for hour in range(12):
        services.send_due(NOW + dt.timedelta(hours=2 * hour))
    (dead,) = queries.list_dead()
    assert (dead.reason, dead.attempts) == ("provider down", 8)
    assert queries.count_by_state() == {"queued": 0, "sending": 0, "sent": 0, "delivered": 0, "dead": 1}


def test_a_permanent_failure_is_final_at_once(gateway):
    gateway.failures, gateway.permanent = 1, True
    assert services.send_message(queue(), NOW) == "dead"


def dead(gateway, **changes):
    """Queue a message that nobody takes."""
    gateway.failures, gateway.permanent = 1, True
    key = queue(**changes)
    services.send_message(key, NOW)
    return key


def revive(key):
    services.revive_message(message_id=key, actor=CONSOLE, now=LATER)


def test_a_dead_message_can_be_revived(gateway):
    key = dead(gateway)
    revive(key)
    assert services.send_message(key, LATER) == "sent"
    assert steps(key)[-3:] == [("revive", "queued"), ("claim", "sending"), ("confirm", "sent")]


def test_reviving_is_an_act_about_the_file(gateway, entries):
    key = dead(gateway)
    revive(key)
    assert entries == [("message.revived", "K7QD4M2X9T", {"message": str(key)})]


def test_a_sent_message_is_not_revived_and_an_unknown_one_is_missing(gateway):
    key = queue()
    services.send_message(key, NOW)
    with pytest.raises(Refused, match="transition_refused"):
        revive(key)
    with pytest.raises(Refused) as refused:
        revive(new_key())
    assert refused.value.error is MESSAGE_MISSING


def test_a_message_to_a_fixed_line_is_not_revived():
    key = queue(to=FIXED)
    with pytest.raises(Refused) as refused:
        revive(key)
    assert refused.value.error is RECIPIENT_INVALID


def test_all_dead_messages_are_revived_but_those_to_fixed_lines(gateway):
    keys = {dead(gateway), dead(gateway)}
    fixed = queue(to=FIXED)
    assert services.revive_all(actor=CONSOLE, now=LATER) == 2
    assert services.send_due(LATER) == 2
    assert {m.key for m in gateway.taken} == keys
    assert [m.id for m in queries.list_dead()] == [fixed]


def test_a_sender_killed_between_claim_and_mark_loses_nothing(gateway, monkeypatch):
    key = queue()
    monkeypatch.setattr(sending, "_mark_sent", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        services.send_message(key, NOW)
    monkeypatch.undo()
    assert services.send_due(NOW) == 0  # not stuck yet
    assert services.send_due(LATER) == 1
    assert Message.objects.get().state == "sent"


def test_sent_twice_to_the_demo_it_arrives_once(monkeypatch):
    key = queue()
    monkeypatch.setattr(sending, "_mark_sent", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        services.send_message(key, NOW)
    monkeypatch.undo()
    services.send_due(LATER)
    assert DemoDelivery.objects.count() == 1


def test_a_late_success_wins_over_a_message_given_back(gateway):
    key = queue()
    message = sending._claim([key], NOW)[0]
    services.requeue_stuck(now=LATER)
    sending._mark_sent(message, Taken("late"), LATER)
    assert services.send_message(key, LATER) is None
    assert Message.objects.get().state == "sent"


def test_a_late_success_wins_over_a_message_given_up(gateway):
    key = queue()
    message = sending._claim([key], NOW)[0]
    sending._mark_failed(message, GatewayFailed("never", permanent=True), NOW)
    sending._mark_sent(message, Taken("late"), LATER)
    assert Message.objects.get().state == "sent"
    assert steps(key)[-2:] == [("give_up", "dead"), ("confirm", "sent")]


def test_a_second_success_changes_nothing(gateway):
    key = queue()
    message = sending._claim([key], NOW)[0]
    sending._mark_sent(message, Taken("first"), NOW)
    sending._mark_sent(message, Taken("second"), LATER)
    assert Message.objects.get().provider_ref == "first"
    assert len(steps(key)) == 3


def test_a_late_failure_does_not_touch_a_newer_claim(gateway):
    key = queue()
    old = sending._claim([key], NOW)[0]
    services.requeue_stuck(now=LATER)
    sending._claim([key], LATER)[0]
    sending._mark_failed(old, GatewayFailed("late"), LATER)
    assert Message.objects.get().state == "sending"


def test_an_sms_to_a_fixed_line_is_kept_as_dead_with_the_reason():
    key = queue(to=FIXED)
    assert queries.list_dead()[0].reason.startswith("landline")
    assert jobs() == []
    assert steps(key) == [("queue", "queued"), ("give_up", "dead")]


def test_an_unknown_language_reads_arabic():
    queue(language="de")
    assert Message.objects.get().language == "ar"


def test_a_wrong_number_is_refused_and_nothing_is_queued():
    with pytest.raises(Refused):
        queue(to="12")
    assert not Message.objects.exists()


def test_the_inbox_shows_the_newest_first_and_filters_by_phone():
    queue()
    queue(to="+212700000001", now=LATER)
    services.send_due(NOW)
    services.send_due(LATER)
    assert [m.to for m in queries.list_inbox()] == ["+212700000001", PHONE]
    assert [m.to for m in queries.list_inbox(to=PHONE)] == [PHONE]


def test_the_wait_of_the_oldest_is_known_with_its_reason(gateway):
    assert queries.get_outbox(now=NOW) == Outbox(None, "", 0)
    gateway.failures = 1
    services.send_message(queue(), NOW)
    assert queries.get_outbox(now=LATER) == Outbox(LATER - NOW, "provider down", 0)
    assert queries.list_messages("K7QD4M2X9T")[0].state == "queued"


def test_a_fault_of_the_adapter_is_a_failure_and_its_words_are_not_kept(gateway, monkeypatch):
    monkeypatch.setattr(gateway, "send", lambda *_, **__: int("+212612345678!"))
    assert services.send_message(queue(), NOW) == "queued"
    assert Message.objects.get().reason == "fault of the adapter: ValueError"


@pytest.mark.django_db(transaction=True)
def test_eight_senders_at_once_send_it_once(gateway):
    key = queue()

    def send(_):
        try:
            return services.send_message(key, NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    assert answers.count("sent") == 1
    assert len(gateway.taken) == 1


@pytest.mark.django_db(transaction=True)
def test_the_gateway_is_called_outside_every_transaction(gateway, monkeypatch):
    inside = []
    monkeypatch.setattr(
        gateway, "send", lambda *_, **__: inside.append(connection.in_atomic_block) or Taken("ref-1")
    )
    services.send_message(queue(), NOW)
    assert inside == [False]
