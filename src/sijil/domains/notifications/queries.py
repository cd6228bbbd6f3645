"""Reads: where messages are, and the inbox of the demonstration."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.db.models import Count

from sijil.domains.notifications.models import DemoDelivery, Message
from sijil.domains.notifications.rules import is_landline
from sijil.domains.notifications.states import MessageState
from sijil.domains.notifications.types import Channel, InboxMessage, MessageStatus
from sijil.kernel.sealing import keyring


def list_messages(subject: str, *, limit: int = 50) -> list[MessageStatus]:
    """Return the messages about one file, newest first; neither recipient nor text."""
    return [_status(m) for m in Message.objects.filter(subject=subject).order_by("-queued_at")[:limit]]


def list_dead(*, limit: int = 100) -> list[MessageStatus]:
    """Return the messages given up, newest first, with the reason."""
    return [
        _status(m) for m in Message.objects.filter(state=MessageState.DEAD).order_by("-queued_at")[:limit]
    ]


def count_by_state() -> Mapping[str, int]:
    """Return how many messages are in each state; a state nobody is in counts 0."""
    found = dict(Message.objects.values_list("state").annotate(Count("id")))
    return {state.value: found.get(state.value, 0) for state in MessageState}


def find_oldest_waiting(*, now: dt.datetime) -> dt.timedelta | None:
    """Return for how long the oldest due message waits; None when none does."""
    waiting = (MessageState.QUEUED, MessageState.SENDING)
    first = Message.objects.filter(state__in=waiting, due_at__lte=now).order_by("due_at").first()
    return now - first.due_at if first else None


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


def _status(m: Message) -> MessageStatus:
    return MessageStatus(
        m.id, Channel(m.channel), m.template, m.state, m.attempts, m.queued_at, m.due_at, m.sent_at, m.reason
    )


def choose_channel(*, phone: str, email: str) -> tuple[Channel, str] | None:
    """Return how to reach a person: a mobile phone first, else an e-mail address; None when neither is
    known.
    """
    if phone and not is_landline(phone):
        return Channel.SMS, phone
    return (Channel.EMAIL, email) if email else None
