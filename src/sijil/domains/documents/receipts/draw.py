"""Draw a receipt: words and code through a Typst template, with fonts of ours and nothing from the
network.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
import typst
from django.conf import settings

from sijil.domains.documents.receipts import codes
from sijil.domains.documents.receipts.seal import sign_claim
from sijil.domains.documents.receipts.words import FILE, Fact, Line, sentences, write_receipt
from sijil.domains.documents.types import Claim, ReceiptKind

_HERE = Path(__file__).parent
_FONTS = _HERE.parent / "fonts"
_drawing = threading.Lock()


@dataclass(frozen=True, slots=True)
class Marks:
    """How a receipt is checked. ``square``: what is photographed. ``code``: what is typed at ``address``."""

    square: str
    code: str
    address: str


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


def draw_page(page: Mapping[str, Any], marks: Marks, issued_at: dt.datetime) -> bytes:
    """Return the PDF of what :func:`compose` said. The same page and marks give the same bytes.

    For the archive as for readers aloud: PDF/A-2a and PDF/UA-1.
    """
    marked = {**page, "qr": draw_qr(marks.square), "code": marks.code, "address": marks.address}
    return _compile(json.dumps(marked, ensure_ascii=False), issued_at)


@cache
def words_version() -> str:
    """Return the version of the sentences and of the template: a digest of both files."""
    return hashlib.sha256(FILE.read_bytes() + (_HERE / "receipt.typ").read_bytes()).hexdigest()[:16]


def check_address(code: str) -> str:
    """Return the address where a signed code, or a short one, is answered."""
    return f"{settings.ENV.address}/check/{code}/"


def draw_qr(text: str) -> str:
    """Return a QR code as SVG; one eighth of it may be dirty or torn (level M)."""
    out = BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=2, scale=4, xmldecl=False)
    return out.getvalue().decode()


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_FONTS)])
    return typst.Compiler(str(_HERE / "receipt.typ"), root=str(_HERE), font_paths=fonts)


def _compile(page: str, issued_at: dt.datetime) -> bytes:
    with _drawing:
        made = _compiler().compile(
            format="pdf",
            sys_inputs={"page": page},
            pdf_standards=["a-2a", "ua-1"],
            timestamp=int(issued_at.timestamp()),
        )
    assert isinstance(made, bytes)
    return made


def titles(kind: ReceiptKind) -> Mapping[str, str]:
    """Return the title of a kind of receipt by language (ar, fr, zgh)."""
    return sentences().receipts[ReceiptKind(kind)].title.mapping()
