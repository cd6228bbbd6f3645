"""What the gate must know of the product: how much each address is sent, what is public, and its words."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.cookie import parse_cookie
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware

from sijil.api import inbound, problems
from sijil.kernel.errors import ErrorCode, Refused
from sijil.pages import refusals
from sijil.pages.languages import reading
from sijil.pages.middleware import DEFAULT_LANGUAGE, LANGUAGES, SECOND_COOKIE
from sijil.processes.gate.bodies import Reason
from sijil.processes.gate.kept import Reply
from sijil.processes.gate.requests import Request
from sijil.processes.gate.threads import Head

SMALL = 64 * 1024
AGAIN_AFTER = 5  # seconds
FILES = re.compile(
    r"/pre-registration/[^/]+/|/track/[^/]+/(paper|asked/[^/]+)/|/counter/[^/]+/"
    r"|/counter/[^/]+/(capture|add-paper|asked/[^/]+)/|/counter/persons/evidence/|/counter/children/[^/]+/capture/"
    r"|/backoffice/centres/import/"
    r"|/v1/pre-registrations|/v1/files/[^/]+/captures"
)
"""Where papers and pictures are sent; everywhere else a form or a few answers come."""
LONG = re.compile(r"(/backoffice/programmes|/v1)/lists/[^/]+/members\.csv")
PUBLIC = frozenset(("/", "/privacy/", "/accessibility/", "/partners/", "/centres/", "/score/formula/"))
"""The same for everybody who reads in one language: no form token, no person, at most half a minute old."""
ERRORS: dict[Reason, ErrorCode] = {
    Reason.MALFORMED: problems.NOT_READ,
    Reason.SLOW: problems.TOO_SLOW,
    Reason.LARGE: problems.TOO_LARGE,
    Reason.BUSY: problems.UNAVAILABLE,
}


def largest(request: Request) -> int:
    """Return how many bytes may be sent to this address."""
    if FILES.fullmatch(request.path):
        return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    return inbound.LARGEST if request.path.startswith("/v1/inbound/") else SMALL


def is_long(request: Request) -> bool:
    """Tell whether the answer takes minutes: the members of a whole list are opened."""
    return bool(LONG.fullmatch(request.path))


def public_key(request: Request) -> Hashable | None:
    """Return what a public page depends on; None for everything else, and for who is or was signed in."""
    is_plain = request.method == "GET" and not request.query and "authorization" not in request.headers
    if not is_plain or request.path not in PUBLIC:
        return None
    cookies = parse_cookie(request.headers.get("cookie", ""))
    if settings.SESSION_COOKIE_NAME in cookies or "messages" in cookies:
        return None
    return request.path, request.scheme, request.headers.get("host"), *_languages(cookies)


def refuse(request: Request, reason: Reason) -> Reply:
    """Return the answer of the gate itself, in the reader's language; for a machine a problem document."""
    limit = largest(request) / 1024**2
    megabytes = int(limit) if limit >= 1 else round(limit, 2)
    if request.path.startswith("/v1/"):
        return _problem(reason, request.headers.get("accept-language", ""), request.scheme, megabytes)
    cookies = parse_cookie(request.headers.get("cookie", ""))
    return _page(reason, *_languages(cookies), request.scheme, megabytes)


def unavailable(request: HttpRequest, *, is_full: bool = False) -> HttpResponse:
    """Return what is answered when the database is not there or did not answer in time, or a disk is full."""
    refused = Refused(problems.DISK_FULL if is_full or settings.ROOM.is_full else problems.UNAVAILABLE)
    is_api = request.path.startswith("/v1/")
    answer = problems.refuse(request, refused) if is_api else refusals.page(_bare(request.path), refused)
    answer.headers["Retry-After"] = str(AGAIN_AFTER)
    answer._has_been_logged = True  # type: ignore[attr-defined]  # one line, not a trace for each who asks
    return answer


@lru_cache(maxsize=256)
def _page(reason: Reason, language: str, second: str, scheme: str, megabytes: float) -> Reply:
    refused = Refused(ERRORS[reason], megabytes=megabytes)
    with reading(language, second):
        return _reply(
            reason, scheme, lambda request: refusals.page(request, refused, status=reason.value), language
        )


@lru_cache(maxsize=256)
def _problem(reason: Reason, accepted: str, scheme: str, megabytes: float) -> Reply:
    def answer(request: HttpRequest) -> HttpResponse:
        request.META["HTTP_ACCEPT_LANGUAGE"] = accepted
        refused = Refused(ERRORS[reason], megabytes=megabytes)
        return problems.refuse(request, refused, status=reason.value)

    return _reply(reason, scheme, answer)


def _reply(reason: Reason, scheme: str, answer: Callable[[Any], HttpResponse], language: str = "") -> Reply:
    """Put an answer made outside Django's stack behind the headers that every answer has."""
    request = _bare("/")
    request.META["wsgi.url_scheme"] = scheme
    made: Any = SecurityMiddleware(CSPMiddleware(XFrameOptionsMiddleware(answer)))(request)
    made.headers["Cache-Control"] = "no-store"
    made.headers["Content-Length"] = str(len(made.content))
    if language:
        made.headers["Content-Language"] = language
    if reason is Reason.BUSY:
        made.headers["Retry-After"] = str(AGAIN_AFTER)
    else:
        made.headers["Connection"] = "close"  # what was not read is not waited for
    return Reply(Head(reason.value, tuple(made.items())), made.content)


def _bare(path: str) -> HttpRequest:
    """Return a request of nobody: drawing its page asks no table."""
    request = HttpRequest()
    request.method, request.path = "GET", path
    return request


def _languages(cookies: dict[str, str]) -> tuple[str, str]:
    language = cookies.get(settings.LANGUAGE_COOKIE_NAME, "")
    second = cookies.get(SECOND_COOKIE, "")
    return language if language in LANGUAGES else DEFAULT_LANGUAGE, second if second in ("ar", "fr") else ""
