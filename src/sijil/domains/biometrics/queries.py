"""Reads of biometrics. Reading an image is reading a person: it takes the act and writes the entry."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Count, Min, Q

from sijil.domains.biometrics import errors, models
from sijil.domains.biometrics.rules.needed import missing_modalities
from sijil.domains.biometrics.states import RequestState
from sijil.domains.biometrics.types import (
    Capture,
    CaptureException,
    EngineProgress,
    EngineWork,
    ExceptionReason,
    Hit,
    Identification,
    Modality,
    Operation,
    RefusedRequest,
)
from sijil.kernel import acts
from sijil.kernel.actors import Actor
from sijil.kernel.acts import Act
from sijil.kernel.dates import PartialDate
from sijil.kernel.errors import Refused
from sijil.kernel.sealing import keyring

CONTEXT = "biometrics"


def image_aad(capture: UUID) -> str:
    """Return what ties a sealed image to its row."""
    return f"biometrics_capture.sealed:{capture}"


def list_captures(request_number: str) -> list[Capture]:
    """Return the captures of a deposit without their images: face, left iris, right iris."""
    rows = models.Capture.objects.filter(request_number=request_number).defer("sealed").order_by("modality")
    return [capture_of(row) for row in rows]


def list_exceptions(request_number: str) -> list[CaptureException]:
    """Return what this person cannot give, and why."""
    rows = models.CaptureException.objects.filter(request_number=request_number).order_by("modality")
    return [exception_of(row) for row in rows]


def list_missing(request_number: str, *, birth: PartialDate, on: dt.date) -> tuple[Modality, ...]:
    """Return the modalities still to be captured for a person of this birth date."""
    given = {c.modality for c in list_captures(request_number)}
    excepted = {e.modality for e in list_exceptions(request_number)}
    return missing_modalities(birth, on, given, excepted)


def get_capture(capture_id: UUID) -> Capture:
    """Return a capture without its image. Raises: Refused(CAPTURE_UNKNOWN)."""
    row = models.Capture.objects.filter(id=capture_id).defer("sealed").first()
    if row is None:
        raise Refused(errors.CAPTURE_UNKNOWN)
    return capture_of(row)


def get_image(
    capture_id: UUID, *, subject: str, act: Act, actor: Actor, now: dt.datetime
) -> tuple[bytes, str]:
    """Return the unsealed image and its media type. ``subject``: what the log calls the person.

    Raises: Refused(CAPTURE_UNKNOWN).
    """
    row = _row(capture_id)
    with transaction.atomic():
        acts.shown(act, actor=actor, subjects=[subject], facts={"image": str(capture_id)}, now=now)
    return image_of(row), row.media_type


def name_request(operation: Operation, reference: UUID, request_number: str = "") -> UUID | None:
    """Return the name of a request to the engine: the same for the same work, also when a job is repeated.

    Other images are other work, and so is the same after the reference was forgotten; None when the deposit
    has no images.
    """
    prints = _prints([request_number])[request_number] if request_number else []
    if request_number and not prints:
        return None
    return _name(operation, reference, prints, turn_of(operation, reference))


def turn_of(operation: Operation, reference: UUID) -> int:
    """Return how often a reference was forgotten before this work; to forget it again it must be back."""
    known = models.EngineRequest.objects.filter(reference=reference)
    forgotten = known.filter(operation=Operation.DELETE).count()
    if operation is not Operation.DELETE or not forgotten:
        return forgotten
    is_back = known.filter(operation=Operation.INSERT, turn=forgotten).exists()
    return forgotten if is_back else forgotten - 1


def is_forgetting(reference: UUID) -> bool:
    """Tell whether the engine has yet to forget a reference: nothing is inserted under it before."""
    waiting = models.EngineRequest.objects.filter(reference=reference, operation=Operation.DELETE)
    return waiting.exclude(state=RequestState.ANSWERED).exists()


def _name(operation: Operation, reference: UUID, prints: Iterable[str], turn: int) -> UUID:
    again = f" {turn}" if turn else ""
    return uuid5(reference, f"{operation} {','.join(prints)}{again}")


def _prints(numbers: Iterable[str]) -> Mapping[str, list[str]]:
    """Return what names the images of deposits, in the order of their modalities."""
    found: dict[str, list[str]] = defaultdict(list)
    rows = models.Capture.objects.filter(request_number__in=list(numbers)).order_by("modality")
    for number, print_ in rows.values_list("request_number", "fingerprint"):
        found[number].append(bytes(print_).hex())
    return found


def find_identification(request_number: str, *, reference: UUID) -> Identification | None:
    """Return what the engine answered about the images that the deposit has now; None before it did.

    With the embedded twin only an image used again is found (``is_recognition`` is false).
    """
    key = name_request(Operation.IDENTIFY, reference, request_number)
    answered = models.EngineRequest.objects.filter(state=RequestState.ANSWERED)
    row = answered.filter(id=key).first() if key else None
    if row is None:
        return None
    hits = tuple(Hit(UUID(other), tuple(map(Modality, by))) for other, by in row.hits)
    return Identification(reference, hits, row.engine, row.is_recognition)


def list_asked(numbers: Iterable[str]) -> set[str]:
    """Return those deposits about which the engine has yet to answer."""
    rows = models.EngineRequest.objects.filter(request_number__in=list(numbers))
    return set(rows.exclude(state=RequestState.ANSWERED).values_list("request_number", flat=True))


def list_progress(files: Mapping[str, UUID]) -> dict[str, EngineProgress]:
    """Return how far the engine is with deposits, by number, of those about which it was asked.

    ``files``: number of each deposit, and its reference.
    """
    deleted = models.EngineRequest.objects.filter(
        reference__in=list(files.values()), operation=Operation.DELETE
    )
    turns = Counter(deleted.values_list("reference", flat=True))
    names = {
        _name(operation, files[number], prints, turns[files[number]]): (number, operation)
        for number, prints in _prints(files).items()
        for operation in (Operation.INSERT, Operation.IDENTIFY)
    }
    asked = {names[row.id]: row for row in models.EngineRequest.objects.filter(id__in=names)}
    return {
        number: _progress([asked[number, o] for o in Operation if (number, o) in asked])
        for number in {number for number, _ in asked}
    }


def _progress(rows: Sequence[models.EngineRequest]) -> EngineProgress:
    """Return how far it is: it was asked to identify once it has answered the insert."""
    last = max(rows, key=lambda row: row.operation == Operation.IDENTIFY)
    is_done = last.operation == Operation.IDENTIFY and last.state == RequestState.ANSWERED
    first = min(row.queued_at for row in rows)
    return EngineProgress(first, last.answered_at if is_done else None, last.attempts, last.reason)


def get_engine_work() -> EngineWork:
    """Return how the engine keeps up."""
    refused = Q(state=RequestState.REFUSED)
    waiting = ~refused & ~Q(state=RequestState.ANSWERED)
    found = models.EngineRequest.objects.filter(waiting | refused | Q(contradicted=True)).aggregate(
        waiting=Count("id", filter=waiting),
        oldest=Min("queued_at", filter=waiting),
        refused=Count("id", filter=refused),
        contradicted=Count("id", filter=Q(contradicted=True)),
    )
    last = models.EngineRequest.objects.filter(waiting).exclude(reason="").order_by("-claimed_at").first()
    return EngineWork(reason=last.reason if last else "", **found)


def list_refused(*, limit: int = 100) -> list[RefusedRequest]:
    """Return what the engine will not do, the oldest first."""
    rows = models.EngineRequest.objects.filter(state=RequestState.REFUSED).order_by("queued_at")[:limit]
    return [
        RefusedRequest(r.id, r.operation, r.request_number, r.attempts, r.queued_at, r.reason) for r in rows
    ]


def image_of(row: models.Capture) -> bytes:
    """Return the unsealed image of a row. Raises: SealBroken."""
    return keyring().unseal(CONTEXT, bytes(row.sealed), aad=image_aad(row.id))


def capture_of(row: models.Capture) -> Capture:
    """Return the value of a stored capture, without its image."""
    return Capture(
        id=row.id,
        request_number=row.request_number,
        modality=Modality(row.modality),
        quality=row.quality,
        width=row.width,
        height=row.height,
        media_type=row.media_type,
        captured_at=row.captured_at,
        captured_by=row.captured_by,
    )


def exception_of(row: models.CaptureException) -> CaptureException:
    """Return the value of a stored exception."""
    return CaptureException(
        row.request_number,
        Modality(row.modality),
        ExceptionReason(row.reason),
        row.recorded_at,
        row.recorded_by,
    )


def _row(capture_id: UUID) -> models.Capture:
    row = models.Capture.objects.filter(id=capture_id).first()
    if row is None:
        raise Refused(errors.CAPTURE_UNKNOWN)
    return row
