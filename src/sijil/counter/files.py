"""The officer's counter: what is done to one file, from its opening to the receipt."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext

from sijil.counter import desk, elsewhere, showing, typed
from sijil.counter.forms import (
    CaptureForm,
    PaperValuesForm,
    ThingForm,
    WalkInForm,
    declared,
    papers_form,
    refuse_form,
)
from sijil.domains.biometrics.types import Modality
from sijil.domains.population_register.errors import NOTHING_CHANGES
from sijil.domains.population_register.rules import PersonField, PersonForm, form_of
from sijil.domains.population_register.states import UNDECIDED
from sijil.domains.population_register.types import Channel, Request
from sijil.journeys import person_enrolment, person_papers
from sijil.kernel import clean
from sijil.kernel.errors import Refused
from sijil.kernel.ids import draw_number
from sijil.pages import background, clock, refusals
from sijil.pages.guards import actor_of, post_only, role_required
from sijil.pages.person_forms import (
    answers_of,
    current_form,
    identity_of,
    wording,
)
from sijil.pages.pictures import picture_response

officer = role_required("csc_officer")
_WALK_IN = "counter.walk-in"


@officer
def show_file(request: HttpRequest, number: str) -> HttpResponse:
    """One file: form beside papers, captures, the next action."""
    return showing.show(request, number)


@officer
@post_only("counter-file")
def compare_papers(request: HttpRequest, number: str) -> HttpResponse:
    """Save what the papers say; the form is corrected where it differs."""
    if language := request.POST.get("_language"):
        return redirect(f"{_left(request, number).url}?{urlencode({'lang': language})}")
    identity = showing.read(request, number).identity
    if background.is_of_another_thing(request, declared(identity)):
        messages.warning(request, gettext("The form was changed meanwhile. Look at each line again."))
        return _left(request, number)
    form = PaperValuesForm(identity, request.POST)
    if not form.is_valid():
        return showing.show(request, number, values=form)
    try:
        paper = answers_of(form.law_form, form.cleaned_data)
        changed = _act(person_enrolment.compare_papers, request, number, paper=paper)
    except Refused as refused:
        form.refuse(refused)
        return showing.show(request, number, values=form)
    request.session[showing.corrected_at(number)] = list(changed)
    text = gettext("The form now says what the paper says.") if changed else gettext("Papers and form agree.")
    messages.success(request, text)
    return _left(request, number, typed.LINES)


@officer
def correct(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """One part of what was declared and no paper shows: telephone, address."""
    if not _correctable(current_form(), step):  # before anybody is read
        return _back(number)
    if "_leave" in request.POST:
        _left(request, number)
        return redirect("counter-correct", number=number, step=step)
    found = showing.read(request, number)
    form = form_of(found.identity)
    asked = _correctable(form, step)
    if not asked or not showing.is_open(found):
        return _back(number)
    thing = ThingForm(found.identity, asked, request.POST or None)
    if thing.is_valid() and _is_corrected(request, number, found, thing):
        return _back(number)
    name = next(wording(page.name) for page in form.pages if page.id == step)
    context = {"form": thing, "file": found, "title": name, **desk.beside(request)}
    return render(request, "counter/correct.html", context, status=422 if thing.errors else 200)


def _is_corrected(request: HttpRequest, number: str, found: Request, form: ThingForm) -> bool:
    changes = form.changes(found.identity)
    try:
        if not changes:
            raise Refused(NOTHING_CHANGES)
        _act(person_enrolment.correct, request, number, changes=changes)
    except Refused as refused:
        form.refuse(refused)
        return False
    messages.success(
        request, gettext("Corrected. Read it back to the person, then compare the papers once more.")
    )
    return True


def _correctable(form: PersonForm, step: str) -> list[PersonField]:
    """Return what is corrected on a page of its own: what no paper is compared with, and its number."""
    return [field for field in form.on_page(step) if not field.compared or not field.mandatory]


@officer
@post_only("counter-file")
def capture(request: HttpRequest, number: str) -> HttpResponse:
    """Keep one picture; a picture too dark, blurred or small is refused with what to do."""
    modality = _modality(request)
    form = CaptureForm(request.POST, request.FILES, prefix=modality)
    if not form.is_valid():
        return showing.show(request, number, capture=form)
    picture = {"modality": modality, "content": form.cleaned_data["picture"].read()}
    try:
        _act(person_enrolment.capture, request, number, **picture)
    except Refused as refused:
        refused.field = "picture"
        form.refuse(refused)
        return showing.show(request, number, capture=form)
    return _left(request, number, modality)


@officer
@post_only("counter-file")
def excuse(request: HttpRequest, number: str) -> HttpResponse:
    """An eye is missing or cannot be read: the reason stands in its place."""
    modality = _modality(request)
    why = {"modality": modality, "reason": request.POST.get(f"{modality}-reason", "")}
    is_done = _try(person_enrolment.excuse_capture, request, number, **why)
    return _left(request, number, modality, is_taken=is_done)


def _modality(request: HttpRequest) -> str:
    """Return what the pressed button is for. Raises: Http404 where no button of ours was pressed."""
    sent = request.POST.get("modality", "")
    if sent not in list(Modality):
        raise Http404
    return sent


@officer
@post_only("counter-file")
def add_paper(request: HttpRequest, number: str) -> HttpResponse:
    """Keep a paper scanned at the counter."""
    picture = request.FILES.get("paper-picture")
    if picture is None:
        messages.error(request, gettext("Choose the file of the paper."))
        return _left(request, number, "paper", is_taken=False)
    kind = request.POST.get("paper-kind", "") or showing.read(request, number).identity.paper_kind
    paper = person_enrolment.Paper(kind, picture.name or "", picture.read())
    is_done = _try(person_enrolment.add_paper, request, number, paper=paper)
    return _left(request, number, "paper", is_taken=is_done)


@officer
def receive_asked(request: HttpRequest, number: str, ask: UUID) -> HttpResponse:
    """Give for the person what the officers of a case asked for: a paper, or that the person came."""
    if request.method != "POST":
        return _back(number)
    picture = request.FILES.get("picture")
    if picture is None:
        done = _try(person_enrolment.receive_asked, request, number, ask=ask)
    else:
        paper = person_enrolment.Paper(request.POST.get("kind", ""), picture.name or "", picture.read())
        done = _try(person_enrolment.send_asked, request, number, ask=ask, paper=paper)
    if done:
        messages.success(request, gettext("It is before the officers of the case."))
    return _back(number)


@officer
@post_only("counter-file")
def deposit(request: HttpRequest, number: str) -> HttpResponse:
    """Receive the file; the receipt follows."""
    if not _try(person_enrolment.deposit, request, number):
        return _left(request, number)
    typed.drop(request, number)
    return redirect("counter-received", number=clean.request_number(number))


@officer
@post_only("counter-file")
def ask_paper(request: HttpRequest, number: str) -> HttpResponse:
    """Ask for a paper, with a reason the person receives."""
    form = papers_form(request.POST)
    if not form.is_valid():
        return showing.show(request, number, papers=form)
    _act(person_enrolment.ask_for_paper, request, number, reason=form.cleaned_data["reason"])
    messages.success(request, gettext("The person was told which paper is missing."))
    return _left(request, number, "papers")


@officer
@post_only("counter-file")
def refuse(request: HttpRequest, number: str) -> HttpResponse:
    """Close the file, with a reason the person receives."""
    form = refuse_form(request.POST)
    if not form.is_valid():
        return showing.show(request, number, refuse=form)
    _act(person_enrolment.refuse, request, number, reason=form.cleaned_data["reason"])
    typed.drop(request, number)
    messages.success(request, gettext("The file is closed and the person was told why."))
    return redirect("counter-queue")


@officer
def received(request: HttpRequest, number: str) -> HttpResponse:
    """The deposit is done: number, receipt to print, next file."""
    found = showing.read(request, number)
    context = {"file": found, "has_slip": found.state in UNDECIDED, **desk.beside(request)}
    return render(request, "counter/received.html", context)


@officer
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """The deposit receipt as PDF, in Arabic and French, with its signed QR."""
    content = person_papers.render_deposit(number, actor=actor_of(request), now=clock.now())
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="sijil-{clean.request_number(number)}.pdf"'
    return answer


@officer
def temporary_slip(request: HttpRequest, number: str) -> HttpResponse:
    """The temporary slip with the photograph, as PDF; each print is written down."""
    content = person_papers.render_temporary(number, actor=actor_of(request), now=clock.now())
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="sijil-{clean.request_number(number)}-slip.pdf"'
    return answer


@officer
def new_file(request: HttpRequest) -> HttpResponse:
    """A person without an appointment: everything on one page; sent twice, it is one file."""
    number = _number_of(request) or draw_number()
    form = WalkInForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            return redirect("counter-file", number=_open_file(request, form, number))
        except Refused as refused:
            form.refuse(refused)
    elif form.is_left and request.FILES:
        typed.tell_lost_file(request)
    status = 422 if form.errors else 200
    context = {"form": form, "sent_once": signing.dumps([str(request.user.pk), number], salt=_WALK_IN)}
    return render(request, "counter/new.html", {**context, **desk.beside(request)}, status=status)


def _number_of(request: HttpRequest) -> str:
    """Return the number that we gave to the page, if it is of this officer."""
    try:
        account, number = signing.loads(request.POST.get("sent_once", ""), salt=_WALK_IN)
    except (signing.BadSignature, ValueError):
        return ""
    return str(number) if account == str(request.user.pk) else ""


def _open_file(request: HttpRequest, form: WalkInForm, number: str) -> str:
    cleaned = form.cleaned_data
    papers = [
        person_enrolment.Paper(cleaned[kind], picture.name, picture.read())
        for _, kind, picture in form.pictures
    ]
    return person_enrolment.pre_register(
        identity=identity_of(form.law_form, cleaned),
        centre_code=actor_of(request).centre,
        elsewhere=elsewhere.said(cleaned),
        papers=papers,
        number=number,
        channel=Channel.COUNTER,
        actor=actor_of(request),
        now=clock.now(),
    )


@officer
def document(request: HttpRequest, number: str, document_id: Any) -> HttpResponse:
    """One paper of the file, unsealed for the officer and written down."""
    paper = person_enrolment.read_paper(number, document_id, actor=actor_of(request), now=clock.now())
    return picture_response(paper.content, paper.media_type)


@officer
def picture(request: HttpRequest, number: str, capture_id: UUID) -> HttpResponse:
    """One picture taken of the person, opened for an officer of the centre and written down."""
    content, media_type = person_enrolment.read_picture(
        number, capture_id, actor=actor_of(request), now=clock.now()
    )
    return picture_response(content, media_type)


def _act(use_case: Any, request: HttpRequest, number: str, **values: Any) -> Any:
    return use_case(number=number, actor=actor_of(request), now=clock.now(), **values)


def _try(use_case: Any, request: HttpRequest, number: str, **values: Any) -> bool:
    """Do it and return True, or say on the next page why it was refused."""
    try:
        _act(use_case, request, number, **values)
    except Refused as refused:
        messages.error(request, str(refusals.words(refused)))
        return False
    return True


def _back(number: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("counter-file", args=[clean.request_number(number)]))


def _left(
    request: HttpRequest, number: str, part: str | None = None, *, is_taken: bool = True
) -> HttpResponseRedirect:
    """Go back to the file; what was typed and the button of a part did not take stands there again."""
    typed.keep(request, number, part=part, is_taken=is_taken)
    return _back(number)


urlpatterns = [
    path("new/", new_file, name="counter-new"),
    path("<str:number>/", show_file, name="counter-file"),
    path("<str:number>/papers/", compare_papers, name="counter-compare"),
    path("<str:number>/correct/<slug:step>/", correct, name="counter-correct"),
    path("<str:number>/capture/", capture, name="counter-capture"),
    path("<str:number>/excuse/", excuse, name="counter-excuse"),
    path("<str:number>/add-paper/", add_paper, name="counter-add-paper"),
    path("<str:number>/asked/<uuid:ask>/", receive_asked, name="counter-receive-asked"),
    path("<str:number>/ask-paper/", ask_paper, name="counter-ask-paper"),
    path("<str:number>/refuse/", refuse, name="counter-refuse"),
    path("<str:number>/deposit/", deposit, name="counter-deposit"),
    path("<str:number>/received/", received, name="counter-received"),
    path("<str:number>/temporary-slip.pdf", temporary_slip, name="counter-temporary-slip"),
    path("<str:number>/receipt.pdf", receipt, name="counter-receipt"),
    path("<str:number>/pictures/<uuid:capture_id>/", picture, name="counter-picture"),
    path("<str:number>/documents/<uuid:document_id>/", document, name="counter-document"),
]
