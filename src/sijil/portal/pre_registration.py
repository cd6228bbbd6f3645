"""Pre-registration: one question per page, kept sealed page by page, checked once more at the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from sijil.domains.accounts.errors import CONTACT_UNPROVED
from sijil.domains.appointments import queries as appointments
from sijil.domains.population_register.rules import PersonField, PersonForm, is_asked, values_of
from sijil.domains.population_register.types import Channel, Identity
from sijil.journeys import person_enrolment
from sijil.kernel.errors import Refused
from sijil.pages import background, clock, formats, refusals, throttle
from sijil.pages.forms import Form
from sijil.pages.guards import actor_of
from sijil.pages.languages import spoken
from sijil.pages.person_forms import (
    PersonPage,
    current_form,
    identity_of,
    needed_papers,
    shown,
    wording,
)
from sijil.portal import contact_proof
from sijil.portal.place_forms import AFTER, PAGES, CentreForm, SlotForm

KEY = background.DRAFT
SENT = background.SENT


def list_steps(form: PersonForm, draft: Mapping[str, str]) -> tuple[str, ...]:
    """Return the pages, in the order in which they are asked. An hour is for who can be sent a code."""
    after = [page for page in AFTER if page != "slot" or _may_have_place(draft)]
    return (*(page.id for page in form.pages), *after)


def _may_have_place(draft: Mapping[str, str]) -> bool:
    if "phone" not in draft:
        return True  # not asked yet
    try:
        return bool(person_enrolment.contact_of(phone=draft["phone"], email=draft.get("email", "")))
    except Refused:
        return True  # the page that asks it says so


def start(request: HttpRequest) -> HttpResponse:
    """What you need and how long it takes; going on opens a draft (or goes back to the one begun)."""
    if request.method == "POST":
        if "again" in request.POST or _find_draft(request) is None:
            _begin(request)
        return redirect("portal-pre-registration-step", step=_first_open(_find_draft(request) or {}))
    context = {"begun": _find_draft(request), "sent": request.session.get(SENT, "")}
    return render(request, "portal/pre_registration/start.html", context)


def _begin(request: HttpRequest) -> None:
    now = clock.now()
    throttle.take("pre_registration", request.META["REMOTE_ADDR"], now=now)
    request.session[KEY] = person_enrolment.start_draft(now=now)


def first_step() -> str:
    """Return the first page of the form."""
    return current_form().pages[0].id


def step(request: HttpRequest, step: str) -> HttpResponse:
    """Show or keep one page. What was typed is kept, also when refused, whichever way one leaves."""
    draft = _find_draft(request)
    steps = list_steps(current_form(), draft or {})
    if step not in steps:
        return redirect("portal-pre-registration")
    if draft is None:
        return closed(request, step)
    if request.method == "POST" and _is_of_another(request):
        return _not_this_one(request)
    form, back = _form(step, draft, request), steps[: steps.index(step)][-1:]
    if request.method == "POST" and (answer := _taken(request, draft, form, step, *back)):
        return answer
    context = {
        "form": form,
        "step": step,
        "steps": steps,
        "title": _title(step),
        "note": next((wording(page.note) for page in current_form().pages if page.id == step), ""),
        "position": steps.index(step) + 1,
        "documents": person_enrolment.list_papers(number_of(request))
        if getattr(form, "has_papers", False)
        else [],
        "needed": _needed(draft) if getattr(form, "has_papers", False) else [],
        "back": back,
        "draft": draft,
        "bound_to": bound_to(request),
    }
    page = "slot" if step == "slot" else "step"
    status = 422 if form.is_bound and form.errors else 200
    return render(request, f"portal/pre_registration/{page}.html", context, status=status)


def _needed(draft: Mapping[str, Any]) -> list[str]:
    """Return which papers the person of a draft shows, once it says when they were born."""
    born = _form(current_form().field("birth").page, draft)
    return needed_papers(born.cleaned_data) if born.is_valid() else []


def _taken(
    request: HttpRequest, draft: dict[str, str], form: Form, step: str, back: str = ""
) -> HttpResponse | None:
    """Keep what was sent, files first; return where it leads, nothing when something is to be said here."""
    is_valid = form.is_valid()
    _keep(request, draft, form)
    left = _left(request, back)
    if is_valid:
        return (left or _go_on(request, step, draft)) if _receive_pictures(request, form) else None
    if left and request.FILES:
        told = gettext("The file that you chose was not kept: the page was not complete. Choose it again.")
        messages.warning(request, told)
    return left


def _left(request: HttpRequest, back: str = "") -> HttpResponse | None:
    """Return where a button leads that leaves the page unfinished: the page before, another language."""
    if document_id := request.POST.get("_remove"):
        _remove_paper(request, document_id)
        return redirect(request.get_full_path())
    if "_back" in request.POST and back:
        return redirect("portal-pre-registration-step", step=back)
    language = request.POST.get("_language")
    return redirect(f"{request.path}?{urlencode({'lang': language})}") if language else None


def _remove_paper(request: HttpRequest, document_id: str) -> None:
    """Delete a paper of the draft; one that is gone already is gone."""
    with suppress(ValueError, Refused):
        person_enrolment.remove_paper(
            number=number_of(request), document_id=UUID(document_id), actor=actor_of(request), now=clock.now()
        )


def _go_on(request: HttpRequest, step: str, draft: Mapping[str, str]) -> HttpResponse:
    steps = list_steps(current_form(), draft)
    following = steps[steps.index(step) + 1 :][:1]
    if "check" in request.GET or not following:
        return redirect("portal-pre-registration-check")
    return redirect("portal-pre-registration-step", step=following[0])


def closed(request: HttpRequest, step: str = "") -> HttpResponse:
    """Say why a page cannot go on: its request was sent, or its draft is no longer open here."""
    if request.session.get(SENT) and not request.session.get(KEY):
        messages.info(request, gettext("This pre-registration was sent already. Here is its number."))
        return redirect("portal-pre-registration-done")
    if request.method == "POST" and step:
        _begin(request)
        draft: dict[str, str] = {}
        form = _form(step, draft, request)
        form.is_valid()
        _keep(request, draft, form)
        told = gettext(
            "Your form was closed after a long time. What you wrote on the last page is kept: "
            "please fill in the pages before it again."
        )
        messages.warning(request, told)
        return redirect("portal-pre-registration-step", step=_first_open(draft))
    told = gettext(
        "No form is open on this device: it was closed after a long time, or sent. "
        "Begin again, or track your request by its number."
    )
    messages.warning(request, told)
    return redirect("portal-pre-registration")


def bound_to(request: HttpRequest) -> str:
    """Return the digest of the draft: between two of one account, the account says nothing."""
    return background.bound_to("draft", number_of(request))


def _is_of_another(request: HttpRequest) -> bool:
    return background.is_of_another(request) or background.is_of_another_thing(request, bound_to(request))


def _not_this_one(request: HttpRequest) -> HttpResponse:
    """A page of an earlier form: its answers do not go into the one that is open now."""
    told = gettext("This page was of another form, which is no longer open. Nothing of it was kept.")
    messages.warning(request, told)
    return redirect("portal-pre-registration")


def _title(step: str) -> str:
    pages = current_form().pages
    return next((wording(page.title) for page in pages if page.id == step), str(AFTER.get(step, "")))


def check(request: HttpRequest) -> HttpResponse:
    """Every answer with its way back; sending books the slot and gives the number."""
    if answer := turned_away(request):
        return answer
    if request.method == "POST" and "accept" in request.POST:
        return send(request)
    return _check_page(request, missing_accept=request.method == "POST")


def turned_away(request: HttpRequest) -> HttpResponse | None:
    """Return what to say where no form is open, or where a page was of another one; None: go on."""
    if _find_draft(request) is None:
        number = number_of(request)
        return _sent(request, number) if person_enrolment.is_submitted(number) else closed(request)
    return _not_this_one(request) if request.method == "POST" and _is_of_another(request) else None


def read_answers(request: HttpRequest) -> tuple[dict[str, Any], str]:
    """Return every answer, and the first page that is not finished."""
    draft, cleaned = _find_draft(request) or {}, dict[str, Any]()
    for name in list_steps(current_form(), draft):
        form = _form(name, draft)
        if not form.is_valid():
            return {}, name
        cleaned |= form.cleaned_data
    return cleaned, ""


def _check_page(
    request: HttpRequest, *, missing_accept: bool = False, refused: Refused | None = None
) -> HttpResponse:
    cleaned, open_page = read_answers(request)
    if open_page:
        return redirect("portal-pre-registration-step", step=open_page)
    context = {
        "rows": _rows(identity_of(current_form(), cleaned), cleaned),
        "documents": person_enrolment.list_papers(number_of(request)),
        "papers_page": current_form().field("paper_kind").page,
        "bound_to": bound_to(request),
        "has_place": "slot" in cleaned,
        "missing_accept": missing_accept,
        "refused": [_told(one) for one in (refused, *refused.also)] if refused else [],
    }
    status = 409 if refused else 422 if missing_accept else 200
    return render(request, "portal/pre_registration/check.html", context, status=status)


def send(request: HttpRequest) -> HttpResponse:
    """Send what was accepted, or ask for a code first. What is refused is said on the page of the answers."""
    cleaned, open_page = read_answers(request)
    if open_page:
        return redirect("portal-pre-registration-step", step=open_page)
    identity = identity_of(current_form(), cleaned)
    try:
        number = person_enrolment.pre_register(
            identity=identity,
            slot_id=cleaned.get("slot", ""),
            centre_code=cleaned["centre"],
            number=number_of(request),
            proof=contact_proof.proof_of(request, identity),
            channel=Channel.PORTAL,
            actor=actor_of(request),
            now=clock.now(),
        )
    except Refused as refused:
        if refused.error is CONTACT_UNPROVED:
            return _ask_code(request, identity)
        return _check_page(request, refused=refused)
    return _sent(request, number)


def _ask_code(request: HttpRequest, identity: Identity) -> HttpResponse:
    try:
        contact_proof.ask(request, phone=identity.phone, email=identity.email, answers=digest(request))
    except Refused as refused:
        return _check_page(request, refused=refused)
    return redirect("portal-pre-registration-code")


def digest(request: HttpRequest) -> str:
    """Return what tells whether the form of this browser still says what was accepted."""
    return contact_proof.digest(number_of(request), _find_draft(request) or {})


def _told(refused: Refused) -> dict[str, Any]:
    """Return what was refused at the end, with the question it concerns and the page that asks it."""
    form, name = current_form(), (refused.field or "").removesuffix("_none")
    if form.has(name):
        field = form.field(name)
        return {"words": refusals.words(refused), "page": field.page, "label": wording(field.label)}
    page = PAGES.get(name, "")
    return {"words": refusals.words(refused), "page": page, "label": AFTER.get(page, "")}


def _sent(request: HttpRequest, number: str) -> HttpResponse:
    request.session.pop(KEY, None)
    request.session[SENT] = number
    return redirect("portal-pre-registration-done")


def _form(name: str, draft: Mapping[str, Any], request: HttpRequest | None = None) -> Form:
    """Return the form of a page: bound to what is sent, or to the draft when it is being checked."""
    sent = request is not None and request.method == "POST"
    data: Any = request.POST if sent and request else draft
    files = request.FILES if sent and request else None
    options = _options(name, draft)
    form_class: Any = {"centre": CentreForm, "slot": SlotForm}.get(name, PersonPage)
    if request is not None and not sent:
        form = form_class(initial=_typed(draft), **options)
    else:
        form = form_class(data, files, **options)
    return form  # type: ignore[no-any-return]


def _typed(draft: Mapping[str, Any]) -> dict[str, Any]:
    return {"language": get_language() or "ar", **draft}


def _options(name: str, draft: Mapping[str, Any]) -> dict[str, Any]:
    if name == "centre":
        return {"commune_code": draft.get("commune_code", "")}
    if name == "slot":
        return {"centre_code": draft.get("centre", "")}
    form = current_form()
    return {"form": form, "asked": _asked(form, name, draft), "known": draft, "has_pictures": True}


def _asked(form: PersonForm, page: str, draft: Mapping[str, Any]) -> list[PersonField]:
    """Return the questions of a page, without those that the answers of another page leave unasked."""
    here = form.on_page(page)
    names = {field.id for field in here}
    return [field for field in here if names & field.when.keys() or is_asked(form, field, draft)]


def _keep(request: HttpRequest, draft: dict[str, str], form: Form) -> None:
    typed = {k: v for k, v in request.POST.items() if k.startswith(tuple(form.fields))}
    if isinstance(form, PersonPage):  # a tick taken away, a commune that is no longer asked
        typed |= {name: "" for name in form.fields if not any(k.startswith(name) for k in request.POST)}
        typed |= form.communes
    if typed.get("commune_code", draft.get("commune_code")) != draft.get("commune_code"):
        typed |= {"centre": "", "slot": ""}
    draft |= person_enrolment.save_draft(number=number_of(request), values=typed, now=clock.now())  # type: ignore[arg-type]


def _receive_pictures(request: HttpRequest, form: Form) -> bool:
    """Keep the papers sent with a page; a refused file is said on its field."""
    for box, kind, picture in getattr(form, "pictures", ()):
        paper = person_enrolment.Paper(form.cleaned_data[kind], picture.name, picture.read())
        try:
            throttle.charge(request, throttle.PAPER)
            person_enrolment.add_paper(
                number=number_of(request), paper=paper, actor=actor_of(request), now=clock.now()
            )
        except Refused as refused:
            refused.field = box
            form.refuse(refused)
            return False
    return True


def _rows(identity: Identity, cleaned: Mapping[str, Any]) -> list[tuple[Any, Any, str]]:
    """Return (question, answer, page) of the check page."""
    form, values = current_form(), values_of(identity)
    centre = appointments.get_centre(cleaned["centre"])
    return [
        *(
            (wording(f.label), shown(form, f, identity), f.page)
            for f in form.fields
            if is_asked(form, f, values)
        ),
        (_("Centre"), centre.name(spoken()), "centre"),
        (_("Your appointment"), *_place(cleaned.get("slot", ""))),
    ]


def _place(slot: str) -> tuple[Any, str]:
    """Return the day and the hour, and the page that asks them; without a place, that of the telephone."""
    if not slot:
        return _("None: come to the centre when it is open"), "contact"
    day, _at, hour = slot.rpartition("@")[2].partition("T")
    return f"{formats.weekday(dt.date.fromisoformat(day))} · {hour}", "slot"


def number_of(request: HttpRequest) -> str:
    return str(request.session.get(KEY, ""))


def _find_draft(request: HttpRequest) -> dict[str, str] | None:
    return person_enrolment.find_draft(number_of(request))


def _first_open(draft: Mapping[str, str]) -> str:
    steps = list_steps(current_form(), draft)
    return next((name for name in steps if not _form(name, draft).is_valid()), steps[-1])


urlpatterns = [
    path("pre-registration/", start, name="portal-pre-registration"),
    path("pre-registration/check/", check, name="portal-pre-registration-check"),
    path("pre-registration/<str:step>/", step, name="portal-pre-registration-step"),
]
