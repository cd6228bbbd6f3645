"""What the browser that sent a pre-registration is shown: number, slip, its own papers; the form on paper."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext

from sijil.domains.documents.errors import DOCUMENT_MISSING
from sijil.journeys import person_enrolment, person_papers, tracking
from sijil.kernel.errors import Refused
from sijil.pages import clock, throttle
from sijil.pages.guards import actor_of
from sijil.pages.languages import spoken
from sijil.pages.person_forms import current_form, identity_of
from sijil.pages.pictures import picture_response
from sijil.portal.pre_registration import (
    KEY,
    SENT,
    closed,
    first_step,
    number_of,
    read_answers,
    turned_away,
)
from sijil.portal.track import appointment_of


def done(request: HttpRequest) -> HttpResponse:
    """The number in large type, the appointment, what to bring, what happens next."""
    number = request.session.get(SENT)
    if not number:
        return closed(request)
    tracked = tracking.find_request(number, now=clock.now())
    centre = tracked.centre.name(spoken()) if tracked.centre else ""
    context = {"tracked": tracked, "appointment": appointment_of(tracked), "centre": centre}
    context["is_open"] = bool(tracked.may)
    context["is_told"] = tracked.has_contact and tracked.appointment is not None  # a fixed line reads nothing
    return render(request, "portal/pre_registration/done.html", context)


def another(request: HttpRequest) -> HttpResponse:
    """Begin the form of another person of the home, with what both answer alike."""
    number = request.session.get(SENT)
    if not number or request.method != "POST":
        return redirect("portal-pre-registration")
    now = clock.now()
    throttle.take("pre_registration", request.META["REMOTE_ADDR"], now=now)
    request.session[KEY] = person_enrolment.start_draft_like(number=number, actor=actor_of(request), now=now)
    told = gettext("Address, telephone and centre are taken over: change what is another for this person.")
    messages.info(request, told)
    return redirect("portal-pre-registration-step", step=first_step())


def slip(request: HttpRequest) -> HttpResponse:
    """The appointment slip as PDF, in Arabic and French."""
    number = request.session.get(SENT)
    if not number:
        return redirect("portal-pre-registration")
    throttle.charge(request, throttle.PAGE)
    return pdf_response(
        person_papers.render_appointment(number, actor=actor_of(request), now=clock.now()), number
    )


def pdf_response(content: bytes, number: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="sijil-{number}.pdf"'
    return answer


def blank_form(request: HttpRequest) -> HttpResponse:
    """The form of today to print and fill in by hand, for everybody."""
    throttle.charge(request, throttle.PAGE)
    return pdf_response(person_papers.render_blank(on=clock.today()), "form")


def draft_form(request: HttpRequest) -> HttpResponse:
    """The form with the answers of this browser, before it is sent."""
    if answer := turned_away(request):
        return answer
    answers, open_page = read_answers(request)
    if open_page:
        return redirect("portal-pre-registration-step", step=open_page)
    throttle.charge(request, throttle.PAGE)
    number, identity = number_of(request), identity_of(current_form(), answers)
    return pdf_response(person_papers.render_draft(number, identity, now=clock.now()), number)


def sent_form(request: HttpRequest) -> HttpResponse:
    """The form that this browser sent, while the request is open."""
    number, now = request.session.get(SENT, ""), clock.now()
    if not _is_open(number, now):
        return closed(request)
    throttle.charge(request, throttle.PAGE)
    return pdf_response(person_papers.render_own(number, actor=actor_of(request), now=now), number)


def own_paper(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """A paper as it was kept, for the browser from which it was sent and for nobody else."""
    throttle.charge(request, throttle.PAGE)
    now = clock.now()
    held = {
        paper.id: number for number in _own(request, now) for paper in person_enrolment.list_papers(number)
    }
    if document_id not in held:
        raise Refused(DOCUMENT_MISSING)
    paper = person_enrolment.read_own_paper(held[document_id], document_id, actor=actor_of(request), now=now)
    return picture_response(paper.content, paper.media_type)


def _own(request: HttpRequest, now: dt.datetime) -> list[str]:
    """Return the draft of this browser and the request that it sent, while they are open."""
    draft, sent = number_of(request), request.session.get(SENT, "")
    own = [draft] if person_enrolment.find_draft(draft) is not None else []
    return [*own, sent] if _is_open(sent, now) else own


def _is_open(number: str, now: dt.datetime) -> bool:
    """Tell whether a request of this number is one with which its holder may still do something."""
    return bool(number and tracking.find_request(number, now=now).may)


urlpatterns = [
    path("pre-registration/done/", done, name="portal-pre-registration-done"),
    path("pre-registration/another/", another, name="portal-pre-registration-another"),
    path("pre-registration/form.pdf", blank_form, name="portal-pre-registration-blank"),
    path("pre-registration/check/form.pdf", draft_form, name="portal-pre-registration-draft"),
    path("pre-registration/done/form.pdf", sent_form, name="portal-pre-registration-sent"),
    path("pre-registration/slip.pdf", slip, name="portal-pre-registration-slip"),
    path("pre-registration/own-paper/<uuid:document_id>/", own_paper, name="portal-own-paper"),
]
