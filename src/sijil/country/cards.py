"""Identity cards of invented people, drawn for the demo: of nobody, of no real model, marked as specimens."""

from __future__ import annotations

import io
import json
from functools import cache
from pathlib import Path

import typst
from PIL import Image

from sijil.domains import documents
from sijil.domains.biometrics.samples import draw_face
from sijil.domains.population_register.types import Identity

_TEMPLATE = Path(__file__).parent / "data" / "card.typ"
_FONTS = Path(documents.__file__).parent / "fonts"
_FACE = (42, 118, 228, 366)  # left, top, right, bottom of the photograph on the card
_BLANK = ("", "", "", "", "", "", "")


def draw_card(identity: Identity | None, seed: int) -> bytes:
    """Return a JPEG of the card that an identity would show; without one, a card that says nothing."""
    said = _BLANK if identity is None else _said(identity)
    drawn = _compiler().compile(format="png", ppi=144, sys_inputs={"said": json.dumps(said)})
    assert isinstance(drawn, bytes)
    card, face = Image.open(io.BytesIO(drawn)).convert("RGB"), Image.open(io.BytesIO(draw_face(seed, 1)))
    card.paste(face.resize((_FACE[2] - _FACE[0], _FACE[3] - _FACE[1])), _FACE[:2])
    file = io.BytesIO()
    card.save(file, "JPEG", quality=85)
    return file.getvalue()


def _said(identity: Identity) -> tuple[str, ...]:
    names = (identity.last_name_ar, identity.first_name_ar, identity.last_name_fr, identity.first_name_fr)
    birth = "/".join(reversed(str(identity.birth).split("-")))
    return (*(name or "" for name in names), birth, identity.sex.value, identity.paper_number)


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_FONTS)])
    return typst.Compiler(str(_TEMPLATE), root=str(_TEMPLATE.parent), font_paths=fonts)
