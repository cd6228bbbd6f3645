"""Reads: where messages are, and the inbox of the demonstration."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, OuterRef

from sijil.domains.notifications.acts import RECIPIENT_READ
from sijil.domains.notifications.errors import MESSAGE_MISSING
from sijil.domains.notifications.models import DemoDelivery, Message
from sijil.domains.notifications.rules import is_landline, mask
from sijil.domains.notifications.states import MessageState
from sijil.domains.notifications.types import PLACE, Channel, Contact, InboxMessage, MessageStatus, Outbox
from sijil.kernel import acts
from sijil.kernel.actors import Actor
from sijil.kernel.errors import Refused
from sijil.kernel.sealing import SealBroken, keyring


def list_messages(*subjects: str, limit: int = 50) -> list[MessageStatus]:
    """Return the messages about a file, newest first; the recipient masked, no text."""
    rows = Message.objects.filter(subject__in=[one for one in subjects if one])
    return _statuses(rows.order_by("-queued_at", "-id")[:limit])


def list_dead(*, limit: int = 100) -> list[MessageStatus]:
    """Return the messages given up, newest first, with the reason and the channel used instead."""
    return list_in_state(MessageState.DEAD, limit=limit)


def list_in_state(state: str, *, after: str = "", limit: int) -> list[MessageStatus]:
    """Return the messages in a state, the newest first; ``after``: the place of the last one seen."""
    rows = Message.objects.filter(state=state).order_by("-queued_at", "-id")
    if key := _place(after):
        at, last = key
        rows = rows.filter(queued_at__lte=at).exclude(queued_at=at, id__gte=last)
    return _statuses(rows[:limit])


def _place(text: str) -> tuple[dt.datetime, UUID] | None:
    """Read a place in the list; what is none begins the list anew."""
    at, _, last = text.partition(".")
    try:
        return dt.datetime.strptime(at, PLACE).replace(tzinfo=dt.UTC), UUID(last)
    except ValueError:
        return None


def get_message(message_id: UUID) -> MessageStatus:
    """Return one message. Raises: Refused(MESSAGE_MISSING)."""
    found = _statuses(Message.objects.filter(id=message_id))
    if not found:
        raise Refused(MESSAGE_MISSING)
    return found[0]


def get_recipient(message_id: UUID, *, actor: Actor, now: dt.datetime) -> str:
    """Return the telephone or the address to which a message goes, and write down who looked.

    Raises: Refused(MESSAGE_MISSING).
    """
    row = Message.objects.filter(id=message_id).first()
    if row is None:
        raise Refused(MESSAGE_MISSING)
    facts = {"message": str(row.id)}
    with transaction.atomic():
        acts.shown(RECIPIENT_READ, actor=actor, subjects=[about(row)], facts=facts, now=now)
    return str(words_of(row)["to"])


def about(row: Message) -> str:
    """Return what the log calls whom a message is about."""
    return row.subject or f"message:{row.id}"


def words_of(row: Message) -> dict[str, Any]:
    """Return recipient and words of a message, opened."""
    words: dict[str, Any] = keyring().unseal_json("notifications", bytes(row.sealed), aad=aad(row.id))
    return words


def iter_unsealed() -> Iterator[UUID]:
    """Yield the messages whose recipient or words are not what was queued: their seal does not open."""
    rows = Message.objects.order_by("pk").only("id", "sealed")
    for row in rows.iterator(chunk_size=2000):
        try:
            words_of(row)
        except SealBroken:
            yield row.id


def aad(key: UUID) -> str:
    """Return what ties the sealed words to their row."""
    return f"notifications_message.sealed:{key}"


def count_by_state() -> Mapping[str, int]:
    """Return how many messages are in each state; a state nobody is in counts 0."""
    found = dict(Message.objects.values_list("state").annotate(Count("id")))
    return {state.value: found.get(state.value, 0) for state in MessageState}


def get_outbox(*, now: dt.datetime) -> Outbox:
    """Return how the gateways keep up: since when the oldest message waits that they have not taken."""
    waiting = (MessageState.QUEUED, MessageState.SENDING)
    first = Message.objects.filter(state__in=waiting).order_by("queued_at").first()
    dead = Message.objects.filter(state=MessageState.DEAD)
    spare = Message.objects.filter(instead_of=OuterRef("id")).exclude(state=MessageState.DEAD)
    return Outbox(
        oldest=now - first.queued_at if first else None,
        reason=_last_reason(first) if first else "",
        dead=dead.exclude(Exists(spare)).count(),
    )


def _last_reason(message: Message) -> str:
    last = message.steps.exclude(reason="").order_by("-id").values_list("reason", flat=True).first()
    return last or ""


def list_inbox(*, to: str = "", limit: int = 50) -> list[InboxMessage]:
    """Return what arrived in the demonstration, newest first; ``to``: one phone (E.164) or address only."""
    found = DemoDelivery.objects.order_by("-arrived_at", "-id")
    if to:
        found = found.filter(recipient_index=keyring().blind_index("notifications", "recipient", to))
    return [_arrived(d) for d in found[:limit]]


def find_inbox_message(message_id: UUID) -> InboxMessage | None:
    """Return one arrived message of the demonstration."""
    found = DemoDelivery.objects.filter(id=message_id).first()
    return _arrived(found) if found else None


def _arrived(row: DemoDelivery) -> InboxMessage:
    words = keyring().unseal_json(
        "notifications", bytes(row.sealed), aad=f"notifications_demo_delivery.sealed:{row.id}"
    )
    return InboxMessage(
        row.id,
        Channel(row.channel),
        words["to"],
        words["title"],
        words["body"],
        words["language"],
        row.arrived_at,
    )


def _statuses(rows: Iterable[Message]) -> list[MessageStatus]:
    found = list(rows)
    spare = Message.objects.filter(instead_of__in=[m.id for m in found if m.state == MessageState.DEAD])
    ways = {row.instead_of: f"{row.channel}: {row.state}" for row in spare}
    return [_status(m, ways.get(m.id, "")) for m in found]


def _status(m: Message, retried_by: str) -> MessageStatus:
    return MessageStatus(
        m.id, Channel(m.channel), m.template, m.state, m.attempts, m.queued_at, m.due_at, m.sent_at, m.reason,
        retried_by, mask(words_of(m)["to"]), m.subject, m.delivered_at,
    )  # fmt: skip


def choose_channel(*, phone: str, email: str) -> Contact | None:
    """Return how to reach a person: a mobile phone first, then e-mail; None when neither is known."""
    mobile = phone if phone and not is_landline(phone) else ""
    if mobile:
        return Contact(Channel.SMS, mobile, email)
    return Contact(Channel.EMAIL, email) if email else None
