"""What crosses the border of documents."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sijil.kernel.texts import choose


class MediaType(StrEnum):
    JPEG = "image/jpeg"
    PNG = "image/png"


@dataclass(frozen=True, slots=True)
class Accepted:
    """Content that passed, drawn anew (of several pages one below the other): its type, the bytes to keep.

    ``unscanned``: the upload as it came, while the scanner did not answer and papers may wait for it.
    """

    media_type: MediaType
    content: bytes
    pages: int
    unscanned: bytes = b""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of paper with its names by language."""

    code: str
    names: dict[str, str]

    def name(self, language: str) -> str:
        return choose(self.names, language)


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A paper in a list; ``name`` as the person's device called it."""

    id: UUID
    owner: str
    kind: str
    media_type: MediaType
    size: int
    pages: int
    received_at: dt.datetime


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """A paper with its content."""

    id: UUID
    owner: str
    kind: str
    media_type: MediaType
    size: int
    pages: int
    received_at: dt.datetime
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Scanning:
    """How the scanner keeps up with papers kept unscanned. ``oldest``: since when the first waits."""

    waiting: int
    oldest: dt.datetime | None


ISSUER = "Sijil"


class ReceiptKind(StrEnum):
    APPOINTMENT = "appointment"
    DEPOSIT = "deposit"
    HOUSEHOLD = "household"
    SCORE = "score"
    TEMPORARY = "temporary"


@dataclass(frozen=True, slots=True)
class Claim:
    """What the QR code of a receipt says; it names nobody."""

    kind: ReceiptKind
    number: str
    issued_on: dt.date
    issuer: str


@dataclass(frozen=True, slots=True)
class Check:
    """The answer about a code: ``genuine`` with what it says; without: ``forged``, ``withdrawn``,
    ``unknown_key``, and of a short code ``unknown_code``, ``unreadable``.
    """

    verdict: str
    claim: Claim | None = None
