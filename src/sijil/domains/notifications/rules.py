"""Pure decisions: the words of a message, its length on the air, who can receive it, when to try again."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sijil.domains.notifications.errors import RECIPIENT_INVALID
from sijil.domains.notifications.types import Channel, Segments, Text
from sijil.kernel import law
from sijil.kernel.dates import local
from sijil.kernel.errors import Refused

LANGUAGES = ("ar", "fr", "zgh", "en")
MAX_ATTEMPTS = 8
LANDLINE = "landline: it receives no SMS"

_FOLDER = Path(__file__).parent / "parameters"
_PHONE = re.compile(r"^\+[1-9]\d{7,14}$")
_FACT = re.compile(r"\s*\{\w+\}")
_LANDLINE = re.compile(r"^\+212(?:5(?!0)|8)\d{8}$")
_EMAIL = re.compile(r"^[^\s@<>\",;]{1,64}@(?:[^\s@<>\"',;.]{1,63}\.)+(?![0-9]+$)[^\s@<>\"',;.]{2,63}$")
_GSM = set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡") | set(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = set("^{}\\[~]|€\f")


class Said(law.Body, frozen=True):
    """A message in one language: the subject of the e-mail, the SMS, and the e-mail's text if another."""

    title: str
    sms: str
    email: str = ""


class Template(law.Body, frozen=True):
    """One message: the facts it needs, and its words in four languages."""

    facts: tuple[str, ...]
    ar: Said
    fr: Said
    zgh: Said
    en: Said


class Templates(law.Body, frozen=True):
    """The file ``messages.yaml``."""

    signature: law.Text
    templates: dict[str, Template]


@cache
def templates() -> Templates:
    """Return every template by its code, and the signature of an e-mail."""
    return law.read_words(_FOLDER / "messages.yaml", Templates)


def write_text(template: str, channel: Channel, language: str, facts: Mapping[str, Any]) -> Text:
    """Return the words of one message.

    ``facts``: the template's own, no more, no less; dates and moments are written ``dd/mm/yyyy [hh:mm]``
    (Moroccan time), everything else as ``str``. Raises: LookupError, ValueError (a mistake of the caller).
    """
    body = templates().templates[template]
    if set(facts) != set(body.facts):
        raise ValueError(f"{template}: facts {sorted(facts)} are not {sorted(body.facts)}")
    shown = {name: show_fact(value) for name, value in facts.items()}
    words: Said = getattr(body, language)
    if channel is Channel.SMS:
        return Text("", words.sms.format(**shown))
    text = (words.email or words.sms).format(**shown)
    signature = templates().signature.text(language)
    return Text(words.title.format(**shown), f"{text}\n\n{signature}\n")


def show_fact(value: Any) -> str:
    """Return a fact as it reads in every language: ``03/11/2026``, ``03/11/2026 09:14``, or its text."""
    if isinstance(value, dt.datetime):
        return local(value).strftime("%d/%m/%Y %H:%M")
    return value.strftime("%d/%m/%Y") if isinstance(value, dt.date) else str(value)


def count_segments(text: str) -> Segments:
    """Return how an SMS travels (3GPP TS 23.038): 160 or 153 septets, else 70 or 67 UTF-16 units a part."""
    if all(c in _GSM or c in _GSM_TWICE for c in text):
        units, one, many, encoding = len(text) + sum(c in _GSM_TWICE for c in text), 160, 153, "gsm7"
    else:
        units, one, many, encoding = len(text.encode("utf-16-be")) // 2, 70, 67, "ucs2"
    return Segments(encoding, units, 1 if units <= one else -(-units // many))


def clean_recipient(channel: Channel, to: str) -> str:
    """Return the number (E.164) or the address, if a gateway can take it. Raises: Refused(RECIPIENT_INVALID).

    Not what people type: ``kernel.clean`` has judged that, and whatever it took is taken here (held by
    ``tests/doors``); a number kept for years must not be refused because a numbering plan has changed.
    """
    text = to.strip()
    if channel is Channel.SMS and _PHONE.match(text):
        return text
    if channel is Channel.EMAIL and len(text) <= 254 and _EMAIL.match(text):
        local, _, domain = text.rpartition("@")
        return f"{local}@{domain.lower()}"
    raise Refused(RECIPIENT_INVALID, field="phone" if channel is Channel.SMS else "email")


def is_landline(number: str) -> bool:
    """Tell whether a Moroccan number is fixed (``05``, ``08``): the form takes it, an SMS never arrives."""
    return bool(_LANDLINE.match(number))


def wait_after(attempts: int) -> dt.timedelta:
    """Return the wait after the n-th failure: 30 s, 1, 2, 4 … minutes, at most an hour (2 h in all)."""
    return min(dt.timedelta(seconds=30 * 2 ** (attempts - 1)), dt.timedelta(hours=1))


def is_final(attempts: int, *, permanent: bool) -> bool:
    """Tell whether to give up: the provider said never, or the last attempt failed."""
    return permanent or attempts >= MAX_ATTEMPTS


def mask(to: str) -> str:
    """Return a recipient as staff see it: the last two digits of a telephone, the domain of an address."""
    local, _, domain = to.rpartition("@")
    return f"•••@{domain}" if local else f"••••••{to[-2:]}"


def title_of(template: str, language: str) -> str:
    """Return what a message is called, without its facts; an unknown template by its code."""
    found = templates().templates.get(template)
    said: Said | None = getattr(found, language, None)
    return _FACT.sub("", said.title) if said else template
