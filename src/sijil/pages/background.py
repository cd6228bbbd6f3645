"""Calls that a script makes behind a page, and whose page it was.

A background call is answered in JSON and never by another page: only ``saved_at``, the moment by the server's
clock, says that something was kept; each other answer says what it is (``state``) in words. ``keeper`` names,
without naming anybody, for whom a page was made: what is typed on it is kept for them alone. ``bound_to``
names the same way what a page shows (a person, a draft, what was declared): its form goes into nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext

HEADER = "X-Background"
OF_FORM = "_keeper"
OF_THING = "_bound_to"
DRAFT = "pre_registration"
"""Where the session of somebody who is not signed in keeps the number of what is being filled in."""
SENT = "pre_registered"
"""And the number of the last one that was sent from it: who sent it may see what was sent."""
_NEVER = {"csrfmiddlewaretoken", OF_FORM, "password", "again", "present", "code"}


def is_background(request: HttpRequest) -> bool:
    """Tell whether a script asks; no form of another site can send the header."""
    return HEADER in request.headers


def keeper(request: HttpRequest) -> str:
    """Return who the page is for: an account, or whoever fills in a draft; nothing for a passer-by."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return _digest(f"account:{user.pk}")
    number = getattr(request, "session", {}).get(DRAFT, "")
    return _digest(f"draft:{number}") if number else ""


def page_of(request: HttpRequest) -> str:
    """Return the page of ours from which something was sent, to come back to it."""
    sender = urlsplit(request.META.get("HTTP_REFERER", ""))
    return sender.path if sender.netloc == request.get_host() and sender.path else "/"


def is_of_another(request: HttpRequest) -> bool:
    """Tell whether a form that was sent stood on a page made for somebody else."""
    return OF_FORM in request.POST and request.POST[OF_FORM] != keeper(request)


def bound_to(*what: object) -> str:
    """Return a name of what a page shows, which says nothing of it."""
    return salted_hmac("sijil.bound_to", repr(what)).hexdigest()[:20]


def is_of_another_thing(request: HttpRequest, now: str) -> bool:
    """Tell whether a form that was sent stood on a page that showed something else than is there now."""
    return request.POST.get(OF_THING, now) != now


def _digest(who: str) -> str:
    return salted_hmac("sijil.keeper", who).hexdigest()[:20]


def signed_out(request: HttpRequest) -> JsonResponse:
    """Say that nobody is signed in any more; the page that sent keeps what was typed."""
    words = gettext(
        "Your session has ended. What you typed is kept on this page: sign in, and it comes back."
    )
    url = f"{settings.LOGIN_URL}?{urlencode({'next': page_of(request)})}"
    link = {"url": url, "words": gettext("Sign in")}
    return JsonResponse({"state": "signed_out", "words": words, "link": link}, status=401)


def refused(words: str, status: int) -> JsonResponse:
    return JsonResponse({"state": "refused", "words": words}, status=status)


def stale(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is old: a fresh one for a script, the same form once more for a person.

    What was typed is offered again only on a page made for the same person, sent from a page of ours: the
    button of another site's form must not become one of ours.
    """
    if is_background(request):
        words = gettext("Another account is signed in on this device. Nothing was sent.")
        told = {"state": "stale", "token": get_token(request), "keeper": keeper(request), "words": words}
        return JsonResponse(told, status=403)
    context = {"typed": _typed(request), "has_files": bool(request.FILES), "here": request.get_full_path()}
    return render(request, "403_csrf.html", context, status=403)


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what was typed, if it may be offered again."""
    if OF_FORM not in request.POST or is_of_another(request) or not _is_from_here(request.headers, request):
        return []
    return [(name, value) for name, values in request.POST.lists() for value in values if name not in _NEVER]


def _is_from_here(headers: Mapping[str, Any], request: HttpRequest) -> bool:
    sender = headers.get("Origin") or headers.get("Referer") or ""
    return urlsplit(str(sender)).netloc == request.get_host()
