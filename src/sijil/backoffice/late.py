"""What is late and on whom it waits: the picture, whose turn it is, then the files, the latest first.

An administrator and who reads all see the whole country, an officer and a supervisor the own centre. No
identity is opened.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from sijil.domains.appointments import queries as appointments
from sijil.kernel import ids
from sijil.kernel.casework import Role
from sijil.kernel.casework.files import registered
from sijil.kernel.casework.watch import Late, Selection, Stock, count_stock, list_late
from sijil.kernel.casework.words import ROLES
from sijil.kernel.errors import Refused
from sijil.pages import clock, labels
from sijil.pages.guards import ROLE_MISSING, has_role, only_reads, role_required
from sijil.pages.languages import said, spoken
from sijil.pages.paging import Page, by_key
from sijil.reporting import lateness, processing
from sijil.reporting.lateness import Pile
from sijil.reporting.processing import Standing, Step

PAGE = 50

# kind of file -> the page that shows one, the name of its argument, and who may open it
PAGES: dict[str, tuple[str, str, str]] = {
    "enrolment": ("counter-file", "number", "csc_officer"),
    "re_enrolment": ("counter-child", "number", "csc_officer"),
    "registration": ("backoffice-household", "number", "adjudicator"),
    "review": ("backoffice-household", "number", "adjudicator"),
    "adjudication": ("backoffice-case", "case_id", "adjudicator"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One late file as it is shown: ``number`` as staff call it, ``url`` empty where no page shows it."""

    number: str
    url: str
    kind: str
    state: str
    tone: str
    turn: str
    due_on: dt.date
    days: int


@dataclass(frozen=True, slots=True)
class Over:
    """A file that stands longer than its step may take, as it is shown."""

    number: str
    url: str
    step: str
    since: dt.datetime
    tries: int


STEPS = {
    Step.PAPERS: _("A paper that was asked for"),
    Step.COMPARISON: _("Comparison with everyone known"),
    Step.ENGINE: _("Recognition engine"),
    Step.DECISION: _("Decision after the comparison"),
    Step.OFFICERS: _("Decision of two officers"),
}


@role_required("administrator", "csc_officer", "supervisor")
def show(request: HttpRequest) -> HttpResponse:
    """The files past their last day, with what waits and what is near as figures."""
    today, centre = clock.today(), _centre(request)
    stock = count_stock(on=today, of=Selection(centre=centre))
    of = _chosen(request, stock, centre)
    page = by_key(
        lambda after, limit: list_late(on=today, of=of, after=after or "", limit=limit),
        after=request.GET.get("after"),
        key_of=lambda late: late.place,
        size=PAGE,
    )
    standing = processing.list_standing(now=clock.now(), centre=centre)
    context = {
        "stages": [(STEPS[stage.step], stage) for stage in processing.by_step(standing) if stage.files],
        "over": [_over(request, one) for one in standing if one.is_over][:PAGE],
        "today": today,
        "centre": _centre_name(centre),
        "total": lateness.total(stock),
        "kinds": [(_kind(pile.name), pile) for pile in lateness.by_kind(stock)],
        "turns": [(_turn(pile.name), pile, _days(pile, today)) for pile in lateness.by_turn(stock)],
        "of": of,
        "count": lateness.total(_within(stock, of)).late,
        "page": Page([_line(request, late) for late in page.rows], page.next_key, page.after),
        "page_query": urlencode({k: v for k, v in (("kind", of.kind), ("turn", of.waits_on)) if v}),
    }
    return render(request, "backoffice/late.html", context)


def _centre(request: HttpRequest) -> str:
    """Return the centre whose files may be seen; empty: all. Raises: Refused(ROLE_MISSING)."""
    centre = str(getattr(request.user, "centre_code", "") or "")
    if has_role(request, "administrator") or only_reads(request):
        return ""
    if not centre:
        raise Refused(ROLE_MISSING)
    return centre


def _chosen(request: HttpRequest, stock: Sequence[Stock], centre: str) -> Selection:
    """Return the kind and the turn that were asked for; what is unknown asks for nothing."""
    kind, turn = request.GET.get("kind", ""), request.GET.get("turn", "")
    return Selection(
        kind=kind if kind in {s.kind for s in stock} else "",
        waits_on=turn if turn in {s.waits_on for s in stock} else "",
        centre=centre,
    )


def _within(stock: Iterable[Stock], of: Selection) -> list[Stock]:
    return [s for s in stock if of.kind in ("", s.kind) and of.waits_on in ("", s.waits_on)]


def _centre_name(code: str) -> str:
    try:
        return appointments.get_centre(code).name(spoken()) if code else ""
    except Refused:  # a centre that was closed since
        return code


def _days(pile: Pile, today: dt.date) -> int:
    return (today - pile.late_since).days if pile.late_since else 0


def _kind(name: str) -> str:
    return labels.kind_words(registered()[name].kind)


def _turn(name: str) -> str:
    return said(ROLES[Role(name)])


def _line(request: HttpRequest, late: Late) -> Line:
    kind = registered()[late.kind].kind
    return Line(
        number=_number(late.number),
        url=_url(request, late),
        kind=labels.kind_words(kind),
        state=labels.file_state_words(kind, late.state),
        tone=labels.tone(late.state),
        turn=_turn(late.waits_on),
        due_on=late.due_on,
        days=late.days,
    )


def _over(request: HttpRequest, one: Standing) -> Over:
    url = reverse("counter-file", args=[one.number]) if has_role(request, "csc_officer") else ""
    return Over(ids.show_number(one.number), url, str(STEPS[one.step]), one.since, one.tries)


def _number(text: str) -> str:
    """Return the number as it is written; ten digits are an IDCS, an identity, and are not shown here."""
    if ids.is_number(text):
        return ids.show_number(text)
    if ids.is_household_code(text):
        return ids.show_household_code(text)
    return "" if len(text) == 10 and text.isdecimal() else text[:13]


def _url(request: HttpRequest, late: Late) -> str:
    name, argument, role = PAGES.get(late.kind, ("", "", ""))
    is_readable = only_reads(request) and name.startswith("backoffice-")
    if not name or not (has_role(request, role) or is_readable):
        return ""
    return reverse(name, kwargs={argument: late.number if argument == "number" else late.file})


urlpatterns = [path("", show, name="backoffice-late")]
