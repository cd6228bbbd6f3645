"""Children whose irises are due: whom the centre expects, and one of them before the camera."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext

from sijil.domains.biometrics.types import ExceptionReason, Modality
from sijil.domains.population_register.states import RE_ENROLMENT
from sijil.journeys import person_enrolment
from sijil.kernel import clean
from sijil.kernel.errors import Refused
from sijil.kernel.ids import show_number
from sijil.pages import clock, refusals
from sijil.pages.guards import actor_of, post_only, role_required
from sijil.pages.languages import spoken
from sijil.pages.pictures import picture_response

officer = role_required("csc_officer")


@officer
def expected(request: HttpRequest) -> HttpResponse:
    """Whom the centre expects, without names."""
    rows = person_enrolment.list_due(actor=actor_of(request))
    return render(request, "counter/children.html", {"rows": rows, "today": clock.today()})


@officer
def child(request: HttpRequest, number: str) -> HttpResponse:
    """One child: face and irises, and the button that ends it."""
    found = person_enrolment.read_re_enrolment(number, actor=actor_of(request), now=clock.now())
    context = {
        "file": found,
        "name": found.person.full_name(spoken()),
        "title": show_number(found.record.number),
        "is_open": RE_ENROLMENT.find(found.record.state, "receive") is not None,
        "places": _places(found.captures),
        "is_complete": not found.captures.missing,
    }
    return render(request, "counter/child.html", context)


def _places(captures: Any) -> list[dict[str, Any]]:
    return [
        {
            "modality": m.value,
            "capture": captures.given.get(m),
            "reason": captures.excused.get(m),
            "reasons": [] if m is Modality.FACE else list(ExceptionReason),
        }
        for m in Modality
    ]


@officer
@post_only("counter-child")
def take(request: HttpRequest, number: str) -> HttpResponse:
    """Keep a picture."""
    picture = request.FILES.get("picture")
    if picture is None:
        messages.error(request, gettext("Choose the picture first."))
        return _back(number)
    modality = request.POST.get("modality", "")
    said = gettext("The picture is kept.")
    return _do(
        request, number, person_enrolment.take_picture, said, modality=modality, content=picture.read()
    )


@officer
@post_only("counter-child")
def excuse(request: HttpRequest, number: str) -> HttpResponse:
    """Note why an iris cannot be taken."""
    modality, reason = (request.POST.get(name, "") for name in ("modality", "reason"))
    said = gettext("It is noted why there is no picture.")
    return _do(request, number, person_enrolment.excuse_picture, said, modality=modality, reason=reason)


@officer
@post_only("counter-child")
def receive(request: HttpRequest, number: str) -> HttpResponse:
    """All pictures are there."""
    said = gettext("The pictures are compared with the whole register; the family is told.")
    return _do(request, number, person_enrolment.receive_re_enrolment, said)


@officer
def picture(request: HttpRequest, number: str, capture_id: UUID) -> HttpResponse:
    """One picture taken of the child, opened for an officer of the centre and written down."""
    content, media_type = person_enrolment.read_re_enrolment_picture(
        number, capture_id, actor=actor_of(request), now=clock.now()
    )
    return picture_response(content, media_type)


def _do(request: HttpRequest, number: str, use_case: Any, said: str, **values: Any) -> HttpResponse:
    """Do it and say so, or say why it was refused."""
    try:
        use_case(number=number, actor=actor_of(request), now=clock.now(), **values)
        messages.success(request, said)
    except Refused as refused:
        messages.error(request, str(refusals.words(refused)))
    return _back(number)


def _back(number: str) -> HttpResponse:
    return redirect("counter-child", number=clean.request_number(number))


urlpatterns = [
    path("children/", expected, name="counter-children"),
    path("children/<str:number>/", child, name="counter-child"),
    path("children/<str:number>/capture/", take, name="counter-child-capture"),
    path("children/<str:number>/excuse/", excuse, name="counter-child-excuse"),
    path("children/<str:number>/receive/", receive, name="counter-child-receive"),
    path("children/<str:number>/pictures/<uuid:capture_id>/", picture, name="counter-child-picture"),
]
