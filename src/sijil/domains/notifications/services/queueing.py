"""Queueing: a message is written with the change it tells of, in its transaction, or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Case, F, When

from sijil.domains.notifications import rules
from sijil.domains.notifications.acts import REVIVED
from sijil.domains.notifications.errors import MESSAGE_MISSING, RECIPIENT_INVALID
from sijil.domains.notifications.models import Message, MessageStep
from sijil.domains.notifications.queries import aad, about, words_of
from sijil.domains.notifications.states import MESSAGE, MessageState
from sijil.domains.notifications.types import Channel, Contact, ToQueue
from sijil.kernel import acts, jobs
from sijil.kernel.actors import Actor, system
from sijil.kernel.errors import Refused
from sijil.kernel.ids import new_key
from sijil.kernel.sealing import keyring
from sijil.kernel.steps import Rows

MESSAGES = Rows(MESSAGE, Message, MessageStep, "message")
OUTBOX = system("outbox")
_Values = dict[str, Any]


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
    values, is_fixed = _written(one, now)
    message = Message(**values)
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
    if written:
        columns = {name: [values[name] for values, _ in written] for name in written[0][0]}
        MESSAGES.open_all(columns, "queue", actor=OUTBOX, now=now)
    _give_up([Message(**values) for values, is_fixed in written if is_fixed], now)
    return len(written)


def _try_written(one: ToQueue, now: dt.datetime) -> list[tuple[_Values, bool]]:
    try:
        return [_written(one, now)]
    except Refused:
        return []


def _written(one: ToQueue, now: dt.datetime) -> tuple[_Values, bool]:
    """Return what the row of a message holds, and whether it goes to a fixed line, so nowhere.

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
    values = {
        "id": key, "channel": way.value, "template": one.template, "language": spoken,
        "subject": one.subject, "queued_at": now, "due_at": now,
        "sealed": keyring().seal_json("notifications", sealed, aad=aad(key)),
    }  # fmt: skip
    return values, way is Channel.SMS and rules.is_landline(number)


def _give_up(messages: Sequence[Message], now: dt.datetime) -> None:
    """Keep messages to fixed lines as dead, and try the other channel."""
    if messages:
        chosen = Message.objects.filter(id__in=[message.id for message in messages])
        MESSAGES.move(chosen, "give_up", actor=OUTBOX, now=now, reason=rules.LANDLINE)
    for message in messages:
        send_otherwise(message, now)


def _find_address(channel: Channel, text: str) -> str:
    """Return where the other channel leads; "" where a message would not arrive either."""
    try:
        address = rules.clean_recipient(channel, text)
    except Refused:
        return ""
    return "" if channel is Channel.SMS and rules.is_landline(address) else address


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


def send_otherwise(message: Message, now: dt.datetime) -> None:
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
