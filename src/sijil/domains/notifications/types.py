"""What crosses the border of notifications."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Channel(StrEnum):
    SMS = "sms"
    EMAIL = "email"


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
    """Where a message is; without recipient or text."""

    id: UUID
    channel: Channel
    template: str
    state: str
    attempts: int
    queued_at: dt.datetime
    due_at: dt.datetime
    sent_at: dt.datetime | None
    reason: str
