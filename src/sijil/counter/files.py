"""The officer's counter: the day's queue, one file with its papers and captures on one page, the receipt."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST

from sijil.counter.forms import (
    COMPARED,
    CaptureForm,
    PaperValuesForm,
    SearchForm,
    WalkInForm,
    papers_form,
    refuse_form,
)
from sijil.domains.appointments import queries as appointments
from sijil.domains.biometrics import queries as captures
from sijil.domains.biometrics.types import ExceptionReason, Modality
from sijil.domains.documents import queries as documents
from sijil.domains.geography import queries as geography
from sijil.domains.population_register import queries
from sijil.domains.population_register.rules import normalise_phone
from sijil.domains.population_register.types import Channel, Request
from sijil.journeys import person_enrolment, person_papers
from sijil.kernel.dates import day_begins
from sijil.kernel.errors import Category, ErrorCode, Refused
from sijil.kernel.ids import show_number
from sijil.pages import clock, refusals
from sijil.pages.guards import actor_of, role_required
from sijil.pages.person_forms import identity_of

OTHER_CENTRE = ErrorCode(
    "counter.other_centre",
    Category.FORBIDDEN,
    "This file belongs to another centre.",
    "Send the person to the centre of the appointment, or register them here as a new request.",
)
officer = role_required("csc_officer")


@officer
def queue(request: HttpRequest) -> HttpResponse:
    """The files of the centre to treat today, and the search."""
    context = _queue(request)
    text = request.GET.get("q", "").strip()
    if text:
        phone = normalise_phone(text)
        context["found"] = queries.find_requests(phone if phone.startswith("+") else text)
        context["searched"] = True
    context["search"] = SearchForm(initial={"q": text})
    return render(request, "counter/queue.html", context)


@officer
def show_file(request: HttpRequest, number: str) -> HttpResponse:
    """One file: form beside papers, captures, the next action."""
    found = _file(request, number)
    return _page(request, found)


@officer
@require_POST
def compare_papers(request: HttpRequest, number: str) -> HttpResponse:
    """Save what the papers say; the form is corrected where it differs."""
    found = _file(request, number)
    form = PaperValuesForm(request.POST)
    if not form.is_valid():
        return _page(request, found, values=form)
    changes = form.changes_to(found.identity)
    try:
        if changes:
            _act(person_enrolment.correct, request, found, changes=changes)
    except Refused as refused:
        form.refuse(refused)
        return _page(request, found, values=form)
    request.session[f"compared:{found.number}"] = sorted(changes)
    text = gettext("The form now says what the paper says.") if changes else gettext("Papers and form agree.")
    messages.success(request, text)
    return redirect("counter-file", number=found.number)


@officer
@require_POST
def capture(request: HttpRequest, number: str) -> HttpResponse:
    """Keep one picture; a picture too dark, blurred or small is refused with what to do."""
    found = _file(request, number)
    form = CaptureForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, found, capture=form)
    try:
        content = form.cleaned_data["picture"].read()
        modality = form.cleaned_data["modality"]
        person_enrolment.capture(
            number=found.number, modality=modality, content=content, actor=actor_of(request), now=clock.now()
        )
    except Refused as refused:
        refused.field = "picture"
        form.refuse(refused)
        return _page(request, found, capture=form)
    return redirect("counter-file", number=found.number)


@officer
@require_POST
def excuse(request: HttpRequest, number: str) -> HttpResponse:
    """An eye is missing or cannot be read: the reason stands in its place."""
    found = _file(request, number)
    try:
        _act(
            person_enrolment.excuse_capture,
            request,
            found,
            modality=request.POST.get("modality", ""),
            reason=request.POST.get("reason", ""),
        )
    except Refused as refused:
        messages.error(request, str(refusals.words(refused)))
    return redirect("counter-file", number=found.number)


@officer
@require_POST
def add_paper(request: HttpRequest, number: str) -> HttpResponse:
    """Keep a paper scanned at the counter."""
    found = _file(request, number)
    picture = request.FILES.get("picture")
    if picture is None:
        messages.error(request, gettext("Choose the file of the paper."))
        return redirect("counter-file", number=found.number)
    paper = person_enrolment.Paper(found.identity.paper_kind or "cnie", picture.name or "", picture.read())
    try:
        _act(person_enrolment.add_paper, request, found, paper=paper)
    except Refused as refused:
        messages.error(request, str(refusals.words(refused)))
    return redirect("counter-file", number=found.number)


@officer
@require_POST
def deposit(request: HttpRequest, number: str) -> HttpResponse:
    """Receive the file; the receipt follows."""
    found = _file(request, number)
    if f"compared:{found.number}" not in request.session:
        messages.error(request, gettext("Compare the papers with the form first, and save."))
        return redirect("counter-file", number=found.number)
    try:
        _act(person_enrolment.deposit, request, found)
    except Refused as refused:
        messages.error(request, str(refusals.words(refused)))
        return redirect("counter-file", number=found.number)
    return redirect("counter-received", number=found.number)


@officer
@require_POST
def ask_paper(request: HttpRequest, number: str) -> HttpResponse:
    """Ask for a paper, with a reason the person receives."""
    found = _file(request, number)
    form = papers_form(request.POST)
    if not form.is_valid():
        return _page(request, found, papers=form)
    _act(person_enrolment.ask_for_paper, request, found, reason=form.cleaned_data["reason"])
    messages.success(request, gettext("The person was told which paper is missing."))
    return redirect("counter-file", number=found.number)


@officer
@require_POST
def refuse(request: HttpRequest, number: str) -> HttpResponse:
    """Close the file, with a reason the person receives."""
    found = _file(request, number)
    form = refuse_form(request.POST)
    if not form.is_valid():
        return _page(request, found, refuse=form)
    _act(person_enrolment.refuse, request, found, reason=form.cleaned_data["reason"])
    messages.success(request, gettext("The file is closed and the person was told why."))
    return redirect("counter-queue")


@officer
def received(request: HttpRequest, number: str) -> HttpResponse:
    """The deposit is done: number, receipt to print, next file."""
    found = _file(request, number)
    return render(request, "counter/received.html", {"file": found, **_queue(request)})


@officer
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """The deposit receipt as PDF, in Arabic and French, with its signed QR."""
    found = _file(request, number)
    content = person_papers.render_deposit(found.number, actor=actor_of(request), now=clock.now())
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="sijil-{found.number}.pdf"'
    return answer


@officer
def new_file(request: HttpRequest) -> HttpResponse:
    """A person without an appointment: everything on one page."""
    place: Any = {"region": request.POST.get("region", ""), "province": request.POST.get("province", "")}
    if not place["region"]:
        place = _own_place(request)
    sent = request.method == "POST" and "show_communes" not in request.POST
    initial = {"language": "ar", "nationality": "moroccan", **(request.POST.dict() if not sent else {})}
    form = WalkInForm(request.POST, request.FILES, **place) if sent else WalkInForm(initial=initial, **place)
    if sent and form.is_valid():
        try:
            return redirect("counter-file", number=_open_file(request, form))
        except Refused as refused:
            form.refuse(refused)
    status = 422 if form.errors else 200
    return render(request, "counter/new.html", {"form": form, **_queue(request)}, status=status)


def _open_file(request: HttpRequest, form: WalkInForm) -> str:
    cleaned = form.cleaned_data
    picture = cleaned.get("picture")
    papers = [person_enrolment.Paper(cleaned["paper_kind"], picture.name, picture.read())] if picture else []
    return person_enrolment.pre_register(
        identity=identity_of(cleaned),
        centre_code=_centre_code(request),
        papers=papers,
        language=cleaned["language"],
        channel=Channel.COUNTER,
        actor=actor_of(request),
        now=clock.now(),
    )


@officer
def document(request: HttpRequest, number: str, document_id: Any) -> HttpResponse:
    """One paper of the file, unsealed for the officer (the reading was written down with the file)."""
    found = _file(request, number)
    paper = documents.get_document(document_id, owner=f"request:{found.number}")
    return HttpResponse(paper.content, content_type=paper.media_type)


def _act(use_case: Any, request: HttpRequest, found: Request, **values: Any) -> Any:
    return use_case(number=found.number, actor=actor_of(request), now=clock.now(), **values)


def _file(request: HttpRequest, number: str) -> Request:
    """Return the file of this centre, and write down the reading. Raises: Refused(OTHER_CENTRE)."""
    status = queries.get_status(number)
    if status.centre_code != _centre_code(request):
        raise Refused(OTHER_CENTRE)
    return person_enrolment.read_file(number, actor=actor_of(request), now=clock.now())


def _centre_code(request: HttpRequest) -> str:
    return str(getattr(request.user, "centre_code", ""))


def _own_place(request: HttpRequest) -> dict[str, str]:
    centre = appointments.get_centre(_centre_code(request))
    return {"region": centre.region_code, "province": centre.province_code}


def _queue(request: HttpRequest) -> dict[str, Any]:
    """What stands beside every page of the counter: the centre, the waiting files, the day's count."""
    code, now = _centre_code(request), clock.now()
    today = clock.today()
    bookings = {b.request_number: b for b in appointments.list_day(code, today)}
    waiting = queries.list_waiting(code)
    rows = [(bookings.get(r.number), r) for r in waiting]
    rows.sort(key=lambda row: (row[0] is None, str(row[0].at or "99") if row[0] else "", row[1].submitted_at))
    midnight = day_begins(today)
    return {
        "centre": appointments.get_centre(code),
        "waiting": rows,
        "booked": len(bookings),
        "done_today": queries.count_deposited(code, since=midnight),
        "now": now,
    }


