"""Draw a receipt: words and code through a Typst template, with fonts of ours and nothing from the
network.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
import typst
from django.conf import settings

from sijil.domains.documents.receipts.seal import sign_claim
from sijil.domains.documents.receipts.words import FILE, Fact, Line, sentences, write_receipt
from sijil.domains.documents.types import Claim, ReceiptKind
from sijil.kernel.dates import legal_day

_HERE = Path(__file__).parent
_FONTS = _HERE.parent / "fonts"
_drawing = threading.Lock()


def render_receipt(
    kind: ReceiptKind | str,
    facts: Mapping[str, Fact],
    *,
    number: str,
    issued_at: dt.datetime,
    tables: Mapping[str, Sequence[Line]] | None = None,
) -> bytes:
    """Return the PDF of a receipt that is not kept (:func:`compose`, then :func:`draw_page`)."""
    page = compose(kind, facts, number=number, issued_at=issued_at, tables=tables)
    return draw_page(page, issued_at)


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
    dates, what differs by language as :class:`Both`. ``number``: as shown; the code carries it with ``kind``
    and the day. ``tables`` (kind ``score``): ``programmes`` and ``terms``.
    Raises: ValueError for a wrong fact.
    """
    which = ReceiptKind(kind)
    address = check_address(sign_claim(Claim(which, number, legal_day(issued_at), "Sijil")))
    return write_receipt(which, facts, tables or {}, number, issued_at) | {"address": address}


def draw_page(page: Mapping[str, Any], issued_at: dt.datetime) -> bytes:
    """Return the PDF of what :func:`compose` said. The same page gives the same bytes."""
    code = {"qr": draw_qr(str(page["address"]))}
    return _compile(json.dumps({**page, **code}, ensure_ascii=False), issued_at)


@cache
def words_version() -> str:
    """Return the version of the sentences and of the template: a digest of both files."""
    return hashlib.sha256(FILE.read_bytes() + (_HERE / "receipt.typ").read_bytes()).hexdigest()[:16]


def check_address(token: str) -> str:
    """Return the address that the code opens."""
    base = settings.ENV.public_url or f"http://{settings.ENV.host}:{settings.ENV.port}"
    return f"{base.rstrip('/')}/check/{token}/"


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
            pdf_standards=["ua-1"],
            timestamp=int(issued_at.timestamp()),
        )
    assert isinstance(made, bytes)
    return made


def titles(kind: ReceiptKind) -> Mapping[str, str]:
    """Return the title of a kind of receipt by language (ar, fr, zgh)."""
    return sentences().receipts[ReceiptKind(kind)].title.mapping()
