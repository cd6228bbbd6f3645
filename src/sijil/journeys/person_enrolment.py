"""Person: pre-registration → deposit → comparison with everyone known → IDCS, or two officers decide.

Read from top to bottom: each function is one step, in order, and one short transaction. The comparison
runs in the worker, between the deposit and the decision, never inside either.

    portal, counter, API   pre_register     form + papers + slot           → number
    counter                correct, capture, ask_for_paper, deposit, refuse → receipt
    worker                 compare          keys in both scripts            → stored result
    worker                 resolve          nobody alike → IDCS;  somebody alike → case
    back office            adjudicate       two officers agree → IDCS, or the file is closed
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from sijil.domains.appointments import queries as appointment_queries
from sijil.domains.appointments import services as appointments
from sijil.domains.audit import services as audit
from sijil.domains.biometrics import services as biometrics
from sijil.domains.biometrics.types import Identification
from sijil.domains.documents import services as documents
from sijil.domains.geography import queries as geography
from sijil.domains.matching import queries as matching_queries
from sijil.domains.matching import services as matching
from sijil.domains.matching.types import (
    Candidate,
    CaseVerdict,
    Comparison,
    Origin,
    Outcome,
    Subject,
    Verdict,
)
from sijil.domains.notifications import services as notifications
from sijil.domains.population_register import queries
from sijil.domains.population_register import services as register
from sijil.domains.population_register.rules import APPEAL_WITHIN_DAYS, reason_words
from sijil.domains.population_register.states import RequestState
from sijil.domains.population_register.types import Channel, Identity, Request
from sijil.domains.verification import services as verification
from sijil.journeys import events
from sijil.kernel.actors import Actor, system
from sijil.kernel.dates import legal_day
from sijil.kernel.ids import draw_number, show_idcs, show_number
from sijil.kernel.jobs import enqueue

MATCHER = system("matcher")
WITH_DATE = ("deposit_received", "request_in_review")


@dataclass(frozen=True, slots=True)
class Paper:
    """One uploaded paper: its kind (``documents`` parameters), file name and bytes."""

    kind: str
    filename: str
    content: bytes


@transaction.atomic
def pre_register(
    *,
    identity: Identity,
    slot_id: str = "",
    centre_code: str = "",
    papers: Sequence[Paper] = (),
    number: str = "",
    language: str,
    channel: Channel,
    actor: Actor,
    now: dt.datetime,
) -> str:
    """Keep the form and the papers, book the slot, tell the person; return the number.

    A draft (``number``) sent twice, even at the same moment, is one request.
    Either ``slot_id`` (an appointment) or ``centre_code`` (a walk-in at the counter).
    Raises: Refused naming the field; then nothing is kept and no slot is taken.
    """
    geography.get_commune(identity.commune_code)
    number = number or draw_number()
    centre_code = _book(number, slot_id, centre_code, actor, now)  # holds the number until the commit
    if queries.has_request(number):
        return number
    register.submit_request(
        number=number,
        identity=identity,
        centre_code=centre_code,
        language=language,
        channel=channel,
        actor=actor,
        now=now,
    )
    for paper in papers:
        add_paper(number=number, paper=paper, actor=actor, now=now)
    audit.record(actor=actor, action="enrolment.pre_registered", subject=number, purpose="enrolment", now=now)
    _tell(queries.get_request(number), "pre_registration_received", _appointment_facts(number, language), now)
    return number


def _book(number: str, slot_id: str, centre_code: str, actor: Actor, now: dt.datetime) -> str:
    if slot_id:
        return appointments.book(slot_id=slot_id, request_number=number, actor=actor, now=now).centre_code
    appointments.check_in(centre_code=centre_code, request_number=number, actor=actor, now=now)
    return centre_code


def add_paper(*, number: str, paper: Paper, actor: Actor, now: dt.datetime) -> UUID:
    """Keep one paper with the file (also before it is submitted). Raises: Refused on what is no paper."""
    return documents.receive(
        owner=f"request:{number}",
        kind=paper.kind,
        filename=paper.filename,
        content=paper.content,
        actor=actor,
        now=now,
    )


def read_file(number: str, *, actor: Actor, now: dt.datetime) -> Request:
    """Return a file to an officer, and write down that it was read."""
    request = queries.get_request(number)
    subject = request.idcs or request.number
    audit.record(actor=actor, action="enrolment.file_read", subject=subject, purpose="enrolment", now=now)
    return request


@transaction.atomic
def correct(*, number: str, changes: Mapping[str, Any], actor: Actor, now: dt.datetime) -> Identity:
    """Bring the form in line with the papers, before the deposit."""
    identity = register.correct_identity(number=number, changes=dict(changes), actor=actor, now=now)
    facts = {"fields": sorted(changes)}
    audit.record(actor=actor, action="enrolment.corrected", subject=number, facts=facts, now=now)
    return identity


@transaction.atomic
def ask_for_paper(*, number: str, reason: str, actor: Actor, now: dt.datetime) -> None:
    """The file waits for a paper; the person is told which and why."""
    register.request_papers(number=number, reason=reason, actor=actor, now=now)
    audit.record(
        actor=actor, action="enrolment.paper_asked", subject=number, facts={"reason": reason}, now=now
    )
    _tell_reason(queries.get_request(number), "papers_requested", reason, now)


@transaction.atomic
def refuse(*, number: str, reason: str, actor: Actor, now: dt.datetime) -> None:
    """Close the file at the counter, with a reason the person reads."""
    register.reject_request(number=number, reason=reason, actor=actor, now=now)
    audit.record(actor=actor, action="enrolment.refused", subject=number, facts={"reason": reason}, now=now)
    _tell_reason(queries.get_request(number), "request_rejected", reason, now)


@transaction.atomic
def capture(*, number: str, modality: str, content: bytes, actor: Actor, now: dt.datetime) -> None:
    """Keep the face or an iris of the person at the counter. Raises: Refused saying how to take it again."""
    biometrics.store_capture(request_number=number, modality=modality, content=content, actor=actor, now=now)
    facts = {"modality": modality}
    audit.record(actor=actor, action="enrolment.captured", subject=number, facts=facts, now=now)


@transaction.atomic
def excuse_capture(*, number: str, modality: str, reason: str, actor: Actor, now: dt.datetime) -> None:
    """Note that an iris cannot be captured, and why."""
    biometrics.record_exception(request_number=number, modality=modality, reason=reason, actor=actor, now=now)
    facts = {"modality": modality, "reason": reason}
    audit.record(actor=actor, action="enrolment.capture_excused", subject=number, facts=facts, now=now)


@transaction.atomic
def deposit(*, number: str, actor: Actor, now: dt.datetime) -> None:
    """Receive the file: face and irises are there (or their absence is explained), papers agree.

    The keys of the person commit here, before any comparison starts: of two like files deposited at
    the same moment, at least one comparison sees the other. Raises: Refused (capture missing, state).
    """
    request = queries.get_request(number)
    biometrics.require_captures(request_number=request.number, birth=request.identity.birth, now=now)
    register.deposit_request(number=number, actor=actor, now=now)
    matching.index_subject(subject_of(request.id, request.identity), now=now)
    audit.record(actor=actor, action="enrolment.deposited", subject=request.number, now=now)
    _tell(queries.get_request(number), "deposit_received", {}, now)
    enqueue("person_enrolment.compare", number=request.number)


@transaction.atomic
def compare(number: str, *, now: dt.datetime) -> None:
    """Worker: compare the file with everyone known and keep the result. Replayed: compares again.

    The captures enter the engine here, in a transaction before the decision: of two files that reuse one
    image, at least one decision sees the other.
    """
    request = queries.get_request(number)
    if request.state != RequestState.DEPOSITED:
        return
    matching.compare(subject_of(request.id, request.identity), load=_load_subjects, now=now)
    biometrics.identify(request_number=request.number, reference=request.id, now=now)
    enqueue("person_enrolment.resolve", number=request.number)


@transaction.atomic
def resolve(number: str, *, now: dt.datetime) -> str | None:
    """Worker: return the IDCS issued, or None when officers must decide (or have already)."""
    request = queries.get_request(number)
    if request.state != RequestState.DEPOSITED:
        return request.idcs
    comparison = matching_queries.find_comparison(request.id)
    if comparison is None:
        raise RuntimeError(f"{request.number}: no comparison to decide by")
    reused = biometrics.identify(request_number=request.number, reference=request.id, now=now)
    if comparison.verdict is Verdict.UNIQUE and not reused.hits:
        return _register(request, MATCHER, now)
    _send_to_officers(request, comparison, reused, now)
    return None


def _send_to_officers(request: Request, found: Comparison, reused: Identification, now: dt.datetime) -> None:
    register.flag_duplicate(number=request.number, actor=MATCHER, now=now)
    known = {c.ref for c in found.candidates}
    again = [Candidate(h.reference, 0, Verdict.LIKELY, {"image": "reused"}, 0) for h in reused.hits]
    matching.open_case(
        subject=request.id,
        candidates=[*found.candidates, *(c for c in again if c.ref not in known)],
        origin=Origin.DEMOGRAPHIC if found.candidates else Origin.BIOMETRIC,
        comparison=found.id,
        deposited_by=request.deposited_by,
        actor=MATCHER,
        now=now,
    )
    audit.record(actor=MATCHER, action="enrolment.sent_to_adjudication", subject=request.number, now=now)
    _tell(queries.get_request(request.number), "request_in_review", {}, now)


@transaction.atomic
def adjudicate(
    case_id: UUID,
    *,
    verdict: str,
    reason: str,
    candidate: UUID | None = None,
    actor: Actor,
    now: dt.datetime,
) -> Outcome:
    """Keep one officer's decision; when two agree, register the person or close the file."""
    outcome = matching.decide(
        case_id=case_id, verdict=verdict, reason=reason, candidate=candidate, actor=actor, now=now
    )
    request = queries.find_request_by_id(outcome.subject)
    assert request is not None
    facts = {"case": str(case_id), "verdict": verdict}
    audit.record(actor=actor, action="enrolment.adjudicated", subject=request.number, facts=facts, now=now)
    if outcome.is_settled:
        _settle(request, outcome, actor, now)
    return outcome