def _page(request: HttpRequest, found: Request, **forms: Any) -> HttpResponse:
    """Render the file, with the form that was refused if there is one."""
    commune = geography.get_commune(found.identity.commune_code)
    values = forms.get("values") or PaperValuesForm.of(found.identity)
    changed = request.session.get(f"compared:{found.number}")
    context = {
        **_queue(request),
        "file": found,
        "values": values,
        "rows": [(name, values[name], getattr(found.identity, name)) for name in COMPARED],
        "compared": changed is not None,
        "changed": changed or [],
        "commune": commune.name(get_language() or "ar"),
        "documents": documents.list_documents(f"request:{found.number}"),
        "captures": _captures(found),
        "capture_form": forms.get("capture"),
        "papers_form": forms.get("papers") or papers_form(),
        "refuse_form": forms.get("refuse") or refuse_form(),
        "is_open": found.state in ("pre_registered", "papers_requested"),
        "title": show_number(found.number),
    }
    refused = any(form is not None and form.errors for form in forms.values())
    return render(request, "counter/file.html", context, status=422 if refused else 200)


def _captures(found: Request) -> dict[str, Any]:
    """Return the three places of the capture column, with what is there and what is still asked."""
    given = {c.modality: c for c in captures.list_captures(found.number)}
    excused = {e.modality: e.reason for e in captures.list_exceptions(found.number)}
    missing = captures.list_missing(found.number, birth=found.identity.birth, on=clock.today())
    places = [
        {
            "modality": m.value,
            "capture": given.get(m),
            "reason": excused.get(m),
            "is_asked": m in missing or m in given or m in excused,
            "is_done": m in given or m in excused,
            "reasons": [] if m is Modality.FACE else list(ExceptionReason),
        }
        for m in Modality
    ]
    return {"places": places, "is_complete": not missing}


urlpatterns = [
    path("", queue, name="counter-queue"),
    path("new/", new_file, name="counter-new"),
    path("<str:number>/", show_file, name="counter-file"),
    path("<str:number>/papers/", compare_papers, name="counter-compare"),
    path("<str:number>/capture/", capture, name="counter-capture"),
    path("<str:number>/excuse/", excuse, name="counter-excuse"),
    path("<str:number>/add-paper/", add_paper, name="counter-add-paper"),
    path("<str:number>/ask-paper/", ask_paper, name="counter-ask-paper"),
    path("<str:number>/refuse/", refuse, name="counter-refuse"),
    path("<str:number>/deposit/", deposit, name="counter-deposit"),
    path("<str:number>/received/", received, name="counter-received"),
    path("<str:number>/receipt.pdf", receipt, name="counter-receipt"),
    path("<str:number>/documents/<uuid:document_id>/", document, name="counter-document"),
]
