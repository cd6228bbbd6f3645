"""Writes: queue a message with the change it tells of, send it after commit, never lose it.

What did not arrive by one channel goes by the other, where the person has both.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Case, F, When

from sijil.domains.notifications import rules
from sijil.domains.notifications.acts import REVIVED
from sijil.domains.notifications.adapters import (
    GATEWAYS,
    Collecting,
    GatewayFailed,
    Reporting,
    ReportUnreadable,
    get_gateway,
)
from sijil.domains.notifications.errors import MESSAGE_MISSING, RECIPIENT_INVALID, REPORT_UNREADABLE
from sijil.domains.notifications.models import Message, MessageStep, Receipt
from sijil.domains.notifications.queries import aad, about, words_of
from sijil.domains.notifications.states import MESSAGE, MessageState
from sijil.domains.notifications.types import Channel, Contact, Fate, Outgoing, Report, Taken, ToQueue
from sijil.kernel import acts, jobs
from sijil.kernel.actors import Actor, system
from sijil.kernel.errors import Refused
from sijil.kernel.ids import new_key
from sijil.kernel.sealing import keyring
from sijil.kernel.steps import Rows

log = logging.getLogger("sijil.notifications")
STUCK_AFTER = dt.timedelta(minutes=2)
MESSAGES = Rows(MESSAGE, Message, MessageStep, "message")
OUTBOX = system("outbox")


def queue_message(
    *,
    channel: str,
    to: str,
    template: str,
    language: str,
    facts: Mapping[str, Any],
    subject: str,
    other: str = "",
    now: dt.datetime,
) -> UUID:
    """Write a message into the outbox, in the caller's transaction, and return its id.

    ``channel``: ``sms`` (``to`` in E.164) or ``email``. ``template``: a code of ``parameters/messages.yaml``,
    ``facts`` exactly its facts. ``language``: ar, fr, zgh or en; another one reads Arabic. ``subject``:
    whose file it is about (number, no identity). ``other``: where the same person is reached by the other
    channel, if it does not arrive. An SMS to a fixed line is kept as dead, with the reason.
    Raises: Refused(RECIPIENT_INVALID); RuntimeError outside a transaction.
    """
    one = ToQueue(Contact(Channel(channel), to, other), template, language, facts, subject)
    message, is_fixed = _written(one, now)
    MESSAGES.open(message, "queue", actor=OUTBOX, now=now)
    if is_fixed:
        _give_up([message], now)
    else:
        jobs.enqueue("notifications.send", message_id=str(message.id))
    return message.id


@transaction.atomic
def queue_messages(messages: Iterable[ToQueue], *, now: dt.datetime) -> int:
    """Write the messages of a run into the outbox in a few statements; return how many.

    They go with what is due. One whose recipient is none is left out: who cannot be reached reads the page.
    """
    written = [pair for one in messages for pair in _try_written(one, now)]
    MESSAGES.open_all([row for row, _ in written], "queue", actor=OUTBOX, now=now)
    _give_up([row for row, is_fixed in written if is_fixed], now)
    return len(written)


def _try_written(one: ToQueue, now: dt.datetime) -> list[tuple[Message, bool]]:
    try:
        return [_written(one, now)]
    except Refused:
        return []


def _written(one: ToQueue, now: dt.datetime) -> tuple[Message, bool]:
    """Return the row of a message, not yet saved, and whether it goes to a fixed line, so nowhere.

    Raises: Refused(RECIPIENT_INVALID).
    """
    way, key = one.contact.channel, new_key()
    number = rules.clean_recipient(way, one.contact.to)
    spoken = one.language if one.language in rules.LANGUAGES else "ar"
    text = rules.write_text(one.template, way, spoken, one.facts)
    sealed: dict[str, Any] = {"to": number, "title": text.title, "body": text.body}
    if one.contact.other and (address := _find_address(way.other, one.contact.other)):
        spare = rules.write_text(one.template, way.other, spoken, one.facts)
        sealed |= {"other": {"to": address, "title": spare.title, "body": spare.body}}
    message = Message(
        id=key, channel=way, template=one.template, language=spoken, subject=one.subject, queued_at=now,
        due_at=now, sealed=keyring().seal_json("notifications", sealed, aad=aad(key)),
    )  # fmt: skip
    return message, way is Channel.SMS and rules.is_landline(number)


def _give_up(messages: Sequence[Message], now: dt.datetime) -> None:
    """Keep messages to fixed lines as dead, and try the other channel."""
    if messages:
        chosen = Message.objects.filter(id__in=[message.id for message in messages])
        MESSAGES.move(chosen, "give_up", actor=OUTBOX, now=now, reason=rules.LANDLINE)
    for message in messages:
        _send_otherwise(message, now)


def _find_address(channel: Channel, text: str) -> str:
    """Return where the other channel leads; "" where a message would not arrive either."""
    try:
        address = rules.clean_recipient(channel, text)
    except Refused:
        return ""
    return "" if channel is Channel.SMS and rules.is_landline(address) else address


def send_message(message_id: UUID, now: dt.datetime) -> str | None:
    """Hand one message to its gateway, if it is due and nobody else is at it; return its state, or None.

    Claimed and marked in two short transactions; the gateway is called between them and holds no lock.
    A crash before the mark leaves it claimed: :func:`requeue_stuck` gives it back, so it may go twice with
    the same key, and is never lost.
    """
    message = _claim(message_id, now)
    if message is None:
        return None
    try:
        taken = get_gateway(message.channel).send(_outgoing(message), now=now)
    except GatewayFailed as failure:
        return _mark_failed(message, failure, now)
    except Exception as error:  # a fault of the adapter; its words may hold the recipient
        fault = GatewayFailed(f"fault of the adapter: {type(error).__name__}")
        return _mark_failed(message, fault, now)
    return _mark_sent(message, taken, now)


def send_due(now: dt.datetime, limit: int = 200) -> int:
    """Send what is due: messages to try again, and those whose sender died. Return how many were tried."""
    requeue_stuck(now=now)
    waiting = Message.objects.filter(state=MessageState.QUEUED, due_at__lte=now).order_by("due_at")
    ids = list(waiting.values_list("id", flat=True)[:limit])
    return sum(send_message(message_id, now) is not None for message_id in ids)


def requeue_stuck(*, now: dt.datetime) -> int:
    """Give back the messages that a sender claimed and never marked; return how many."""
    stuck = Message.objects.filter(state=MessageState.SENDING, claimed_at__lt=now - STUCK_AFTER)
    count = len(MESSAGES.move(stuck, "retry", actor=OUTBOX, now=now, reason="sender stopped", due_at=now))
    if count:
        log.warning("%s messages of a sender that stopped are queued again", count)
    return count


def record_reports(*, channel: str, body: bytes, media_type: str, now: dt.datetime) -> int:
    """Keep the delivery reports that a provider sent; return how many.

    Raises: Refused(REPORT_UNREADABLE), also when the gateway in use has no such half.
    """
    gateway = get_gateway(channel)
    if not isinstance(gateway, Reporting):
        raise Refused(REPORT_UNREADABLE)
    try:
        reports = gateway.read_reports(body, media_type)
    except ReportUnreadable as unreadable:
        raise Refused(REPORT_UNREADABLE) from unreadable
    for report in reports:
        keep_report(channel=channel, report=report, now=now)
    return len(reports)


def collect_reports(now: dt.datetime) -> int:
    """Fetch the delivery reports of the gateways that are asked for them; return how many."""
    count = 0
    for channel in GATEWAYS:
        gateway = get_gateway(channel)
        if isinstance(gateway, Collecting):
            count += _collect(channel, gateway, now)
    return count


def _collect(channel: Channel, gateway: Collecting, now: dt.datetime) -> int:
    try:
        return gateway.collect(lambda report: keep_report(channel=channel, report=report, now=now))
    except GatewayFailed as failure:
        log.info("no reports from the gateway (%s): %s", channel, failure.reason)
        return 0


@transaction.atomic
def keep_report(*, channel: str, report: Report, now: dt.datetime) -> None:
    """Keep what became of a part, once. What nobody sent yet is kept until the gateway says whose it is."""
    fresh = Receipt(channel=channel, reference=report.reference, noted_at=now)
    Receipt.objects.bulk_create([fresh], ignore_conflicts=True)
    mine = Receipt.objects.filter(channel=channel, reference=report.reference)
    unsettled, told = mine.exclude(fate=Fate.DELIVERED), {"fate": report.fate, "reason": report.reason[:200]}
    if unsettled.filter(message__isnull=True).update(**told):
        return
    whose = mine.values_list("message_id", flat=True).get()
    if whose is not None:
        message = Message.objects.select_for_update().get(id=whose)  # of two parts at once one waits
        if unsettled.update(**told):
            _settle(message, now)


def forget_reports(now: dt.datetime) -> int:
    """Delete the reports of a week ago that belong to no message of ours; return how many."""
    week_ago = now - dt.timedelta(days=7)
    return Receipt.objects.filter(message__isnull=True, noted_at__lt=week_ago).delete()[0]


@transaction.atomic
def revive_message(*, message_id: UUID, actor: Actor, now: dt.datetime) -> None:
    """Try a dead message again from the start.

    Raises: Refused(MESSAGE_MISSING, TRANSITION_REFUSED; RECIPIENT_INVALID: to a fixed line it never arrives).
    """
    message = Message.objects.select_for_update().filter(id=message_id).first()
    if message is None:
        raise Refused(MESSAGE_MISSING)
    MESSAGE.transition(message.state, "revive")
    if message.reason == rules.LANDLINE:
        raise Refused(RECIPIENT_INVALID, field="phone")
    _revive([message], actor, now)
    jobs.enqueue("notifications.send", message_id=str(message_id))


@transaction.atomic
def revive_all(*, actor: Actor, now: dt.datetime) -> int:
    """Try every dead message again but those to a fixed line; return how many. They go with what is due."""
    dead = Message.objects.select_for_update(skip_locked=True).filter(state=MessageState.DEAD)
    messages = list(dead.exclude(reason=rules.LANDLINE).order_by("id"))
    _revive(messages, actor, now)
    return len(messages)


_AGAIN = F("revivals") + Case(When(sent_at__isnull=False, then=1), default=0)
"""What a gateway took once and did not bring begins under another key; what none took keeps its own."""


def _revive(messages: list[Message], actor: Actor, now: dt.datetime) -> None:
    chosen = Message.objects.filter(id__in=[message.id for message in messages])
    MESSAGES.move(chosen, "revive", actor=actor, now=now, attempts=0, revivals=_AGAIN, due_at=now)
    for message in messages:
        acts.record(REVIVED, actor=actor, subject=about(message), facts={"message": str(message.id)}, now=now)


@transaction.atomic
def _claim(message_id: UUID, now: dt.datetime) -> Message | None:
    due = Message.objects.filter(id=message_id, due_at__lte=now)
    mine = MESSAGES.move(due, "claim", actor=OUTBOX, now=now, claimed_at=now, attempts=F("attempts") + 1)
    return Message.objects.get(id=message_id) if mine else None


@transaction.atomic
def _mark_sent(message: Message, taken: Taken, now: dt.datetime) -> str:
    """It went, whatever happened to the claim meanwhile: do not send it again."""
    it = Message.objects.filter(id=message.id)
    MESSAGES.move(it, "confirm", actor=OUTBOX, now=now, sent_at=now, provider_ref=taken.reference[:80])
    if taken.parts:
        _expect(Message.objects.select_for_update().get(id=message.id), taken.parts, now)
    return MessageState.SENT


def _expect(message: Message, parts: Iterable[str], now: dt.datetime) -> None:
    """Note under which numbers reports will come; one may be there already."""
    for part in parts:
        row, _ = Receipt.objects.select_for_update().get_or_create(
            channel=message.channel, reference=part[:80], defaults={"noted_at": now}
        )
        if row.message_id not in (None, message.id):  # the provider counts from the start again
            row.fate = ""
        row.message, row.revival = message, message.revivals
        row.save()
    _settle(message, now)


def _settle(message: Message, now: dt.datetime) -> None:
    """All parts arrived: delivered. One did not: dead, and tried by the other channel."""
    parts = message.receipts.filter(revival=message.revivals)
    failed = parts.filter(fate=Fate.FAILED).first()
    it = Message.objects.filter(id=message.id)
    if failed is not None:
        reason = f"not delivered: {failed.reason}"[:200]
        if MESSAGES.move(it, "bounce", actor=OUTBOX, now=now, reason=reason):
            _send_otherwise(message, now)
    elif not parts.exclude(fate=Fate.DELIVERED).exists():
        MESSAGES.move(it, "deliver", actor=OUTBOX, now=now, delivered_at=now)


def _send_otherwise(message: Message, now: dt.datetime) -> None:
    """Queue a dead message by the other channel of the same person, once."""
    other = words_of(message).get("other")
    if other is None or Message.objects.filter(instead_of=message.id).exists():
        return
    key = new_key()
    spare = Message(
        id=key, channel=Channel(message.channel).other, template=message.template, language=message.language,
        subject=message.subject, queued_at=now, due_at=now, instead_of=message.id,
        sealed=keyring().seal_json("notifications", other, aad=aad(key)),
    )  # fmt: skip
    MESSAGES.open(spare, "queue", actor=OUTBOX, now=now)
    jobs.enqueue("notifications.send", message_id=str(key))


@transaction.atomic
def _mark_failed(message: Message, failure: GatewayFailed, now: dt.datetime) -> str:
    """It was not taken: wait, or give up. A claim newer than ours is left alone."""
    final = rules.is_final(message.attempts, permanent=failure.permanent)
    action, due_at = "give_up" if final else "retry", now + rules.wait_after(message.attempts)
    mine = Message.objects.filter(id=message.id, state=MessageState.SENDING, attempts=message.attempts)
    moved = MESSAGES.move(mine, action, actor=OUTBOX, now=now, reason=failure.reason[:200], due_at=due_at)
    if moved and final:
        _send_otherwise(message, now)
    log.warning(
        "message %s (%s) not taken, attempt %s: %s",
        message.id,
        message.channel,
        message.attempts,
        failure.reason,
    )
    return MESSAGE.target(MessageState.SENDING, action)


def _outgoing(message: Message) -> Outgoing:
    words = words_of(message)
    channel = Channel(message.channel)
    return Outgoing(_key(message), channel, words["to"], words["title"], words["body"], message.language)


def _key(message: Message) -> UUID:
    """Return the key for the provider: another one for a message that begins anew, or it would be dropped."""
    return uuid5(message.id, f"revival {message.revivals}") if message.revivals else message.id
