"""What the layout needs on every page."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from sijil.kernel.publisher import Words, read_publisher
from sijil.pages import background, guards, languages

SHORT_NAMES = {"ar": "العربية", "fr": "Français", "zgh": "ⵜⴰⵎⴰⵣⵉⵖⵜ", "en": "English"}


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the language switch, the demo flag and who is signed in."""
    user = getattr(request, "user", None)
    known = user if user is not None and user.is_authenticated else None
    return {
        "languages": [_choice(request, code) for code, _ in settings.LANGUAGES],
        "demo": settings.ENV.demo,
        "account": known,
        "is_staff_account": getattr(known, "kind", "") == "staff",
        "second": _second(request),
        "only_reads": guards.only_reads(request),
        "imprint": _imprint(settings.ENV.publisher, languages.spoken()),
        "desk": guards.desk_of(getattr(known, "roles", None) or ()),
        "keeper": background.keeper(request),
    }


@lru_cache(maxsize=64)
def _imprint(publisher: str, language: str) -> dict[str, Any]:
    """Return who publishes the service, its texts in the language of the page."""
    found = read_publisher(publisher)
    values = {name: getattr(found, name) for name in found.__struct_fields__}
    return {name: v.text(language) if isinstance(v, Words) else v for name, v in values.items()}


def _choice(request: HttpRequest, code: str) -> dict[str, Any]:
    address = _address(request, "lang", code)
    return {"code": code, "name": SHORT_NAMES[code], "url": address, "is_current": code == get_language()}


def _second(request: HttpRequest) -> dict[str, Any] | None:
    """Return the language that is read where this one has gaps, and the other one that could be."""
    spoken = languages.second()
    if not spoken:
        return None
    other = next(code for code in languages.SECONDS if code != spoken)
    return {
        "code": spoken,
        "direction": "rtl" if spoken == "ar" else "ltr",
        "other": {"code": other, "name": SHORT_NAMES[other], "url": _address(request, "second", other)},
    }


def _address(request: HttpRequest, name: str, value: str) -> str:
    """Return the address of this page with a choice of language."""
    query = [(k, v) for k, vs in request.GET.lists() for v in vs if k not in ("lang", "second")]
    return f"{request.path}?{urlencode([*query, (name, value)])}"
