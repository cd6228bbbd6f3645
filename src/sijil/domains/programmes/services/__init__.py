"""Writes of the programmes."""

from __future__ import annotations

from sijil.domains.programmes.services.deciding import decide, decide_columns, note_told
from sijil.domains.programmes.services.publishing import LISTS, ask_list, check, publish_asked
from sijil.domains.programmes.services.running import decide_everybody

__all__ = [
    "LISTS",
    "ask_list",
    "check",
    "decide",
    "decide_columns",
    "decide_everybody",
    "note_told",
    "publish_asked",
]
