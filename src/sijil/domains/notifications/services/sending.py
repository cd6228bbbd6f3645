"""Sending: a message is claimed and marked in short transactions, and the gateway called between them.

send_message          one, as soon as the change that it tells of is there
send_due_sms, _email  what waits on a channel: the many of a run, what is to be tried again, what a sender
                      that died had claimed. Each channel is a job of its own: none waits for another.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import F

from sijil.domains.notifications import rules
from sijil.domains.notifications.adapters import Gateway, GatewayFailed, get_gateway
from sijil.domains.notifications.models import Message
from sijil.domains.notifications.queries import words_of
from sijil.domains.notifications.services.queueing import MESSAGES, OUTBOX, send_otherwise
from sijil.domains.notifications.services.reports import expect
from sijil.domains.notifications.states import MESSAGE, MessageState
from sijil.domains.notifications.types import Channel, Outgoing, Taken

log = logging.getLogger("sijil.notifications")
STUCK_AFTER = dt.timedelta(minutes=2)
BUDGET = dt.timedelta(seconds=20)  # and half a minute for the last call: less than STUCK_AFTER
ROUND = 50  # messages claimed together
FAILING = 5  # failures one after the other


def send_message(message_id: UUID, now: dt.datetime) -> str | None:
    """Hand one message to its gateway, if it is due and nobody else is at it; return its state, or None.

    Claimed and marked in two short transactions; the gateway is called between them and holds no lock.
    A crash before the mark leaves it claimed: :func:`requeue_stuck` gives it back, so it may go twice with
    the same key, and is never lost.
    """
    found = _claim([message_id], now)
    if not found:
        return None
    [message] = found
    return _mark(message, _try(get_gateway(message.channel), _outgoing(message), now), now)


def send_due_sms(now: dt.datetime) -> int:
    """Worker, by the clock: :func:`send_due` of one channel."""
    return send_due(now, Channel.SMS)


def send_due_email(now: dt.datetime) -> int:
    """Worker, by the clock: :func:`send_due` of one channel."""
    return send_due(now, Channel.EMAIL)


def send_due(now: dt.datetime, *channels: Channel, budget: dt.timedelta = BUDGET) -> int:
    """Send what is due by some channels (none named: all), round after round until nothing is; return how
    many were tried. ``budget``: for each channel; what is left then is taken the next time.

    A gateway that takes nothing any more is left alone until the next time, so that an outage costs no
    message its attempts.
    """
    requeue_stuck(now=now)
    return sum(_drain(channel, now, budget) for channel in channels or Channel)


def _drain(channel: Channel, now: dt.datetime, budget: dt.timedelta) -> int:
    gateway, until = get_gateway(channel), time.monotonic() + budget.total_seconds()
    lines = max(1, getattr(gateway, "at_once", 1))
    left: list[Message] = []
    tried = failed = 0
    while not tried or (failed < FAILING and time.monotonic() < until):
        left = left or _claim(_list_due(channel, now), now)
        if not left:
            return tried
        for message, answer in _try_all(gateway, left[:lines], now):
            _mark(message, answer, now)
            failed = failed + 1 if _is_outage(answer) else 0
            tried += 1
        left = left[lines:]
    _give_back(left, now)
    return tried


def _list_due(channel: Channel, now: dt.datetime) -> list[UUID]:
    """Return a round of what is due, the longest first: half of it may have been tried before, so that it
    does not wait behind everything new, nor the other way round.
    """
    due = Message.objects.filter(channel=channel, state=MessageState.QUEUED, due_at__lte=now)
    ids = due.order_by("due_at").values_list("id", flat=True)
    again = list(ids.filter(attempts__gt=0)[: ROUND // 2])
    return [*again, *ids.filter(attempts=0)[: ROUND - len(again)]]


Answer = Taken | GatewayFailed


def _try_all(
    gateway: Gateway, messages: Sequence[Message], now: dt.datetime
) -> Iterable[tuple[Message, Answer]]:
    """Hand messages over; as many at once as there are, if there is more than one."""
    told = [_outgoing(message) for message in messages]
    if len(told) == 1:
        return zip(messages, [_try(gateway, told[0], now)], strict=True)
    with ThreadPoolExecutor(len(told)) as lines:
        return zip(messages, list(lines.map(lambda one: _try(gateway, one, now), told)), strict=True)


def _try(gateway: Gateway, message: Outgoing, now: dt.datetime) -> Answer:
    """Hand a message over, outside every transaction. Its failure is an answer too."""
    try:
        return gateway.send(message, now=now)
    except GatewayFailed as failure:
        return failure
    except Exception as error:  # a fault of the adapter; its words may hold the recipient
        return GatewayFailed(f"fault of the adapter: {type(error).__name__}")


def _is_outage(answer: Answer) -> bool:
    return isinstance(answer, GatewayFailed) and not answer.permanent


def _mark(message: Message, answer: Answer, now: dt.datetime) -> str:
    if isinstance(answer, GatewayFailed):
        return _mark_failed(message, answer, now)
    return _mark_sent(message, answer, now)


def requeue_stuck(*, now: dt.datetime) -> int:
    """Give back the messages that a sender claimed and never marked; return how many."""
    stuck = Message.objects.filter(state=MessageState.SENDING, claimed_at__lt=now - STUCK_AFTER)
    count = len(MESSAGES.move(stuck, "retry", actor=OUTBOX, now=now, reason="sender stopped", due_at=now))
    if count:
        log.warning("%s messages of a sender that stopped are queued again", count)
    return count


@transaction.atomic
def _claim(ids: Sequence[UUID], now: dt.datetime) -> list[Message]:
    """Take those of the messages that are due and nobody else has, in the order given."""
    if not ids:
        return []
    due = Message.objects.filter(id__in=ids, due_at__lte=now)
    mine = MESSAGES.move(due, "claim", actor=OUTBOX, now=now, claimed_at=now, attempts=F("attempts") + 1)
    found = Message.objects.in_bulk(mine)
    return [found[key] for key in ids if key in found]


def _give_back(messages: Sequence[Message], now: dt.datetime) -> None:
    """Leave what was claimed and not tried as it was. A claim newer than ours is left alone."""
    if not messages:
        return
    ids = [message.id for message in messages]
    mine = Message.objects.filter(id__in=ids, state=MessageState.SENDING, claimed_at=now)
    MESSAGES.move(mine, "retry", actor=OUTBOX, now=now, attempts=F("attempts") - 1)


@transaction.atomic
def _mark_sent(message: Message, taken: Taken, now: dt.datetime) -> str:
    """It went, whatever happened to the claim meanwhile: do not send it again."""
    it = Message.objects.filter(id=message.id)
    MESSAGES.move(it, "confirm", actor=OUTBOX, now=now, sent_at=now, provider_ref=taken.reference[:80])
    if taken.parts:
        expect(Message.objects.select_for_update().get(id=message.id), taken.parts, now)
    return MessageState.SENT


@transaction.atomic
def _mark_failed(message: Message, failure: GatewayFailed, now: dt.datetime) -> str:
    """It was not taken: wait, or give up. A claim newer than ours is left alone."""
    final = rules.is_final(message.attempts, permanent=failure.permanent)
    action, due_at = "give_up" if final else "retry", now + rules.wait_after(message.attempts)
    mine = Message.objects.filter(id=message.id, state=MessageState.SENDING, attempts=message.attempts)
    moved = MESSAGES.move(mine, action, actor=OUTBOX, now=now, reason=failure.reason[:200], due_at=due_at)
    if moved and final:
        send_otherwise(message, now)
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
