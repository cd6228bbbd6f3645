"""Programmes and their ranked lists, for the programme manager's own systems."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from django.http import StreamingHttpResponse
from django.utils.translation import gettext
from ninja import Query, Router, Schema, Status

from sijil.api.auth import staff_auth
from sijil.api.idempotency import once
from sijil.api.problems import PROBLEMS, Problem
from sijil.domains.programmes import queries
from sijil.domains.programmes.types import PublishedList
from sijil.journeys import programme_members, programme_support, public_formula
from sijil.pages import clock
from sijil.pages.problems import refusal_problem

router = Router(tags=["programmes"])
manager = staff_auth("programme_manager")
LANGUAGES = ("ar", "fr", "zgh", "en")


class ProgrammeOut(Schema):
    """Numbers are exact decimal strings. A score at or under ``threshold`` qualifies.

    ``doubts``: what is not certain, by subject and language.
    """

    code: str
    names: dict[str, str]
    threshold: str
    version: str
    starts_on: dt.date
    laws: dict[str, str]
    source: str
    doubts: dict[str, dict[str, str]]


class CountsOut(ProgrammeOut):
    """Households by their stored decisions.

    A list is refused while one of ``undecided``, ``other_law`` (a score made by another law than the one in
    force), ``waiting`` (the law in force cannot score them before they answer what they are asked, until
    ``waits_until``), ``other_threshold`` or ``unlike`` (a decision that is not what its score says) is not 0.
    ``older_law``: who did not answer in time, asked since ``asked_since``, and keeps the last score.
    """

    considered: int
    eligible: int
    not_eligible: int
    pending: int
    near_under: int
    near_over: int
    undecided: int
    other_law: int
    other_threshold: int
    unlike: int
    waiting: int
    waits_until: dt.date | None
    older_law: int
    asked_since: dt.date | None


class PinOut(Schema):
    name: str
    version: str
    digest: str


class ListOut(Schema):
    """``checksum``: SHA-256 of the list's file, whose first lines are ``header``.

    ``older_law``: households that keep a score by an older law, for want of an answer that they are asked
    since ``asked_since``. ``before``: the number of the list that ``entered`` and ``left`` compare with; null
    for a first list. ``state``: ``waiting`` and ``preparing`` until it is ``published``, ``refused``
    (``problem`` says why) or ``failed``; the figures are those of a published list.
    """

    id: UUID
    programme: str
    number: int
    state: str
    day: dt.date
    threshold: str
    threshold_version: str
    formula_versions: list[str]
    pins: list[PinOut]
    considered: int
    not_eligible: int
    quarantined: int
    older_law: int
    asked_since: dt.date | None
    count: int
    before: int | None
    entered: int | None
    left: int | None
    header: str
    checksum: str
    reason: str
    problem: Problem | None
    started_at: dt.datetime
    published_at: dt.datetime | None


class RowOut(Schema):
    rank: int
    household_code: str
    score: str
    score_number: int
    exact_distance: str


class RowsOut(Schema):
    """``next_after``: give it as ``after`` to read on; null at the end."""

    ranked_list: ListOut
    rows: list[RowOut]
    next_after: int | None


@router.get("/formula", response={200: dict[str, Any], **PROBLEMS}, auth=None, operation_id="read_formula")
def read_formula(request: Any, language: str = "fr") -> dict[str, Any]:
    """The formula of the score in force, term by term: it is law, and public."""
    return public_formula.describe(clock.today(), language)


@router.get(
    "/programmes", response={200: list[ProgrammeOut], **PROBLEMS}, auth=None, operation_id="list_programmes"
)
def list_programmes(request: Any) -> list[dict[str, Any]]:
    """The programmes in force today, with their thresholds."""
    return [_programme(found) for found in queries.list_programmes(clock.today())]


@router.get(
    "/programmes/{code}", response={200: CountsOut, **PROBLEMS}, auth=manager, operation_id="read_programme"
)
def read_programme(request: Any, code: str) -> dict[str, Any]:
    """One programme, with how many households stand where."""
    found = programme_support.get_overview(code, clock.today())
    return _programme(found.programme) | asdict(found.figures)


@router.get(
    "/programmes/{code}/lists",
    response={200: list[ListOut], **PROBLEMS},
    auth=manager,
    operation_id="list_lists",
)
def list_lists(request: Any, code: str) -> list[dict[str, Any]]:
    """The last twenty lists of a programme, the newest first."""
    found = queries.list_lists(code)
    if not found:
        queries.get_programme(code, clock.today())  # one that has ended keeps its lists
    return [_list(one) for one in found]


@router.post(
    "/programmes/{code}/lists", response={202: ListOut, **PROBLEMS}, auth=manager, operation_id="publish_list"
)
@once()
def publish_list(request: Any, code: str) -> Status[dict[str, Any]]:
    """Ask for the list of all households at or under the threshold, ascending by score.

    It is frozen after the answer: read it by its ``id`` until its ``state`` is one of the last.
    """
    asked = programme_support.ask_list(programme=code, actor=request.actor, now=clock.now())
    return Status(202, _list(asked))


@router.get("/lists/{list_id}", response={200: RowsOut, **PROBLEMS}, auth=manager, operation_id="read_list")
def read_list(
    request: Any,
    list_id: UUID,
    after: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Any:
    """A list and its rows with ranks over ``after``."""
    found, page = programme_support.read_list(
        list_id=str(list_id), after=after, limit=limit, actor=request.actor, now=clock.now()
    )
    rows = [
        {
            "rank": r.rank,
            "household_code": r.household_code,
            "score": str(r.score),
            "score_number": r.score_number,
            "exact_distance": str(r.exact_distance),
        }
        for r in page.rows
    ]
    return {"ranked_list": _list(found), "rows": rows, "next_after": page.next_after}


@router.get(
    "/lists/{list_id}/rows.csv", auth=manager, operation_id="download_list", response={200: bytes, **PROBLEMS}
)
def download_list(request: Any, list_id: UUID) -> StreamingHttpResponse:
    """The list as CSV; the SHA-256 of the answer is the list's checksum."""
    found, pieces = programme_support.download_list(
        list_id=str(list_id), actor=request.actor, now=clock.now()
    )
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    response["X-Content-SHA256"] = found.checksum
    return response


@router.get(
    "/lists/{list_id}/members.csv",
    auth=manager,
    operation_id="download_list_members",
    response={200: bytes, **PROBLEMS},
)
def download_list_members(request: Any, list_id: UUID) -> StreamingHttpResponse:
    """The list with the members of each household as they are now, as CSV; its last line begins with ``end``.

    Each person named is told of it among the consultations of their file.
    """
    _, pieces = programme_members.download_members(list_id=str(list_id), actor=request.actor, now=clock.now())
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    response["Cache-Control"] = "no-store"
    return response


def _programme(found: Any) -> dict[str, Any]:
    names = ("code", "version", "starts_on", "source")
    plain = {name: getattr(found, name) for name in names}
    plain["doubts"] = {d.about: {code: d.text(code) for code in LANGUAGES} for d in found.doubts}
    return plain | {"names": dict(found.names), "laws": dict(found.laws), "threshold": str(found.threshold)}


def _list(found: PublishedList) -> dict[str, Any]:
    plain = {name: getattr(found, name) for name in PublishedList.__slots__}
    pins = [{"name": pin.name, "version": pin.version, "digest": pin.digest} for pin in found.pins]
    refused = queries.find_refusal(found)
    problem = refusal_problem(refused, translate=gettext) if refused else None
    told = {"state": found.state.value, "threshold": f"{found.threshold:f}", "pins": pins, "problem": problem}
    return plain | told
