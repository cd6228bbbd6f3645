"""Everything that goes wrong in the API, as problem details (RFC 9457) in the language of the request.

api = ProblemAPI(...)                               once, in ``main``
@router.get(..., response={200: Out, **PROBLEMS})   the refusals in the OpenAPI document
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.utils import translation
from django.utils.translation import gettext, gettext_noop
from django.utils.translation.trans_real import parse_accept_lang_header
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from pydantic import ConfigDict, Field

from sijil.kernel.errors import Category, ErrorCode, Refused
from sijil.kernel.text import check_text
from sijil.pages import guards
from sijil.pages.problems import CONTENT_TYPE, problem, refusal_problem

FIELDS_INVALID = ErrorCode(
    "api.fields_invalid",
    Category.INVALID,
    "Some fields are not as they should be.",
    "Correct the fields named in errors.",
)
FIELD_UNKNOWN = ErrorCode(
    "api.field_unknown",
    Category.INVALID,
    "This call does not know this field.",
    "Leave it out; what each call takes is listed at /v1/docs.",
)
SIGNED_OUT = ErrorCode(
    "api.signed_out",
    Category.UNAUTHENTICATED,
    "This call needs an access token.",
    "Get one and send it as Authorization: Bearer.",
)
NOT_FOUND = ErrorCode(
    "api.not_found",
    Category.MISSING,
    "There is nothing at this address.",
    "The calls are listed at /v1/docs.",
)
NOT_READ = ErrorCode(
    "api.not_read",
    Category.INVALID,
    "The request cannot be read.",
    "Send well-formed JSON.",
)

TOO_LARGE = ErrorCode(
    "api.too_large",
    Category.TOO_LARGE,
    "What was sent is too large.",
    "Send at most {megabytes} MB at once; make the pictures smaller, or send them one by one.",
)
TOO_SLOW = ErrorCode(
    "api.too_slow",
    Category.LATE,
    "What was sent did not arrive in time.",
    "Send it again, over a better line if there is one; smaller pictures arrive sooner.",
)
UNAVAILABLE = ErrorCode(
    "api.unavailable",
    Category.UNAVAILABLE,
    "The service cannot answer at this moment.",
    "What was saved before is kept. Try again in a few seconds.",
)
TOO_MANY_VALUES = ErrorCode(
    "api.too_many_values",
    Category.INVALID,
    "What was sent holds too many values.",
    "Send what the call asks for and nothing else; /v1/docs lists it.",
)
MOST_VALUES = 20_000
DISK_FULL = ErrorCode(
    "api.disk_full",
    Category.UNAVAILABLE,
    "The service cannot keep anything at this moment: its disk is full.",
    "What was saved before is kept and can be read. Try again in a few minutes.",
)
FAILED = (
    gettext_noop("Something went wrong on our side."),
    gettext_noop("Nothing of this call was kept. Try again in a few minutes."),
)


class FieldError(Schema):
    """What is wrong with one field."""

    field: str = Field(description="Path of the field, its parts separated by dots.")
    detail: str


class Problem(Schema):
    """RFC 9457. ``code`` is stable; ``title`` and ``detail`` are in the language asked for."""

    type: str = Field(description="urn:sijil:problem: and the code.")
    title: str = Field(description="What was refused.")
    status: int
    detail: str = Field("", description="What can be done about it.")
    code: str
    errors: list[FieldError] = Field(default_factory=list)


PROBLEMS: dict[int, type[Problem]] = dict.fromkeys((401, 403, 404, 409, 413, 422, 429, 503), Problem)


class Body(Schema):
    """What a call sends: what it does not know is refused by its path, never dropped."""

    model_config = ConfigDict(extra="forbid")


def check_form(request: HttpRequest, known: set[str]) -> None:
    """Refuse a field of a form that the call does not know. Raises: Refused(FIELD_UNKNOWN)."""
    for name in (*request.POST, *request.FILES):
        if name not in known:
            raise Refused(FIELD_UNKNOWN, field=name)


class TextParser(Parser):
    """Reads JSON bodies; a string that cannot be kept is refused by its path.

    One that holds values by the ten thousand is not read at all: a paper is one value, however large.
    """

    def parse_body(self, request: HttpRequest) -> Any:
        if sum(map(request.body.count, (b",", b"[", b"{"))) > MOST_VALUES:
            raise Refused(TOO_MANY_VALUES)
        found = json.loads(request.body, object_pairs_hook=_once, parse_constant=_no_constant)
        check_text(found)
        return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Read an object; the same name twice could mean two things to two readers."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is repeated")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


class ProblemAPI(NinjaAPI):
    """An API that answers every refusal and error with a problem document, and says so in its description.

    ``schemas``: of what is sent inside something else (a signed message), to be described with the rest.
    """

    schemas: Mapping[str, Any] = {}

    def set_default_exception_handlers(self) -> None:
        super().set_default_exception_handlers()
        register(self)

    def get_openapi_schema(self, *arguments: Any, **options: Any) -> Any:
        """Return the description, the problems with their own content type."""
        schema = super().get_openapi_schema(*arguments, **options)
        schema["components"]["schemas"].update(self.schemas)
        for path, operations in schema["paths"].items():
            for operation in operations.values():
                _name_content(path, operation.get("responses", {}))
        return schema


def register(api: NinjaAPI) -> None:
    """Answer every refusal and error of ``api`` with a problem document."""
    api.add_exception_handler(Refused, _refused)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(AuthenticationError, _signed_out)
    api.add_exception_handler(Http404, _not_found)
    api.add_exception_handler(HttpError, _http_error)
    api.add_exception_handler(RawPostDataException, _not_read)


def _name_content(path: str, responses: dict[Any, Any]) -> None:
    for response in responses.values():
        content = response.get("content", {})
        schema = content.get("application/json", {}).get("schema", {})
        if schema.get("$ref", "").endswith("/Problem"):
            content[CONTENT_TYPE] = content.pop("application/json")
        elif schema.get("format") == "binary":
            file_type = "text/csv" if path.endswith(".csv") else "application/pdf"
            content[file_type] = content.pop("application/json")


def respond(body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Return the response of a problem document."""
    text = json.dumps(body, ensure_ascii=False)
    return HttpResponse(text, status=body["status"], content_type=CONTENT_TYPE, headers=dict(headers or {}))


