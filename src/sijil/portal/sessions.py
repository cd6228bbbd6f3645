"""Where somebody is signed in: what is open in browsers, and a way to end it from another one."""

from __future__ import annotations

import datetime as dt
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from sijil.domains.accounts.types import SignedIn
from sijil.journeys import account_opening
from sijil.pages import clock
from sijil.pages.guards import ask_to_sign_in, is_signed_in
from sijil.pages.staying import SessionStore, digest

PROGRAMS = (("Firefox", "Firefox"), ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"),
            ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
           ("Mac OS", "macOS"), ("Linux", "Linux"))  # fmt: skip
"""What a browser says of itself, and the name of it: the first that is found counts."""


def begin(request: HttpRequest, signed: SignedIn, *, now: dt.datetime) -> None:
    """Note the session that was just opened, and when it ends at the latest."""
    session = cast(SessionStore, request.session)
    if not session.session_key:
        session.create()
    tag = digest(session.session_key or "")
    ends_at = account_opening.begin_session(account=signed, tag=tag, browser=browser_of(request), now=now)
    session.end_in(ends_at - now)


def browser_of(request: HttpRequest) -> str:
    """Return the program and the system in words, as far as they are known: "Firefox, Android"."""
    says = request.headers.get("User-Agent", "")
    found = (next((name for sign, name in known if sign in says), "") for known in (PROGRAMS, SYSTEMS))
    return ", ".join(filter(None, found))


@never_cache
def sessions(request: HttpRequest) -> HttpResponse:
    """Show what is open; end one (``id``), or all but this one."""
    if not is_signed_in(request):
        return ask_to_sign_in(request)
    here, now = digest(request.session.session_key or ""), clock.now()
    account = UUID(str(request.user.pk))
    if request.method == "POST":
        only = _uuid(request.POST.get("id", ""))
        if only is None and "others" not in request.POST:
            return redirect("portal-sessions")
        ended = account_opening.end_sessions(account_id=account, but=here, only=only, now=now)
        SessionStore.end(ended)
        messages.success(request, gettext("Signed out there."))
        return redirect("portal-sessions")
    known = account_opening.list_sessions(account, now=now)
    alive = SessionStore.alive(one.tag for one in known)
    rows = [(one, one.tag == here, alive[one.tag]) for one in known if one.tag in alive]
    context = {"rows": sorted(rows, key=lambda row: not row[1])}
    return render(request, "portal/account/sessions.html", context)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


urlpatterns = [path("account/sessions/", sessions, name="portal-sessions")]
