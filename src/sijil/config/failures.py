"""What goes wrong before or outside a view: unreadable text, too much of it, no such address, a failure.

The HTTP API answers with a problem document, the pages with a page.
"""

from __future__ import annotations

import errno
import logging
import sys
from collections.abc import Callable
from typing import Any

import psycopg
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views import defaults

from sijil.api import problems
from sijil.config import doors
from sijil.kernel.errors import ErrorCode, Refused
from sijil.kernel.text import check_text, is_readable
from sijil.pages import refusals

READING = ("GET", "HEAD", "OPTIONS")
METHODS = (*READING, "POST", "PUT", "PATCH", "DELETE")
log = logging.getLogger("sijil.web")


class DoorMiddleware:
    """Refuses what no view has to handle: a method that nobody needs, a character that cannot be kept.

    The gate holds the size. What is answered to somebody known is stored nowhere on the way.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:  # TRACE, and what WebDAV or nobody knows
            return HttpResponseNotAllowed(METHODS)
        request.COOKIES = {name: text for name, text in request.COOKIES.items() if is_readable(text)}
        response = self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES or "Authorization" in request.headers:
            response.headers.setdefault("Cache-Control", "private, no-store")  # not by Back, after sign-out
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        try:
            _check(request, kwargs)
        except Refused as refused:
            return _refuse(request, refused)
        return None


def _check(request: HttpRequest, place: dict[str, Any]) -> None:
    if request.method not in READING and settings.ROOM.is_full:
        raise Refused(problems.DISK_FULL, seconds=60)
    check_text(place)
    for sent in (request.GET, request.POST):
        for name, texts in sent.lists():
            for text in (name, *texts):
                check_text(text, name)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/v1/")


def _refuse(request: HttpRequest, refused: Refused) -> HttpResponse:
    if _is_api(request):
        return problems.refuse(request, refused)
    return refusals.page(request, refused)


def _answer(page: Callable[..., HttpResponse], error: ErrorCode) -> Callable[..., HttpResponse]:
    def answer(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
        if _is_api(request):
            return problems.refuse(request, Refused(error))
        return page(request) if exception is None else page(request, exception)

    return answer


bad_request = _answer(defaults.bad_request, problems.NOT_READ)
not_found = _answer(defaults.page_not_found, problems.NOT_FOUND)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer after an error of ours; one of the database or the disk may pass."""
    error = sys.exception()
    is_full = getattr(error, "errno", None) == errno.ENOSPC or isinstance(
        getattr(error, "__cause__", None), psycopg.errors.DiskFull
    )
    if is_full or isinstance(error, (OperationalError, InterfaceError)):
        log.warning("the database or the disk could not: %s %s", request.path, error)
        return doors.unavailable(request, is_full=is_full)
    return problems.fail(request) if _is_api(request) else defaults.server_error(request)
