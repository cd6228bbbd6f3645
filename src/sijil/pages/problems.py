"""Refusals as machines read them: problem details for HTTP APIs (RFC 9457).

{"type": "urn:sijil:problem:verification.idcs_invalid", "title": "This is not a well-formed IDCS.",
 "status": 422, "detail": "Write its ten digits; ...", "code": "verification.idcs_invalid",
 "errors": [{"field": "idcs", "detail": "This is not a well-formed IDCS."}]}
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from sijil.kernel.errors import Category, Refused, fill

CONTENT_TYPE = "application/problem+json"
STATUS: Mapping[Category, int] = {
    Category.INVALID: 422,
    Category.MISSING: 404,
    Category.CONFLICT: 409,
    Category.FORBIDDEN: 403,
    Category.UNAUTHENTICATED: 401,
    Category.TOO_MANY: 429,
    Category.TOO_LARGE: 413,
    Category.LATE: 408,
    Category.UNAVAILABLE: 503,
}


def problem(
    code: str, status: int, title: str, detail: str = "", *, errors: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return a problem document. ``errors``: field → what is wrong with it."""
    body: dict[str, Any] = {"type": f"urn:sijil:problem:{code}", "title": title, "status": status}
    if detail:
        body["detail"] = detail
    body["code"] = code
    if errors:
        body["errors"] = [{"field": field, "detail": text} for field, text in errors.items()]
    return body


def _plain(fact: Any) -> Any:
    return fact.isoformat(timespec="seconds") if isinstance(fact, dt.datetime) else fact


def _facts(refused: Refused) -> dict[str, Any]:
    return {"field": refused.field, **{name: _plain(fact) for name, fact in refused.facts.items()}}


def refusal_problem(refused: Refused, *, translate: Callable[[str], str] = str) -> dict[str, Any]:
    """Return the problem document of a refusal, its sentences translated and filled with its facts."""
    title, remedy = (
        fill(translate(sentence), _facts(refused)) for sentence in (refused.error.title, refused.error.remedy)
    )
    told = (refused, *refused.also)
    errors = {one.field: fill(translate(one.error.title), _facts(one)) for one in told if one.field}
    return problem(refused.code, STATUS[refused.error.category], title, remedy, errors=errors)
