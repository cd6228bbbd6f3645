"""The programme manager's pages: who qualifies, publishing a ranked list, reading and downloading it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from sijil.domains.programmes import queries as programmes
from sijil.domains.programmes import rules
from sijil.domains.programmes.errors import PUBLICATION_UNTICKED
from sijil.domains.programmes.types import Programme, PublishedList, Seen
from sijil.journeys import programme_members, programme_support
from sijil.kernel.errors import Refused
from sijil.pages import clock, refusals
from sijil.pages.formats import number
from sijil.pages.forms import Form
from sijil.pages.guards import actor_of, post_only, role_required
from sijil.pages.languages import spoken
from sijil.pages.paging import Page

manager = role_required("programme_manager")
PAGE = 50
STATES = {
    "waiting": gettext_noop("Asked for, waiting"),
    "preparing": gettext_noop("Being prepared"),
    "published": gettext_noop("Published"),
    "refused": gettext_noop("Refused, nothing was published"),
    "failed": gettext_noop("Failed, nothing was published"),
}
TONES = {"waiting": "wait", "preparing": "wait", "published": "good", "refused": "bad", "failed": "bad"}
LOW, HIGH, BARS = Decimal(8), Decimal(12), 40
WIDTH, HEIGHT = 600, 150


class PublishForm(Form):
    """The one tick that freezes a list."""

    confirmed = forms.BooleanField(
        required=False,
        label=_("I have read the figures above; the list is to be frozen with them."),
    )


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the drawing, and its line in the table under it."""

    x: Decimal
    y: Decimal
    width: Decimal
    height: Decimal
    low: Decimal
    high: Decimal
    households: int
    css: str


@manager
def overview(request: HttpRequest) -> HttpResponse:
    """All programmes in force with their counts."""
    lines = [_line(found) for found in programme_support.list_overviews(clock.today())]
    return render(request, "backoffice/programmes/overview.html", {"lines": lines})


def _line(found: programme_support.Overview) -> dict[str, Any]:
    return {
        "overview": found,
        "programme": found.programme,
        "name": found.programme.name(spoken()),
        "authority": found.programme.authority(spoken()),
        "law": found.programme.law(spoken()),
        "note": found.programme.note(spoken()),
        "figures": found.figures,
        "decided": found.figures.eligible + found.figures.not_eligible,
        "near": found.figures.near_under + found.figures.near_over,
        "last": found.last_list,
    }


@manager
def programme(request: HttpRequest, code: str) -> HttpResponse:
    """One programme: its threshold and source, where households stand, its lists."""
    found = programme_support.get_overview(code, clock.today())
    counted = programme_support.count_by_score(lowest=LOW, highest=HIGH, bars=BARS)
    bars = draw(counted, found.programme.threshold)
    lists = [_with_state(row) for row in programmes.list_lists(code)]
    drawing = {
        "bars": bars,
        "mark": _place(found.programme.threshold),
        "figure": number(found.programme.threshold),
        "axis": _axis(),
    }
    return render(
        request, "backoffice/programmes/programme.html", {**_line(found), **drawing, "lists": lists}
    )


def _with_state(row: PublishedList) -> dict[str, Any]:
    return {"list": row, "state": gettext(STATES[row.state.value]), "tone": TONES[row.state.value]}


def draw(bars: Sequence[tuple[Decimal, int]], threshold: Decimal) -> list[Bar]:
    """Return the bars of the distribution: those wholly at or under the threshold in another colour."""
    tallest = max((count for _, count in bars), default=0) or 1
    step, width = (HIGH - LOW) / BARS, Decimal(WIDTH) / BARS
    drawn = []
    for place, (low, count) in enumerate(bars):
        height = (Decimal(count) / tallest * HEIGHT).quantize(Decimal("0.1"))
        css = "bar-value" if low + step <= threshold else "bar-raises" if low <= threshold else "scale-1"
        at = (width * place, HEIGHT - height, width - 2, height)
        drawn.append(Bar(*at, low, low + step, count, css))
    return drawn


def _place(points: Decimal) -> Decimal:
    """Return where a number of points falls on the drawing's axis."""
    return ((points - LOW) / (HIGH - LOW) * WIDTH).quantize(Decimal("0.1"))


