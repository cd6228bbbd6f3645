"""The register of centres: found, taken out and brought in as a table; one centre, and the days it is closed.

An administrator keeps the register; a supervisor closes and opens days of the own centre.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from sijil.domains.appointments import queries
from sijil.domains.appointments.types import WHY_SHUT, Centre, ImportLine, ImportReport, Outcome
from sijil.journeys import centres as journey
from sijil.kernel.errors import Refused
from sijil.kernel.ids import show_number
from sijil.pages import clock, formats, refusals
from sijil.pages.forms import Form
from sijil.pages.guards import ROLE_MISSING, actor_of, has_role, only_reads, post_only, role_required
from sijil.pages.languages import said, spoken

administrator = role_required("administrator")
keeper = role_required("administrator", "supervisor")
_DATE = forms.DateInput({"type": "date", "class": "w12"}, format="%Y-%m-%d")
OUTCOMES = {
    Outcome.ADDED: _("Added"),
    Outcome.CHANGED: _("Changed"),
    Outcome.REFUSED: _("Not taken"),
    Outcome.UNCHANGED: _("As before"),
}
TONES = {Outcome.ADDED: "good", Outcome.CHANGED: "wait", Outcome.REFUSED: "bad", Outcome.UNCHANGED: "plain"}


class SheetForm(Form):
    """A table of centres, and what it may do."""

    file = forms.FileField(
        label=_("Table in CSV"),
        help_text=_("The columns of the export, in UTF-8, at most 2 MB."),
        widget=forms.FileInput({"accept": ".csv,text/csv"}),
        error_messages={"required": _("Choose the file of the table.")},
    )
    tell = forms.BooleanField(
        label=_("Take away the appointments that fall, and tell their people"), required=False
    )


class ClosureForm(Form):
    """A day on which the centre receives nobody, and why."""

    on = forms.DateField(
        label=_("Which day?"), widget=_DATE, error_messages={"required": _("Write the day that is closed.")}
    )
    reason_ar = forms.CharField(label=_("Reason in Arabic"), max_length=200)
    reason_fr = forms.CharField(
        label=_("Reason in French"),
        max_length=200,
        help_text=_("The person reads it in the message: one short sentence."),
    )


@administrator
def show_list(request: HttpRequest) -> HttpResponse:
    """Find centres by code or name, take the table out, bring one in."""
    return _list(request, SheetForm())


@administrator
def export(request: HttpRequest) -> HttpResponse:
    """The whole register as a table."""
    answer = HttpResponse(journey.export_centres(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="sijil-centres-{clock.today()}.csv"'
    return answer


@administrator
@post_only("backoffice-centres")
def bring_in(request: HttpRequest) -> HttpResponse:
    """Say how each line of a table would end, or bring it in."""
    form = SheetForm(request.POST, request.FILES)
    if not form.is_valid():
        return _list(request, form)
    dry_run = "bring_in" not in request.POST
    try:
        report = journey.import_centres(
            content=form.cleaned_data["file"].read(),
            tell=form.cleaned_data["tell"],
            dry_run=dry_run,
            actor=actor_of(request),
            now=clock.now(),
        )
    except Refused as refused:
        form.refuse(refused)
        return _list(request, form)
    return _list(request, form, report=report, dry_run=dry_run)


@keeper
def show(request: HttpRequest, code: str) -> HttpResponse:
    """One centre: its facts, its days closed by exception, and a form to close another one."""
    return _centre_page(request, code, ClosureForm())


@keeper
@post_only("backoffice-centre")
def close_day(request: HttpRequest, code: str) -> HttpResponse:
    """Close a day; who has an appointment then is told and chooses another."""
    _require_own(request, code)
    form = ClosureForm(request.POST)
    if not form.is_valid():
        return _centre_page(request, code, form)
    try:
        fallen = journey.close_day(
            centre_code=code, **form.cleaned_data, actor=actor_of(request), now=clock.now()
        )
    except Refused as refused:
        form.refuse(refused)
        return _centre_page(request, code, form)
    said_to = ngettext(
        "The day is closed; {n} person was told to choose another appointment.",
        "The day is closed; {n} people were told to choose another appointment.",
        len(fallen),
    )
    messages.success(request, said_to.format(n=len(fallen)))
    return redirect("backoffice-centre", code)


@keeper
@post_only("backoffice-centre")
def open_day(request: HttpRequest, code: str) -> HttpResponse:
    """Open a closed day again."""
    _require_own(request, code)
    try:
        on = dt.date.fromisoformat(request.POST.get("on", "")[:10])
        journey.open_day(centre_code=code, on=on, actor=actor_of(request), now=clock.now())
    except ValueError:
        return redirect("backoffice-centre", code)
    except Refused as refused:
        messages.error(request, str(refusals.words(refused)))
    else:
        messages.success(request, gettext("The day is open again."))
    return redirect("backoffice-centre", code)


def _list(request: HttpRequest, form: Form, **report: Any) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:60]
    found = queries.search_centres(text) if text else []
    context = {
        "form": form,
        "q": text,
        "found": [_row(centre) for centre in found],
        "only_reads": only_reads(request),
        **({"report": _report(report["report"]), "dry_run": report["dry_run"]} if report else {}),
    }
    return render(request, "backoffice/centres/list.html", context, status=422 if form.errors else 200)


def _report(report: ImportReport) -> dict[str, Any]:
    return {
        "taken": len(report.lines),
        "counts": [(OUTCOMES[one], TONES[one], report.count(one)) for one in OUTCOMES],
        "lines": [_line(line) for line in report.lines if line.outcome is not Outcome.UNCHANGED][:500],
    }


def _line(line: ImportLine) -> dict[str, Any]:
    return {
        "number": line.number,
        "code": line.code,
        "outcome": OUTCOMES[line.outcome],
        "tone": TONES[line.outcome],
        "field": line.refused.field if line.refused else ", ".join(line.fields),
        "why": refusals.words(line.refused) if line.refused else "",
        "fallen": [
            (show_number(one.booking.request_number), one.booking.on, one.booking.at, said(WHY_SHUT[one.why]))
            for one in line.displaced
        ],
    }


def _centre_page(request: HttpRequest, code: str, form: Form) -> HttpResponse:
    _require_own(request, code)
    centre, today = queries.get_centre(code), clock.today()
    context = {
        "centre": _row(centre),
        "hours": [(formats.weekdays(d), a, b) for d, a, b in queries.list_hours(today, centre)],
        "closures": [(one.on, one.reason(spoken())) for one in queries.list_closures(code, today)],
        "holidays": queries.list_holidays(today, 90),
        "form": form,
        "only_reads": only_reads(request),
    }
    return render(request, "backoffice/centres/centre.html", context, status=422 if form.errors else 200)


def _require_own(request: HttpRequest, code: str) -> None:
    """A supervisor sees the own centre. Raises: Refused(ROLE_MISSING)."""
    own = str(getattr(request.user, "centre_code", "") or "")
    if not (has_role(request, "administrator") or only_reads(request) or code == own):
        raise Refused(ROLE_MISSING)


def _row(centre: Centre) -> dict[str, Any]:
    return {"name": centre.name(spoken()), "address": centre.address(spoken()), "centre": centre}


urlpatterns = [
    path("", show_list, name="backoffice-centres"),
    path("export.csv", export, name="backoffice-centres-export"),
    path("import/", bring_in, name="backoffice-centres-import"),
    path("<str:code>/", show, name="backoffice-centre"),
    path("<str:code>/close/", close_day, name="backoffice-centre-close"),
    path("<str:code>/open/", open_day, name="backoffice-centre-open"),
]
