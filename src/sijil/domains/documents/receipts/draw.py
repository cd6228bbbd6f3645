"""Draw a receipt: words and code through a Typst template, with fonts of ours and nothing from the
network.
"""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path

import segno
import typst
from django.conf import settings

from sijil.domains.documents.receipts.seal import sign_claim
from sijil.domains.documents.receipts.words import Fact, Line, sentences, write_receipt
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
    """Return the PDF of a receipt, Arabic and French side by side. The same input gives the same bytes.

    ``facts``: those of ``parameters/receipts.yaml``; texts already shown (``K7QD-4M2X-9T``), dates as
    dates, what
    differs by language as :class:`Both`. ``number``: as shown; the code carries it with ``kind`` and the day.
    ``tables`` (kind ``score``): ``programmes`` and ``terms``. Raises: ValueError for a wrong fact.
    """
    which = ReceiptKind(kind)
    day = legal_day(issued_at)
    address = check_address(sign_claim(Claim(which, number, day, "Sijil")))
    page = write_receipt(which, facts, tables or {}, number, issued_at)
    page |= {"qr": draw_qr(address), "address": address}
    return _compile(json.dumps(page, ensure_ascii=False), issued_at)


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
