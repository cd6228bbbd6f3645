"""Draw a receipt: words and code through a Typst template."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings

from sijil.domains.documents.paper.press import draw_photo, draw_qr, print_pdf, version_of
from sijil.domains.documents.receipts import codes
from sijil.domains.documents.receipts.seal import sign_claim
from sijil.domains.documents.receipts.words import FILE, Fact, Line, sentences, write_receipt
from sijil.domains.documents.types import Claim, ReceiptKind

_TEMPLATE = "receipts/receipt.typ"


@dataclass(frozen=True, slots=True)
class Marks:
    """How a receipt is checked. ``square``: what is photographed. ``code``: what is typed at ``address``."""

    square: str
    code: str
    address: str


@dataclass(frozen=True, slots=True)
class Photo:
    """A portrait as it was kept: its bytes and media type."""

    content: bytes
    media_type: str


def marks(claim: Claim, issued_at: dt.datetime, kid: str) -> Marks:
    """Return the marks of a receipt, signed by the key ``kid``."""
    code = codes.show(codes.derive(claim, issued_at, kid))
    return Marks(check_address(sign_claim(claim, kid)), code, check_address(code))


def compose(
    kind: ReceiptKind | str,
    facts: Mapping[str, Fact],
    *,
    number: str,
    issued_at: dt.datetime,
    tables: Mapping[str, Sequence[Line]] | None = None,
) -> dict[str, Any]:
    """Return all that a receipt says, Arabic and French, as plain JSON.

    ``facts``: those of ``parameters/receipts.yaml``; texts already shown (``K7QD-4M2X-9T``), dates as
    dates, what differs by language as :class:`Both`. ``number``: as shown. ``tables`` (kind ``score``):
    ``programmes`` and ``terms``. Raises: ValueError for a wrong fact.
    """
    return write_receipt(ReceiptKind(kind), facts, tables or {}, number, issued_at)


def draw_page(
    page: Mapping[str, Any], marks: Marks, issued_at: dt.datetime, *, photo: Photo | None = None
) -> bytes:
    """Return the PDF of what :func:`compose` said. The same page and marks give the same bytes."""
    marked = {**page, "qr": draw_qr(marks.square), "code": marks.code, "address": marks.address}
    marked["photo"] = draw_photo(photo.content, photo.media_type) if photo else ""
    return print_pdf(_TEMPLATE, marked, issued_at)


@cache
def words_version() -> str:
    """Return the version of the sentences and of the template."""
    return version_of(_TEMPLATE, FILE)


def check_address(code: str) -> str:
    """Return the address where a signed code, or a short one, is answered."""
    return f"{settings.ENV.address}/check/{code}/"


def titles(kind: ReceiptKind) -> Mapping[str, str]:
    """Return the title of a kind of receipt by language (ar, fr, zgh)."""
    return sentences().receipts[ReceiptKind(kind)].title.mapping()
