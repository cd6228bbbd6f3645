"""What the layout needs on every page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from sijil.pages import guards

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
        "only_reads": guards.only_reads(request),
    }


def _choice(request: HttpRequest, code: str) -> dict[str, Any]:
    query = request.GET.copy()
    query.pop("lang", None)
    address = (
        f"{request.path}?{urlencode([*((k, v) for k, vs in query.lists() for v in vs), ('lang', code)])}"
    )
    return {"code": code, "name": SHORT_NAMES[code], "url": address, "is_current": code == get_language()}
