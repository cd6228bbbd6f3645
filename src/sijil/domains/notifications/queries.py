"""Reads: where messages are, and the inbox of the demonstration."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.db.models import Count, Exists, OuterRef

from sijil.domains.notifications.models import DemoDelivery, Message
from sijil.domains.notifications.rules import is_landline
from sijil.domains.notifications.states import MessageState
from sijil.domains.notifications.types import Channel, Contact, InboxMessage, MessageStatus, Outbox
from sijil.kernel.sealing import keyring


def list_messages(subject: str, *, limit: int = 50) -> list[MessageStatus]:
    """Return the messages about one file, newest first; neither recipient nor text."""
    return [_status(m) for m in Message.objects.filter(subject=subject).order_by("-queued_at")[:limit]]


def list_dead(*, limit: int = 100) -> list[MessageStatus]:
    """Return the messages given up, newest first, with the reason and the channel used instead."""
    dead = list(Message.objects.filter(state=MessageState.DEAD).order_by("-queued_at")[:limit])
    spare = Message.objects.filter(instead_of__in=[m.id for m in dead])
    ways = {row.instead_of: f"{row.channel}: {row.state}" for row in spare}
    return [_status(m, ways.get(m.id, "")) for m in dead]


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


def _status(m: Message, retried_by: str = "") -> MessageStatus:
    return MessageStatus(
        m.id, Channel(m.channel), m.template, m.state, m.attempts, m.queued_at, m.due_at, m.sent_at, m.reason,
        retried_by,
    )  # fmt: skip


def choose_channel(*, phone: str, email: str) -> Contact | None:
    """Return how to reach a person: a mobile phone first, then e-mail; None when neither is known."""
    mobile = phone if phone and not is_landline(phone) else ""
    if mobile:
        return Contact(Channel.SMS, mobile, email)
    return Contact(Channel.EMAIL, email) if email else None
