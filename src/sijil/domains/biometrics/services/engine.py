"""Writes: what the engine is asked, between transactions, and what it answers, at once, late or twice.

request_comparison   in the transaction of a journey: insert, then identify, then the journey's next job
ask                  worker: claim in one transaction, call without any, mark in another
record_answers       what the engine tells by itself
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from sijil.domains.biometrics import errors, models, queries
from sijil.domains.biometrics.acts import ENGINE_REVIVED
from sijil.domains.biometrics.adapters import ENGINES
from sijil.domains.biometrics.adapters.abis import (
    Abis,
    AbisFailed,
    Answer,
    AnsweringAbis,
    AnswerUnreadable,
    Later,
    Sample,
)
from sijil.domains.biometrics.models import EngineRequest, EngineRequestStep
from sijil.domains.biometrics.states import REQUEST, RequestState
from sijil.domains.biometrics.types import Hit, Modality, Operation
from sijil.kernel import jobs
from sijil.kernel.actors import Actor, system
from sijil.kernel.acts import record
from sijil.kernel.errors import Refused
from sijil.kernel.steps import Rows as Steps
from sijil.kernel.together import Asked, Rows

log = logging.getLogger("sijil.biometrics")
STUCK_AFTER = dt.timedelta(minutes=5)
"""A worker that claimed and never marked died; longer than any engine may take to take a request."""
ANSWER_WITHIN = dt.timedelta(minutes=10)
"""An engine that answers later and did not is asked again, by the same request."""
EXPECTED = "the engine answers later"
REQUESTS = Steps(REQUEST, EngineRequest, EngineRequestStep, "request")
ENGINE = system("abis")


@transaction.atomic
def request_comparison(*, request_number: str, reference: UUID, then: str, now: dt.datetime) -> None:
    """Ask the engine to enrol a deposit under ``reference`` and to tell who else they are.

    ``then``: the job that is asked for with the number of the deposit once it answered. Repeated, nothing is
    asked twice, and a chain that was cut goes on. Raises: Refused(CAPTURES_MISSING) without a capture.
    """
    _open(Operation.INSERT, reference, request_number, then, now)


@transaction.atomic
def forget_reference(*, reference: UUID, now: dt.datetime) -> None:
    """Have the engine forget a reference (rejected file, erased person), in the caller's transaction."""
    _open(Operation.DELETE, reference, "", "", now)


def ask(request_id: UUID, now: dt.datetime) -> str | None:
    """Ask the engine what is due and nobody else asks; return the state reached, or None.

    The engine is called between two short transactions and holds no lock. Killed between them, it is asked
    again by the same request.
    """
    row = _claim(request_id, now)
    if row is None:
        return None
    engine = ENGINES.get()
    try:
        found = _call(engine, row)
    except AbisFailed as failure:
        return _mark_failed(row, failure, now)
    except Exception as error:  # an adapter's fault must not stop a file; its message may name somebody
        return _mark_failed(row, AbisFailed(f"fault of the adapter: {type(error).__name__}"), now)
    if isinstance(found, Later):
        return _mark_later(row, now)
    return _answer(row.id, found or (), now)


def ask_due(now: dt.datetime, limit: int = 200) -> int:
    """Ask what is due: failures to try again, answers that never came. Return how many were asked.

    The first failure ends the round, so that an engine that is down costs one wait and not two hundred.
    """
    stuck = EngineRequest.objects.filter(state=RequestState.ASKING, claimed_at__lt=now - STUCK_AFTER)
    REQUESTS.move(stuck, "retry", actor=ENGINE, now=now, reason="worker stopped", due_at=now)
    silent = EngineRequest.objects.filter(state=RequestState.WAITING, due_at__lte=now)
    REQUESTS.move(silent, "retry", actor=ENGINE, now=now, reason="no answer came", due_at=now)
    due = EngineRequest.objects.filter(state=RequestState.QUEUED, due_at__lte=now).order_by("due_at", "id")
    asked = 0
    while asked < limit and (request := due.values_list("id", flat=True).first()) is not None:
        asked += 1
        if ask(request, now) == RequestState.QUEUED:
            break
    return asked


def record_answers(body: bytes, media_type: str, *, now: dt.datetime) -> int:
    """Keep what the engine tells by itself; return how many answers it were.

    What nobody asked is passed over. Raises: Refused(ANSWER_UNREADABLE).
    """
    engine = ENGINES.get()
    if not isinstance(engine, AnsweringAbis):
        raise Refused(errors.ANSWER_UNREADABLE)
    try:
        answers = engine.read_answers(body, media_type)
    except AnswerUnreadable as unreadable:
        raise Refused(errors.ANSWER_UNREADABLE) from unreadable
    for answer in answers:
        _take(answer, now)
    return len(answers)


@transaction.atomic
def revive_refused(*, actor: Actor, now: dt.datetime) -> int:
    """Ask again what the engine refused, from the start; return how many."""
    rows = list(EngineRequest.objects.select_for_update().filter(state=RequestState.REFUSED))
    chosen = EngineRequest.objects.filter(id__in=[row.id for row in rows])
    REQUESTS.move(chosen, "revive", actor=actor, now=now, attempts=0, due_at=now)
    for row in rows:
        about = row.request_number or f"reference:{row.reference}"
        record(ENGINE_REVIVED, actor=actor, subject=about, facts={"operation": row.operation}, now=now)
    return len(rows)


