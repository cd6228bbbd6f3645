"""Values that cross the border of the domain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sijil.kernel.texts import either


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a partner may ask for, in words the person asked about will read."""

    code: str
    ar: str
    fr: str
    en: str

    def label(self, language: str) -> str:
        return {"ar": self.ar, "fr": self.fr}.get(language, self.en if language == "en" else self.ar)


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner as others see it. ``rate_limit``: questions a second, over all processes."""

    code: str
    name_ar: str
    name_fr: str
    client_id: str
    scopes: tuple[str, ...]
    purposes: tuple[Purpose, ...]
    state: str
    rate_limit: int

    def name(self, language: str) -> str:
        return either(self.name_ar, self.name_fr, language)

    def purpose(self, code: str) -> Purpose | None:
        return next((p for p in self.purposes if p.code == code), None)


@dataclass(frozen=True, slots=True)
class PartnerKey:
    """A public key that a partner signs with (RFC 7517). ``partner``: its code."""

    kid: str
    partner: str
    jwk: Mapping[str, str]
    added_at: dt.datetime
    removed_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Credentials:
    """Shown once, at registration or rotation. The secret is kept nowhere."""

    code: str
    client_id: str
    secret: str
