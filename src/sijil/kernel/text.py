"""Text from outside: what no database, file or page can hold is refused at the door, by its field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sijil.kernel.errors import Category, ErrorCode, Refused

TEXT_UNREADABLE = ErrorCode(
    "kernel.text_unreadable",
    Category.INVALID,
    "A character in {name} cannot be kept.",
    "Delete this text and type it again.",
)
_UNREADABLE = re.compile("[\x00\ud800-\udfff]")


def is_readable(text: str) -> bool:
    """Tell whether ``text`` is free of NUL (PostgreSQL keeps none) and of half characters."""
    return _UNREADABLE.search(text) is None


def check_text(value: Any, field: str = "") -> None:
    """Refuse unreadable text anywhere in plain data. Raises: Refused(TEXT_UNREADABLE), field = its path."""
    if isinstance(value, str) and not is_readable(value):
        raise Refused(TEXT_UNREADABLE, field=field, name=field)
    if isinstance(value, Mapping):
        for name, part in value.items():
            check_text(name, field)
            check_text(part, f"{field}.{name}" if field else str(name))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            check_text(part, f"{field}.{place}" if field else str(place))