def _open(operation: Operation, reference: UUID, request_number: str, then: str, now: dt.datetime) -> None:
    key = queries.name_request(operation, reference, request_number)
    if key is None:
        raise Refused(errors.CAPTURES_MISSING, missing=Modality.FACE.value)
    if operation is Operation.INSERT and queries.is_forgetting(reference):
        return  # the sweep of the journey asks again
    known = _alone(key)
    if known is not None:
        if known.state == RequestState.ANSWERED:
            _follow(known, now)
        return
    row = EngineRequest(
        id=key, operation=operation, reference=reference, request_number=request_number, then=then,
        queued_at=now, due_at=now, turn=queries.turn_of(operation, reference),
    )  # fmt: skip
    try:
        REQUESTS.open(row, "queue", actor=ENGINE, now=now)
    except IntegrityError:  # asked for by somebody else at this moment
        return
    jobs.enqueue("biometrics.ask", request_id=str(key))


def _follow(row: EngineRequest, now: dt.datetime) -> None:
    """Ask for what comes after an answer: an identify sees every insert that was answered before it."""
    if row.operation == Operation.INSERT:
        _open(Operation.IDENTIFY, row.reference, row.request_number, row.then, now)
    elif then := row.then:
        jobs.enqueue(then, number=row.request_number)


def _alone(request_id: UUID) -> EngineRequest | None:
    """Have a request alone until the end of the transaction."""
    return next(iter(Asked[list[EngineRequest]](list, _ALONE.of(request_id)).value), None)


_ALONE = Rows(lambda key: EngineRequest.objects.select_for_update().filter(id=key))


@transaction.atomic
def _claim(request_id: UUID, now: dt.datetime) -> EngineRequest | None:
    due = EngineRequest.objects.filter(id=request_id, due_at__lte=now)
    mine = REQUESTS.move(due, "claim", actor=ENGINE, now=now, claimed_at=now, attempts=F("attempts") + 1)
    return _alone(request_id) if mine else None


def _call(engine: Abis, row: EngineRequest) -> Sequence[Hit] | Later | None:
    if row.operation == Operation.DELETE:
        return engine.delete(request=row.id, reference=row.reference)
    if row.operation == Operation.IDENTIFY:
        return engine.identify(request=row.id, reference=row.reference)
    samples = _samples(row.request_number)
    if not samples:
        raise AbisFailed("the images are gone", permanent=True)
    return engine.insert(request=row.id, reference=row.reference, samples=samples)


def _samples(request_number: str) -> list[Sample]:
    rows = models.Capture.objects.filter(request_number=request_number).order_by("modality")
    return [
        Sample(Modality(r.modality), queries.image_of(r), r.media_type, bytes(r.fingerprint)) for r in rows
    ]


@transaction.atomic
def _answer(request_id: UUID, hits: Iterable[Hit], now: dt.datetime) -> str | None:
    """Keep an answer and ask for what follows. Again: nothing, unless it names somebody new."""
    row = _alone(request_id)
    if row is None:
        return None
    kept = {other: by for other, by in row.hits}
    new = {str(h.reference): [m.value for m in h.modalities] for h in hits if h.reference != row.reference}
    is_first = row.state != RequestState.ANSWERED
    if not is_first and new.keys() <= kept.keys():
        return RequestState.ANSWERED
    if not is_first:
        log.warning("engine request %s was answered again, with somebody else", row.id)
    engine = ENGINES.get()
    REQUESTS.move(
        EngineRequest.objects.filter(id=row.id), "answer" if is_first else "amend", actor=ENGINE, now=now,
        answered_at=now, hits=[*(kept | new).items()], engine=engine.name, contradicted=not is_first,
        is_recognition=engine.is_recognition,
    )  # fmt: skip
    _follow(row, now)
    return RequestState.ANSWERED


def _take(answer: Answer, now: dt.datetime) -> None:
    if not answer.failure:
        _answer(answer.request, answer.hits, now)
        return
    open_states = (RequestState.WAITING, RequestState.ASKING)
    row = EngineRequest.objects.filter(id=answer.request, state__in=open_states).first()
    if row is not None:
        _mark_failed(row, AbisFailed(answer.failure, permanent=answer.permanent), now)


def _mark_later(row: EngineRequest, now: dt.datetime) -> str:
    mine = EngineRequest.objects.filter(id=row.id, attempts=row.attempts)
    REQUESTS.move(mine, "defer", actor=ENGINE, now=now, reason=EXPECTED, due_at=now + ANSWER_WITHIN)
    return RequestState.WAITING


def _mark_failed(row: EngineRequest, failure: AbisFailed, now: dt.datetime) -> str:
    """It was not done: wait, or leave it to staff. A claim newer than ours is left alone."""
    mine = EngineRequest.objects.filter(id=row.id, attempts=row.attempts)
    action = "give_up" if failure.permanent else "retry"
    due_at, reason = now + wait_after(row.attempts), failure.reason[:200]
    REQUESTS.move(mine, action, actor=ENGINE, now=now, reason=reason, due_at=due_at)
    log.warning("engine request %s (%s) failed, try %s: %s", row.id, row.operation, row.attempts, reason)
    return REQUEST.target(RequestState.ASKING, action)


def wait_after(attempts: int) -> dt.timedelta:
    """Return the wait after the n-th failure: 15 s, 30 s, 1, 2, 4 … minutes, at most half an hour."""
    return min(dt.timedelta(seconds=15 * 2 ** min(attempts - 1, 8)), dt.timedelta(minutes=30))