def _axis() -> list[tuple[Decimal, int]]:
    return [(_place(Decimal(points)), points) for points in range(int(LOW), int(HIGH) + 1)]


@manager
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Confirm, then ask for the list; a worker freezes it. Only the page to be read counts the country."""
    form = PublishForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return _publish(request, programmes.get_programme(code, clock.today()), form)
        except Refused as refused:
            form.refuse(refused)
    found = programme_support.get_overview(code, clock.today())
    status = 422 if form.errors else 200
    obstacle = programme_support.find_obstacle(found.figures, found.programme)
    context = {**_line(found), "form": form, "obstacle": refusals.words(obstacle) if obstacle else None}
    return render(request, "backoffice/programmes/publish.html", context, status=status)


def _publish(request: HttpRequest, found: Programme, form: PublishForm) -> HttpResponse:
    if not form.cleaned_data["confirmed"]:
        raise Refused(PUBLICATION_UNTICKED, field="confirmed")
    asked = programme_support.ask_list(
        programme=found.code, seen=_seen(request), actor=actor_of(request), now=clock.now()
    )
    return redirect("backoffice-list", list_id=asked.id)


def _seen(request: HttpRequest) -> Seen:
    """Return the figures that stood on the page; other ones, or none, are told from those of the moment."""
    eligible = request.POST.get("seen_eligible", "")
    is_number = eligible.isascii() and eligible.isdigit() and len(eligible) < 18
    return Seen(request.POST.get("seen_version", ""), int(eligible) if is_number else -1)


@manager
def ranked_list(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """A published list, page by page, each reading audited; before, how far it is, or why there is none."""
    after = request.GET.get("after", "")
    start = int(after) if after.isascii() and after.isdigit() and len(after) < 18 else 0
    found, rows = programme_support.read_list(
        list_id=str(list_id), after=start, limit=PAGE, actor=actor_of(request), now=clock.now()
    )
    of = rules.load_programme(found.programme, found.threshold_version)  # it may have ended since
    page = Page(rows.rows, str(rows.next_after or ""), str(start or ""))
    context = {
        "list": found,
        "page": page,
        "page_query": "",
        "name": of.name(spoken()),
        "refusal": refusals.words(refused) if (refused := programmes.find_refusal(found)) else None,
        **_with_state(found),
    }
    return render(request, "backoffice/programmes/list.html", context)


@manager
def download(request: HttpRequest, list_id: UUID) -> Any:
    """The list as CSV, streamed from the database; its SHA-256 is the checksum shown."""
    found, pieces = programme_support.download_list(
        list_id=str(list_id), actor=actor_of(request), now=clock.now()
    )
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.programme}-{found.number:04d}.csv"'
    response["X-Content-SHA256"] = found.checksum
    return response


@manager
def members(request: HttpRequest, list_id: UUID) -> Any:
    """The list with the members of each household, as CSV; each of them can read that it was given."""
    found, pieces = programme_members.download_members(
        list_id=str(list_id), actor=actor_of(request), now=clock.now()
    )
    name = f"{found.programme}-{found.number:04d}-members.csv"
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@manager
@post_only("backoffice-list")
def check(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """Compute the checksum of the rows again and say whether it is still the published one."""
    if programme_support.check_list(list_id=str(list_id), actor=actor_of(request), now=clock.now()):
        messages.success(request, gettext("Checked: the rows are exactly those that were published."))
    else:
        messages.error(
            request, gettext("The rows differ from those published. Tell your administrator at once.")
        )
    return redirect("backoffice-list", list_id=list_id)


urlpatterns = [
    path("", overview, name="backoffice-programmes"),
    path("lists/<uuid:list_id>/", ranked_list, name="backoffice-list"),
    path("lists/<uuid:list_id>/list.csv", download, name="backoffice-list-csv"),
    path("lists/<uuid:list_id>/members.csv", members, name="backoffice-list-members"),
    path("lists/<uuid:list_id>/check/", check, name="backoffice-list-check"),
    path("<slug:code>/", programme, name="backoffice-programme"),
    path("<slug:code>/publish/", publish, name="backoffice-publish"),
]
