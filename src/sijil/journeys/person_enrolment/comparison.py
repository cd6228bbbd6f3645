"""The worker: compare a deposited file with everyone known, then issue the number or send it to officers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction

from sijil.domains.biometrics import queries as captures
from sijil.domains.biometrics import services as biometrics
from sijil.domains.biometrics.types import Identification, RefusedRequest
from sijil.domains.matching import queries as matching_queries
from sijil.domains.matching import services as matching
from sijil.domains.matching.acts import COMPARED
from sijil.domains.matching.types import Candidate, Comparison, Origin, Subject, Verdict
from sijil.domains.population_register import queries
from sijil.domains.population_register import services as register
from sijil.domains.population_register.rules import matched
from sijil.domains.population_register.states import RequestState
from sijil.domains.population_register.types import RequestRecord
from sijil.journeys.person_enrolment.numbering import issue_number
from sijil.kernel.actors import Actor, system
from sijil.kernel.ids import PersonKey
from sijil.kernel.jobs import enqueue

MATCHER = system("matcher")


@transaction.atomic
def compare(number: str, *, now: dt.datetime) -> None:
    """Worker: compare the file with everyone known and keep the result. Replayed: compares again.

    The engine is asked here and called afterwards, outside any transaction: first to enrol the captures, then
    whom they resemble, so that of two files that reuse one image at least one decision sees the other. One
    entry says how many identities the comparison opened.
    """
    request = queries.get_request_record(number)
    if request.state != RequestState.DEPOSITED:
        return
    near = f"files near request {request.number}"
    with queries.Run(COMPARED, actor=MATCHER, selection=near, now=now) as run:

        def load(refs: Sequence[UUID]) -> Mapping[UUID, Subject]:
            return {ref: Subject(ref, **matched(found)) for ref, found in run.identities(refs).items()}

        [subject] = load([request.id]).values()
        found = matching.compare(subject, load=load, now=now)
        run.law.append(found.model_version)
    biometrics.request_comparison(
        request_number=request.number, reference=request.id, then="person_enrolment.resolve", now=now
    )


@transaction.atomic
def resolve(number: str, *, now: dt.datetime) -> PersonKey | None:
    """Worker: return the person registered, or None when officers must decide (or have already).

    None too while the engine has not answered: its answer asks for this again. Of two at once one waits.
    """
    register.lock_request(number=number)
    request = queries.get_request_record(number)
    if request.state != RequestState.DEPOSITED:
        return request.person
    comparison = matching_queries.find_comparison(request.id)
    if comparison is None:
        raise RuntimeError(f"{request.number}: no comparison to decide by")
    reused = captures.find_identification(request.number, reference=request.id)
    if reused is None:
        return None
    if comparison.verdict is Verdict.UNIQUE and not reused.hits:
        return issue_number(request.number, actor=MATCHER, now=now)
    _send_to_officers(request, comparison, reused, now)
    return None


def _send_to_officers(
    request: RequestRecord, found: Comparison, reused: Identification, now: dt.datetime
) -> None:
    register.flag_duplicate(number=request.number, actor=MATCHER, now=now)
    known = {c.ref for c in found.candidates}
    again = [Candidate(h.reference, 0, Verdict.LIKELY, {"image": "reused"}, 0) for h in reused.hits]
    matching.open_case(
        subject=request.id,
        number=request.number,
        candidates=[*found.candidates, *(c for c in again if c.ref not in known)],
        origin=Origin.DEMOGRAPHIC if found.candidates else Origin.BIOMETRIC,
        comparison=found.id,
        deposited_by=request.deposited_by,
        actor=MATCHER,
        now=now,
    )


def record_answers(*, body: bytes, media_type: str, now: dt.datetime) -> None:
    """Keep what the engine tells; an answer asks for ``resolve``. Raises: Refused(ANSWER_UNREADABLE)."""
    biometrics.record_answers(body, media_type, now=now)


def list_refused(*, limit: int) -> list[RefusedRequest]:
    """Return what the engine will not do, with the reason, the oldest first."""
    return captures.list_refused(limit=limit)


def revive_refused(*, actor: Actor, now: dt.datetime) -> int:
    """Ask the engine again for all that it refused; return how many."""
    return biometrics.revive_refused(actor=actor, now=now)


def sweep(*, now: dt.datetime) -> int:
    """Worker, by the clock: no deposited file stays uncompared; return how many were asked again.

    Those that wait for the engine are asked for by its own requests.
    """
    stuck = queries.list_stuck(before=now - dt.timedelta(minutes=10))
    forgotten = [number for number in stuck if number not in captures.list_asked(stuck)]
    for number in forgotten:
        with transaction.atomic():
            enqueue("person_enrolment.compare", number=number)
    return len(forgotten)


def forget_old_drafts(*, now: dt.datetime) -> int:
    """Worker, by the clock: what was typed and never sent is deleted after 30 days."""
    return register.forget_drafts(before=now - dt.timedelta(days=30))
