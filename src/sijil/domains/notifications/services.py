"""Writes: queue a message with the change it tells of, send it after commit, never lose it."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from sijil.domains.notifications import rules
from sijil.domains.notifications.acts import REVIVED
from sijil.domains.notifications.adapters import GatewayFailed, get_gateway
from sijil.domains.notifications.errors import MESSAGE_MISSING, RECIPIENT_INVALID
from sijil.domains.notifications.models import Message, MessageStep
from sijil.domains.notifications.states import MESSAGE, MessageState
from sijil.domains.notifications.types import Channel, Outgoing
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
    now: dt.datetime,
) -> UUID:
    """Write a message into the outbox, in the caller's transaction, and return its id.

    ``channel``: ``sms`` (``to`` in E.164) or ``email``. ``template``: a code of ``parameters/messages.yaml``,
    ``facts`` exactly its facts. ``language``: ar, fr, zgh or en; another one reads Arabic. ``subject``:
    whose file it is about (number, no identity). An SMS to a fixed line is kept as dead, with the reason.
    Raises: Refused(RECIPIENT_INVALID); RuntimeError outside a transaction.
    """
    way = Channel(channel)
    number = rules.clean_recipient(way, to)
    spoken = language if language in rules.LANGUAGES else "ar"
    text = rules.write_text(template, way, spoken, facts)
    key = new_key()
    sealed = {"to": number, "title": text.title, "body": text.body}
    message = Message(
        id=key, channel=way, template=template, language=spoken, subject=subject, queued_at=now, due_at=now,
        sealed=keyring().seal_json("notifications", sealed, aad=_aad(key)),
    )  # fmt: skip
    MESSAGES.open(message, "queue", actor=OUTBOX, now=now)
    if way is Channel.SMS and rules.is_landline(number):
        MESSAGES.move_one(key, "give_up", actor=OUTBOX, now=now, reason=rules.LANDLINE)
    else:
        jobs.enqueue("notifications.send", message_id=str(key))
    return key


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
        reference = get_gateway(_gateway_name(message.channel)).send(_outgoing(message), now=now)
    except GatewayFailed as failure:
        return _mark_failed(message, failure, now)
    return _mark_sent(message, reference, now)


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


def _revive(messages: list[Message], actor: Actor, now: dt.datetime) -> None:
    chosen = Message.objects.filter(id__in=[message.id for message in messages])
    MESSAGES.move(chosen, "revive", actor=actor, now=now, attempts=0, due_at=now)
    for message in messages:
        about = message.subject or f"message:{message.id}"
        acts.record(REVIVED, actor=actor, subject=about, facts={"message": str(message.id)}, now=now)


@transaction.atomic
def _claim(message_id: UUID, now: dt.datetime) -> Message | None:
    due = Message.objects.filter(id=message_id, due_at__lte=now)
    mine = MESSAGES.move(due, "claim", actor=OUTBOX, now=now, claimed_at=now, attempts=F("attempts") + 1)
    return Message.objects.get(id=message_id) if mine else None


def _mark_sent(message: Message, reference: str, now: dt.datetime) -> str:
    """It went, whatever happened to the claim meanwhile: do not send it again."""
    it = Message.objects.filter(id=message.id)
    MESSAGES.move(it, "confirm", actor=OUTBOX, now=now, sent_at=now, provider_ref=reference[:80])
    return MessageState.SENT


def _mark_failed(message: Message, failure: GatewayFailed, now: dt.datetime) -> str:
    """It was not taken: wait, or give up. A claim newer than ours is left alone."""
    final = rules.is_final(message.attempts, permanent=failure.permanent)
    action, due_at = "give_up" if final else "retry", now + rules.wait_after(message.attempts)
    mine = Message.objects.filter(id=message.id, state=MessageState.SENDING, attempts=message.attempts)
    MESSAGES.move(mine, action, actor=OUTBOX, now=now, reason=failure.reason[:200], due_at=due_at)
    log.warning(
        "message %s (%s) not taken, attempt %s: %s",
        message.id,
        message.channel,
        message.attempts,
        failure.reason,
    )
    return MESSAGE.target(MessageState.SENDING, action)


def _outgoing(message: Message) -> Outgoing:
    words = keyring().unseal_json("notifications", bytes(message.sealed), aad=_aad(message.id))
    return Outgoing(
        message.id, Channel(message.channel), words["to"], words["title"], words["body"], message.language
    )


def _gateway_name(channel: str) -> str:
    name: str = settings.ENV.sms_gateway if channel == Channel.SMS else settings.ENV.email_gateway
    return name


def _aad(key: UUID) -> str:
    return f"notifications_message.sealed:{key}"