def _settle(request: Request, outcome: Outcome, actor: Actor, now: dt.datetime) -> None:
    if outcome.verdict is CaseVerdict.DIFFERENT_PERSON:
        _register(request, actor, now)
        return
    register.reject_request(number=request.number, reason="duplicate", actor=actor, now=now)
    matching.forget_subject(request.id, now=now)
    biometrics.forget_reference(reference=request.id, now=now)
    _tell_reason(request, "request_rejected", "duplicate", now)
    _remind_known_person(request, outcome.linked_to, now)


def _remind_known_person(request: Request, known: UUID | None, now: dt.datetime) -> None:
    """Tell the registered person their number, on *their* contacts: the new file may be somebody else's."""
    person = queries.find_person_by_id(known) if known else None
    if person is not None:
        facts = {"number": show_number(request.number), "idcs": show_idcs(person.idcs)}
        _send(person.identity, "request_already_registered", request.language, facts, person.idcs, now)


def sweep(*, now: dt.datetime) -> int:
    """Worker, by the clock: no deposited file stays uncompared; return how many were asked again."""
    stuck = queries.list_stuck(before=now - dt.timedelta(minutes=10))
    for number in stuck:
        with transaction.atomic():
            enqueue("person_enrolment.compare", number=number)
    return len(stuck)


