"""Which papers there are, and what is looked at as one: decided by the content alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec

from sijil.domains.documents import errors
from sijil.domains.documents.types import Kind
from sijil.kernel import law
from sijil.kernel.errors import Refused

_FOLDER = Path(__file__).parent / "parameters"
_BEGINNINGS = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_OF_PHONES = (b"ftypheic", b"ftypheix", b"ftypheim", b"ftypheis", b"ftypmif1")  # HEIC, from the fifth byte


class KindText(law.Body, frozen=True):
    """A kind of paper as it is written: which law asks for it, its names."""

    source: str
    names: law.Text


class KindTexts(law.Body, frozen=True):
    """The file ``kinds.yaml``."""

    kinds: dict[str, KindText]


class Limits(law.Body, frozen=True):
    """The law ``documents.limits``."""

    megabytes: Annotated[int, msgspec.Meta(ge=1, le=100)]
    documents_of_one_owner: Annotated[int, msgspec.Meta(ge=1, le=1000)]


LIMITS = law.declare(law.LawKind("documents.limits", Limits, _FOLDER / "limits"))


@cache
def kinds() -> Mapping[str, Kind]:
    """Return the kinds of papers by code, in the order of the file."""
    entries = law.read_words(_FOLDER / "kinds.yaml", KindTexts).kinds
    return {code: Kind(code, entry.names.mapping()) for code, entry in entries.items()}


def limits_on(day: dt.date) -> Limits:
    """Return the limits in force on ``day``."""
    return law.on(LIMITS, day).body


def is_of_phones(content: bytes) -> bool:
    """Tell a HEIC picture by its first bytes."""
    return content.startswith(_OF_PHONES, 4)


def check_upload(content: bytes, *, megabytes: int) -> None:
    """Judge by size and first bytes, before anything is opened. Raises: Refused on the field ``file``."""
    if not content:
        raise Refused(errors.FILE_EMPTY, field="file")
    if len(content) > megabytes * 1024 * 1024:
        raise Refused(errors.FILE_TOO_LARGE, field="file", megabytes=megabytes)
    if not content.startswith(_BEGINNINGS) and not is_of_phones(content):
        raise Refused(errors.TYPE_REFUSED, field="file")