def language_of(request: HttpRequest) -> str:
    """Return the language of the answer: the first of ``Accept-Language`` that we have, else English."""
    ours = {code for code, _ in settings.LANGUAGES}
    asked = parse_accept_lang_header(request.headers.get("Accept-Language", "").lower())
    return next((tag.split("-")[0] for tag, _ in asked if tag.split("-")[0] in ours), "en")


def _refused(request: HttpRequest, refused: Refused | type[Refused]) -> HttpResponse:
    assert isinstance(refused, Refused)
    if refused.error.category is Category.FORBIDDEN:
        guards.note_closed_door(request, refused)
    unknown = refused.error.category is Category.UNAUTHENTICATED
    headers = {"WWW-Authenticate": "Bearer"} if unknown else {}
    if refused.error.category in (Category.TOO_MANY, Category.UNAVAILABLE):
        headers["Retry-After"] = str(refused.facts.get("seconds", 60))
    with translation.override(language_of(request)):
        return respond(refusal_problem(refused, translate=gettext), headers)


def _invalid(request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
    assert isinstance(error, ValidationError)
    with translation.override(language_of(request)):
        errors = {_path(found["loc"]): _detail(found) for found in error.errors}
        title, remedy = gettext(FIELDS_INVALID.title), gettext(FIELDS_INVALID.remedy)
    return respond(problem(FIELDS_INVALID.code, 422, title, remedy, errors=errors))


def _detail(found: Mapping[str, Any]) -> str:
    return gettext(FIELD_UNKNOWN.title if found.get("type") == "extra_forbidden" else str(found["msg"]))


def _path(place: Sequence[Any]) -> str:
    """Return ``address.commune`` of ``("body", "payload", "address", "commune")``.

    The first part says where the value came from; a body has the name of the view's argument after it.
    """
    parts = [str(part) for part in place]
    return ".".join(parts[2:] if parts[0] == "body" and len(parts) > 2 else parts[1:]) or parts[0]


def refuse(request: HttpRequest, refused: Refused, *, status: int = 0) -> HttpResponse:
    """Return the problem document of a refusal that no call made; ``status``: not that of its category."""
    if not status:
        return _refused(request, refused)
    with translation.override(language_of(request)):
        return respond(refusal_problem(refused, translate=gettext) | {"status": status})


def fail(request: HttpRequest) -> HttpResponse:
    """Return the problem document of an error of ours."""
    with translation.override(language_of(request)):
        return respond(problem("api.failed", 500, gettext(FAILED[0]), gettext(FAILED[1])))


def _signed_out(request: HttpRequest, error: Any) -> HttpResponse:
    return _refused(request, Refused(SIGNED_OUT))


def _not_found(request: HttpRequest, error: Any) -> HttpResponse:
    return _refused(request, Refused(NOT_FOUND))


def _not_read(request: HttpRequest, error: Any) -> HttpResponse:
    """A form came where JSON is asked for."""
    return _refused(request, Refused(NOT_READ))


def _http_error(request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    """Ninja's own errors: a body that is no JSON, mostly."""
    assert isinstance(error, HttpError)
    if isinstance(error.__cause__, Refused):
        return _refused(request, error.__cause__)
    if error.status_code in (400, 422):
        return _refused(request, Refused(NOT_READ))
    return respond(problem(f"api.http_{error.status_code}", error.status_code, str(error)))