def forget_old_drafts(*, now: dt.datetime) -> int:
    """Worker, by the clock: what was typed and never sent is deleted after 30 days."""
    return register.forget_drafts(before=now - dt.timedelta(days=30))


def _register(request: Request, actor: Actor, now: dt.datetime) -> str:
    """Issue the IDCS, make it verifiable, tell the person. Part of the caller's transaction."""
    idcs = register.register_person(number=request.number, actor=actor, now=now)
    verification.enrol_subject(idcs=idcs, birth=request.identity.birth, sex=request.identity.sex)
    facts = {"request": request.number}
    audit.record(actor=actor, action="person.registered", subject=idcs, facts=facts, now=now)
    events.publish("person.registered", subject=idcs, effective_on=legal_day(now), actor=actor, now=now)
    _tell(request, "idcs_issued", {"idcs": show_idcs(idcs)}, now)
    return idcs


def _tell(request: Request, template: str, facts: Mapping[str, str], now: dt.datetime) -> None:
    """Queue an SMS and an e-mail to the person, in the language of the file. They leave after commit."""
    facts = {"number": show_number(request.number), **facts}
    if template in WITH_DATE and request.due_on:
        facts["until"] = f"{request.due_on:%d/%m/%Y}"
    _send(request.identity, template, request.language, facts, request.number, now)


def _tell_reason(request: Request, template: str, reason: str, now: dt.datetime) -> None:
    """Tell a refusal or a missing paper: why, in words, and until when to answer or contest."""
    until = request.due_on or legal_day(now) + dt.timedelta(days=APPEAL_WITHIN_DAYS)
    words = reason_words(reason, request.language)
    facts = {"number": show_number(request.number), "reason": words, "until": f"{until:%d/%m/%Y}"}
    _send(request.identity, template, request.language, facts, request.number, now)


def _send(
    identity: Identity, template: str, language: str, facts: Mapping[str, str], subject: str, now: dt.datetime
) -> None:
    for channel, to in (("sms", identity.phone), ("email", identity.email)):
        if to:
            notifications.queue_message(
                channel=channel,
                to=to,
                template=template,
                language=language,
                facts=facts,
                subject=subject,
                now=now,
            )


def _appointment_facts(number: str, language: str) -> dict[str, str]:
    booking = appointment_queries.get_booking(number)
    centre = appointment_queries.get_centre(booking.centre_code)
    at = f" {booking.at:%H:%M}" if booking.at else ""
    return {"centre": centre.name(language), "at": f"{booking.on:%d/%m/%Y}{at}"}


def subject_of(ref: UUID, identity: Identity) -> Subject:
    """Return an identity in the shape that matching compares."""
    return Subject(
        ref=ref,
        last_name_ar=identity.last_name_ar,
        first_name_ar=identity.first_name_ar,
        last_name_fr=identity.last_name_fr,
        first_name_fr=identity.first_name_fr,
        birth=identity.birth,
        sex=identity.sex,
        commune_code=identity.commune_code,
        phone=identity.phone,
        document_number=identity.paper_number,
    )


def _load_subjects(ids: Sequence[UUID]) -> dict[UUID, Subject]:
    return {key: subject_of(key, found) for key, found in queries.load_identities(ids).items()}
