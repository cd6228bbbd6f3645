"""The witnesses of a file without papers: named by number, each attests with a card or by a code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext

from sijil.counter import typed
from sijil.domains.population_register.errors import WITNESS_UNKNOWN
from sijil.domains.population_register.rules import rests_on_witnesses
from sijil.domains.population_register.types import Request
from sijil.journeys import person_enrolment
from sijil.journeys.person_enrolment import Named
from sijil.kernel import clean
from sijil.kernel.errors import Refused
from sijil.pages import clock, refusals
from sijil.pages.guards import actor_of, post_only, role_required

officer = role_required("csc_officer")
_PART = "witness"
_IDCS = f"{_PART}-idcs"


@dataclass(frozen=True, slots=True)
class Line:
    """A witness as shown, with what was typed beside. ``is_asked``: a code was sent."""

    named: Named
    is_asked: bool
    card: str
    code: str


@dataclass(frozen=True, slots=True)
class Witnesses:
    """The witnesses of a file, and the number that was typed for another one."""

    lines: tuple[Line, ...]
    idcs: str


def of_file(request: HttpRequest, found: Request, said: Mapping[str, str]) -> Witnesses | None:
    """Return the witnesses of a file that rests on some; None for another. ``said``: what was typed."""
    if not rests_on_witnesses(found.identity):
        return None
    known = person_enrolment.list_witnesses(found.number, actor=actor_of(request), now=clock.now())
    return Witnesses(tuple(_line(request, one, said) for one in known), said.get(_IDCS, ""))


def _line(request: HttpRequest, one: Named, said: Mapping[str, str]) -> Line:
    key = one.attestation.id
    is_asked = _challenge(key) in request.session
    return Line(one, is_asked, said.get(_box("card", key), ""), said.get(_box("code", key), ""))


def _box(what: str, attestation: UUID) -> str:
    """Return the name of a box of one witness; ``typed`` keeps what stands in it by what leads the name."""
    return f"{_PART}-{what}-{attestation}"


@officer
@post_only("counter-file")
def name(request: HttpRequest, number: str) -> HttpResponse:
    """Enter a witness by their number."""
    done = gettext("The witness was entered and told.")
    return _act(person_enrolment.name_witness, request, number, done, idcs=request.POST.get(_IDCS, ""))


@officer
@post_only("counter-file", of="number")
def sign(request: HttpRequest, number: str, attestation: UUID) -> HttpResponse:
    """The witness attests before the officer, with their card."""
    said = {"attestation": attestation, "card": request.POST.get(_box("card", attestation), "")}
    return _act(person_enrolment.sign_at_counter, request, number, _attested(), **said)


@officer
@post_only("counter-file", of="number")
def ask_code(request: HttpRequest, number: str, attestation: UUID) -> HttpResponse:
    """Send the witness a code."""

    def ask(**values: Any) -> None:
        request.session[_challenge(attestation)] = str(person_enrolment.ask_witness_code(**values))

    return _act(ask, request, number, gettext("The code was sent to the witness."), attestation=attestation)


@officer
@post_only("counter-file", of="number")
def sign_by_code(request: HttpRequest, number: str, attestation: UUID) -> HttpResponse:
    """The witness attests by the code."""

    def attest(**values: Any) -> None:
        challenge = request.session.get(_challenge(attestation))
        if challenge is None:
            raise Refused(WITNESS_UNKNOWN)
        person_enrolment.sign_by_code(challenge=UUID(challenge), **values)

    said = {"attestation": attestation, "code": request.POST.get(_box("code", attestation), "")}
    return _act(attest, request, number, _attested(), **said)


@officer
@post_only("counter-file", of="number")
def remove(request: HttpRequest, number: str, attestation: UUID) -> HttpResponse:
    """Take a witness off the file."""
    done = gettext("The witness is no more on the file.")
    return _act(person_enrolment.remove_witness, request, number, done, attestation=attestation)


def _act(use_case: Any, request: HttpRequest, number: str, done: str, **values: Any) -> HttpResponse:
    """Do it, and say on the file's page that it is done, or why not."""
    is_done = False
    try:
        use_case(number=number, actor=actor_of(request), now=clock.now(), **values)
    except Refused as refused:
        messages.error(request, str(refusals.words(refused)))
    else:
        is_done = True
        messages.success(request, done)
    typed.keep(request, number, part=_PART, is_taken=is_done)
    return redirect("counter-file", number=clean.request_number(number))


def _attested() -> str:
    return gettext("The attestation was received; the witness was told.")


def _challenge(attestation: UUID) -> str:
    """Return where the session keeps by what a witness's code is confirmed."""
    return f"attest:{attestation}"


urlpatterns = [
    path("<str:number>/witnesses/", name, name="counter-witness"),
    path("<str:number>/witnesses/<uuid:attestation>/sign/", sign, name="counter-witness-sign"),
    path("<str:number>/witnesses/<uuid:attestation>/code/", ask_code, name="counter-witness-code"),
    path("<str:number>/witnesses/<uuid:attestation>/confirm/", sign_by_code, name="counter-witness-confirm"),
    path("<str:number>/witnesses/<uuid:attestation>/remove/", remove, name="counter-witness-remove"),
]
