"""Language of the page, its compression, and refusals that nobody caught."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers

from sijil.kernel.errors import Category, Refused
from sijil.pages import background, guards, languages, refusals, tongues
from sijil.pages.languages import SECONDS, reading
from sijil.pages.problems import STATUS

DEFAULT_LANGUAGE = "ar"
SECOND_COOKIE = "second_language"
COMPRESSED = ("text/html", "application/json")
ONE_YEAR = 365 * 24 * 3600
Answer = Callable[[HttpRequest], HttpResponse]


class LanguageMiddleware:
    """Arabic for who chose nothing; ``?lang=fr`` chooses, stays in a cookie and keeps the page.

    A form that is sent with it is answered in that language.

    The last of Arabic and French stays in a cookie of its own: it is read where Tamazight has gaps.
    ``?second=fr`` chooses it alone.

    The browser's own language is not asked: many phones in Morocco are set to a language their
    owner does not read, and the switch is the first thing on the page.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        wanted, second = request.GET.get("lang"), request.GET.get("second")
        if (wanted in LANGUAGES or second in SECONDS) and request.method == "GET":
            return _remember(request, wanted, second)
        known = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = next((code for code in (wanted, known) if code in LANGUAGES), DEFAULT_LANGUAGE)
        with reading(language, wanted if wanted in SECONDS else request.COOKIES.get(SECOND_COOKIE, "")):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            _choose(response, wanted, second)
            response.headers.setdefault("Content-Language", str(translation.get_language()))
            patch_vary_headers(response, ("Cookie",))
            _tell_gaps(response, languages.second())
        return response


def _tell_gaps(response: HttpResponse, second: str) -> None:
    """Mark what a page says in the second language."""
    if second and response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming:
        response.content = tongues.mark(response.content.decode(), second).encode()
        response.headers["Content-Length"] = str(len(response.content))


LANGUAGES = {code for code, _ in settings.LANGUAGES}


def _remember(request: HttpRequest, language: str | None, second: str | None) -> HttpResponse:
    query = request.GET.copy()
    query.pop("lang", None)
    query.pop("second", None)
    address = f"{request.path}?{query.urlencode()}" if query else request.path
    response = HttpResponseRedirect("/" + address.lstrip("/\\"))
    _choose(response, language, second)
    return response


def _choose(response: HttpResponse, language: str | None, second: str | None) -> None:
    """Keep a language that was chosen, and the second one, in cookies."""
    if second not in SECONDS:
        second = language
    chosen = [
        (settings.LANGUAGE_COOKIE_NAME, language, tuple(LANGUAGES)), (SECOND_COOKIE, second, SECONDS)
    ]  # fmt: skip
    for name, value, known in chosen:
        if value is not None and value in known:
            response.set_cookie(
                name, value, max_age=ONE_YEAR, samesite="Lax", httponly=True,
                secure=settings.SESSION_COOKIE_SECURE,
            )  # fmt: skip


class CompressionMiddleware(GZipMiddleware):
    """Sends pages and JSON compressed to who accepts it; files are served as they are.

    Secrets stay unguessable by length (BREACH): a token of a form is masked anew at each answer, a session's
    cookie comes with no request that another site makes unseen (SameSite), and Django pads at random.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.headers.get("Content-Type", "").startswith(COMPRESSED):
            return super().process_response(request, response)
        return response


class RefusalMiddleware:
    """A :class:`Refused` that a view let through becomes a page that says what to do."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        if exception.error.category is Category.UNAUTHENTICATED and not guards.is_signed_in(request):
            return guards.ask_to_sign_in(request)
        if exception.error.category is Category.FORBIDDEN:
            guards.note_closed_door(request, exception)
        if background.is_background(request):
            return background.refused(str(refusals.words(exception)), STATUS[exception.error.category])
        return refusals.page(request, exception)
