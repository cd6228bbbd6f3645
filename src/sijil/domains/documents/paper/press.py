"""Print a page through a Typst template, with fonts of ours and nothing from the network."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import threading
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
import typst

ROOT = Path(__file__).parents[1]
_printing = threading.Lock()


def print_pdf(template: str, page: Mapping[str, Any], at: dt.datetime) -> bytes:
    """Return the PDF of a page, for the archive as for readers aloud: PDF/A-2a and PDF/UA-1.

    ``template``: below ``documents``. The same page and ``at`` give the same bytes.
    """
    with _printing:
        made = _compiler(template).compile(
            format="pdf",
            sys_inputs={"page": json.dumps(page, ensure_ascii=False)},
            pdf_standards=["a-2a", "ua-1"],
            timestamp=int(at.timestamp()),
        )
    assert isinstance(made, bytes)
    return made


def draw_qr(text: str) -> str:
    """Return a QR code as SVG; one eighth of it may be dirty or torn (level M)."""
    out = BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=2, scale=4, xmldecl=False)
    return out.getvalue().decode()


def draw_photo(content: bytes, media_type: str) -> str:
    """Return a portrait as SVG, cut to 35 by 45 mm around its middle."""
    data = base64.b64encode(content).decode()
    cut = 'width="35" height="45" preserveAspectRatio="xMidYMid slice"'
    image = f'<image {cut} href="data:{media_type};base64,{data}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 35 45" width="35" height="45">{image}</svg>'


def version_of(template: str, words: Path) -> str:
    """Return the version of sentences, template and style: a digest of the files."""
    files = (words, ROOT / template, ROOT / "paper" / "style.typ")
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


@cache
def _compiler(template: str) -> typst.Compiler:
    places = [str(ROOT / "fonts")]
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=places)
    return typst.Compiler(str(ROOT / template), root=str(ROOT), font_paths=fonts)
