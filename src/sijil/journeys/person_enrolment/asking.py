"""What the officers of a case asked of a person: sent by whoever holds the number, or received at a desk.

It is kept beside the papers of the request, which stay as they were when it was received.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from sijil.domains.documents import queries as document_queries
from sijil.domains.documents import services as documents
from sijil.domains.documents.acts import PAPER_READ
from sijil.domains.documents.errors import FILE_EMPTY
from sijil.domains.documents.types import DocumentFile, DocumentLine
from sijil.domains.matching import queries as matching_queries
from sijil.domains.matching import services as matching
from sijil.domains.matching.errors import ASK_NOT_OPEN
from sijil.domains.matching.types import Ask, Case, Wanted
from sijil.domains.population_register import queries
from sijil.domains.population_register import services as register
from sijil.journeys.person_enrolment.pre_registration import Paper, judged
from sijil.kernel.actors import Actor, ActorKind
from sijil.kernel.errors import Refused


def list_asked(number: str) -> list[Ask]:
    """Return what is asked of the person of a request now. Raises: Refused(UNKNOWN_NUMBER)."""
    return matching_queries.list_asks(queries.get_request_record(number).id)


@judged
@transaction.atomic
def send_asked(*, number: str, ask: UUID, paper: Paper, actor: Actor, now: dt.datetime) -> bool:
    """Keep the paper that was asked for; tell whether the case is back before the officers.

    An officer of the centre that has the file gives it for the person.
    Raises: Refused(UNKNOWN_NUMBER, kernel.role_refused, ASK_NOT_OPEN: also where it is no paper that is asked
    for), and on what is no paper.
    """
    found = _find(number, ask, actor)
    if found.what is not Wanted.PAPER:
        raise Refused(ASK_NOT_OPEN)
    assert paper.judged is not None
    documents.receive(
        owner=_owner(found),
        kind=paper.kind,
        filename=paper.filename,
        paper=paper.judged,
        actor=actor,
        now=now,
    )
    return matching.answer(ask, of=found.of, actor=actor, now=now)


@transaction.atomic
def receive_asked(*, number: str, ask: UUID, actor: Actor, now: dt.datetime) -> bool:
    """Note at the counter that the person came; tell whether the case is back before the officers.

    Raises: Refused(UNKNOWN_NUMBER, kernel.role_refused, ASK_NOT_OPEN; FILE_EMPTY: a paper is asked for).
    """
    register.require_officer(number=number, actor=actor)
    found = _find(number, ask, actor)
    if found.what is Wanted.PAPER:  # what nobody kept is no evidence: ``send_asked``
        raise Refused(FILE_EMPTY, field="picture")
    return matching.answer(ask, of=found.of, actor=actor, now=now)


@transaction.atomic
def receive_at_desk(case_id: UUID, ask: UUID, *, actor: Actor, now: dt.datetime) -> bool:
    """Note at the desk of a case that what was asked came. Raises: Refused(CASE_UNKNOWN, ASK_NOT_OPEN)."""
    for found in matching_queries.get_case(case_id).asks:
        if found.id == ask:
            return matching.answer(ask, of=found.of, actor=actor, now=now)
    raise Refused(ASK_NOT_OPEN)


def list_sent(case: Case) -> Mapping[UUID, list[DocumentLine]]:
    """Return what was sent because it was asked in a case, of each of its files, without its content."""
    sent: dict[UUID, list[DocumentLine]] = {}
    for ask in case.asks:
        sent.setdefault(ask.of, []).extend(document_queries.list_documents(_owner(ask)))
    return sent


def read_sent(case_id: UUID, document_id: UUID, *, actor: Actor, now: dt.datetime) -> DocumentFile | None:
    """Return a paper that was sent for a file of a case, opened; None if it belongs to another case."""
    for ref, lines in list_sent(matching_queries.get_case(case_id)).items():
        record = queries.find_request_record(ref)
        if record is not None and any(line.id == document_id for line in lines):
            return document_queries.get_document(
                document_id, subject=record.subject, act=PAPER_READ, actor=actor, now=now
            )
    return None


def freeze_sent(case_id: UUID, *, now: dt.datetime) -> None:
    """Keep what was sent in a case as it is, of whichever file: a decision rested on it."""
    for ask in matching_queries.get_case(case_id).asks:
        documents.freeze_papers(owner=_owner(ask), now=now)


def return_unanswered(*, now: dt.datetime) -> int:
    """Put the cases back before the officers whose day to answer has passed; return how many."""
    return matching.return_unanswered(now=now)


def _find(number: str, ask: UUID, actor: Actor) -> Ask:
    if actor.kind is ActorKind.OFFICER:
        register.require_officer(number=number, actor=actor)
    for found in list_asked(number):
        if found.id == ask:
            return found
    raise Refused(ASK_NOT_OPEN)


def _owner(ask: Ask) -> str:
    """Return whose the paper of an answer is: of the ask, for one person may be asked in case after case."""
    return f"asked:{ask.id}"
