"""Who publishes this service, and how to reach them: one dated, typed file, read once, without a database."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import msgspec

from sijil.kernel.texts import choose

SHIPPED = Path(__file__).with_name("publisher.yaml")
_Mail = Annotated[str, msgspec.Meta(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
_Phone = Annotated[str, msgspec.Meta(pattern=r"^\+?[0-9]{3,15}$")]
_Words = Annotated[str, msgspec.Meta(min_length=1)]


class PublisherInvalid(ValueError):
    """The file cannot be used; says which and why."""


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text of the publisher in the languages of the pages; Tamazight may wait."""

    ar: _Words
    fr: _Words
    en: _Words
    zgh: str = ""

    def text(self, language: str) -> str:
        """Return the words in a language, as ``kernel.texts.choose`` says."""
        return choose({"ar": self.ar, "fr": self.fr, "en": self.en, "zgh": self.zgh}, language)


class Publisher(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"starts_on": "from"}):
    """``invented``: these are values of the demonstration. ``updated_on``: the day shown as last update."""

    invented: bool
    starts_on: dt.date
    updated_on: dt.date
    publisher: Words
    director: Words
    address: Words
    notice: Words
    help_line: _Phone
    help_hours: Words
    email: _Mail
    feedback: _Mail


@lru_cache
def read_publisher(named: str = "") -> Publisher:
    """Return what a file says, the shipped one if none is named. Raises: PublisherInvalid."""
    path = Path(named) if named else SHIPPED
    try:
        return msgspec.yaml.decode(path.read_bytes(), type=Publisher)
    except (OSError, msgspec.DecodeError) as error:
        raise PublisherInvalid(f"{path}: {error}") from None
