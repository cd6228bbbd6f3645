"""Who may open a page, and as whom it acts. Roles that only read open every page of staff, and send nothing.

@citizen_required            a person signed in by IDCS
@role_required("csc_officer")   staff holding one of the roles; to read a page also those who read all
@post_only("counter-file")      only what is sent; to read the address leads to that page
actor_of(request)            the :class:`Actor` that every use case is given
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from sijil.domains.accounts import rules
from sijil.journeys import account_opening
from sijil.kernel.actors import PUBLIC, Actor
from sijil.kernel.errors import Category, ErrorCode, Refused
from sijil.pages import background, clock

ROLE_MISSING = ErrorCode(
    "pages.role_missing",
    Category.FORBIDDEN,
    "Your account may not open this page.",
    "Sign in with an account that has the right role.",
)

DESKS = {
    "csc_officer": "/counter/",
    "supervisor": "/backoffice/",
    "auditor": "/backoffice/",
    "adjudicator": "/backoffice/",
    "programme_manager": "/backoffice/",
    "administrator": "/backoffice/",
}
READING = ("GET", "HEAD", "OPTIONS")
View = Callable[..., HttpResponse]


def is_signed_in(request: HttpRequest) -> bool:
    return bool(getattr(request, "user", None) and request.user.is_authenticated)


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send to the sign-in page, which comes back here (the page itself, for a form that was sent).

    A script is told so in JSON: it must not take the sign-in page for an answer.
    """
    if background.is_background(request):
        return background.signed_out(request)
    if request.method == "GET":
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
    told = gettext("Your session has ended. Sign in: you come back to the page you were on.")
    messages.warning(request, told)
    return redirect_to_login(background.page_of(request), settings.LOGIN_URL)


def citizen_required(view: View) -> View:
    """Let through a person signed in by IDCS; others go to the sign-in page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_signed_in(request):
            return ask_to_sign_in(request)
        if _kind(request) != "citizen":
            raise Refused(ROLE_MISSING)
        return view(request, *args, **kwargs)

    return guarded


def role_required(*roles: str) -> Callable[[View], View]:
    """Let through staff holding one of ``roles``. Raises: Refused(ROLE_MISSING) for other accounts."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not is_signed_in(request):
                return ask_to_sign_in(request)
            if _kind(request) != "staff" or not _opens(request, roles):
                raise Refused(ROLE_MISSING)
            return view(request, *args, **kwargs)

        return guarded

    return wrap


def _opens(request: HttpRequest, roles: tuple[str, ...]) -> bool:
    held = getattr(request.user, "roles", None) or ()
    return rules.may_open(held, roles, reads=request.method in READING, day=clock.today())


def post_only(page: str, *, of: str = "") -> Callable[[View], View]:
    """Let through what is sent. Who reads the address (another language, a way back) goes to ``page``.

    ``page``: the name of an address with the same arguments; with ``of``, with that one alone.
    """

    def wrap(view: View) -> View:
        only_posts: View = require_POST(view)

        @wraps(view)
        def sent(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method in ("GET", "HEAD"):
                given = {of: kwargs[of]} if of else kwargs
                answer: HttpResponse = redirect(page, *args, **given)
                return answer
            return only_posts(request, *args, **kwargs)

        return sent

    return wrap


def only_reads(request: HttpRequest) -> bool:
    """Tell whether who is signed in may read pages of staff and change nothing."""
    if not is_signed_in(request) or _kind(request) != "staff":
        return False
    return not rules.may_write(getattr(request.user, "roles", None) or (), day=clock.today())


def has_role(request: HttpRequest, *roles: str) -> bool:
    return bool(set(roles) & set(getattr(request.user, "roles", None) or ()))


def desk_of(roles: Iterable[str]) -> str:
    """Return the page where the work of somebody with these roles begins."""
    return next((DESKS[role] for role in roles if role in DESKS), "/")


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts: the citizen (IDCS), the officer (login, centre, area, roles) or the public."""
    if not is_signed_in(request):
        return PUBLIC
    account: Any = request.user
    return rules.actor_of(account)


def note_closed_door(request: HttpRequest, refused: Refused) -> None:
    """Write into the log that somebody asked for what they may not open."""
    door = request.resolver_match.route if request.resolver_match else ""
    actor = getattr(request, "actor", None) or actor_of(request)
    account_opening.note_closed_door(door, refused, actor=actor, now=clock.now())


def _kind(request: HttpRequest) -> str:
    return str(getattr(request.user, "kind", ""))
