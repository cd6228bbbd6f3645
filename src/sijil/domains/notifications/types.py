"""What crosses the border of notifications."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sijil.kernel.texts import Text4

PLACE = "%Y%m%dT%H%M%S%f"
"""How a moment stands in an address, to the microsecond, in UTC."""


class Channel(StrEnum):
    SMS = "sms"
    EMAIL = "email"

    @property
    def other(self) -> Channel:
        """The channel that is tried when this one fails."""
        return Channel.EMAIL if self is Channel.SMS else Channel.SMS


CHANNELS: Mapping[str, Text4] = {
    Channel.SMS: Text4("رسالة قصيرة", "SMS", "SMS"),
    Channel.EMAIL: Text4("البريد الإلكتروني", "E-mail", "E-mail"),
}


@dataclass(frozen=True, slots=True)
class Contact:
    """How a person is reached. ``other``: by the other channel, or ""."""

    channel: Channel
    to: str
    other: str = ""


@dataclass(frozen=True, slots=True)
class ToQueue:
    """One message of many that a run queues (as :func:`services.queue_message`)."""

    contact: Contact
    template: str
    language: str
    facts: Mapping[str, Any]
    subject: str


@dataclass(frozen=True, slots=True)
class Text:
    """A message in one language. ``title`` is the subject of an e-mail; an SMS has none."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Segments:
    """How an SMS travels: ``encoding`` gsm7 or ucs2, characters (septets) and parts that are paid."""

    encoding: str
    units: int
    parts: int


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What a gateway is given. ``key`` is the same at each try: a provider that knows it sends once."""

    key: UUID
    channel: Channel
    to: str
    title: str
    body: str
    language: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A gateway took a message. ``parts``: the numbers under which reports on it will come, if any do."""

    reference: str
    parts: tuple[str, ...] = ()


class Fate(StrEnum):
    """What became of a message, or of one part of it."""

    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Report:
    """A delivery report. ``reference``: as the gateway gave it; ``reason``: without recipient or text."""

    reference: str
    fate: Fate
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Outbox:
    """How the gateways keep up. ``oldest``: since when the first due message waits; ``reason``: of its last
    failure; ``dead``: messages given up that went by no other channel.
    """

    oldest: dt.timedelta | None
    reason: str
    dead: int


@dataclass(frozen=True, slots=True)
class InboxMessage:
    """One message on a phone or in a mailbox of the demonstration."""

    id: UUID
    channel: Channel
    to: str
    title: str
    body: str
    language: str
    arrived_at: dt.datetime


@dataclass(frozen=True, slots=True)
class MessageStatus:
    """Where a message is; without text. ``to``: the recipient, masked. ``retried_by``: the other channel that
    it went by. ``subject``: whose file it is about.
    """

    id: UUID
    channel: Channel
    template: str
    state: str
    attempts: int
    queued_at: dt.datetime
    due_at: dt.datetime
    sent_at: dt.datetime | None
    reason: str
    retried_by: str = ""
    to: str = ""
    subject: str = ""
    delivered_at: dt.datetime | None = None

    @property
    def place(self) -> str:
        """Where the message stands in a list of its state, the newest first."""
        return f"{self.queued_at.astimezone(dt.UTC):{PLACE}}.{self.id}"
