"""The digest of a version: over what decides, and nothing that only people read."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import msgspec

WORDS = frozenset({"source", "doubt", "last_checked_on", "unit"})
"""Fields that decide nothing in any law; a kind adds its own."""


def digest_of(head: Mapping[str, Any], body: msgspec.Struct, words: Collection[str] = ()) -> str:
    """Return the SHA-256 of the canonical JSON of a version, without the fields called ``words``."""
    content = {**head, "body": canonical(body, WORDS | frozenset(words))}
    text = json.dumps(plain(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(value: Any, words: Collection[str]) -> Any:
    """Return a value as plain data, fields of words and fields left at their default taken out."""
    if isinstance(value, msgspec.Struct):
        fields = [field for field in _fields(type(value)) if field.encode_name not in words]
        given = [(f, getattr(value, f.name)) for f in fields]
        return {f.encode_name: canonical(v, words) for f, v in given if v != _default(f)}
    if isinstance(value, Mapping):
        return {str(key): canonical(v, words) for key, v in value.items()}
    if isinstance(value, list | tuple):
        return [canonical(item, words) for item in value]
    return value


@cache
def _fields(kind: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(kind)


def _default(field: msgspec.structs.FieldInfo) -> Any:
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()


def plain(value: Any) -> Any:
    """Return data that JSON can hold: days as ISO text, numbers without their last zeros."""
    if isinstance(value, Mapping):
        return {key: plain(v) for key, v in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, Decimal):
        return format((value + 0).normalize(), "f")
    return value.isoformat() if isinstance(value, dt.date) else value
