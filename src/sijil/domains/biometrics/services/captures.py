"""Writes: keep a capture, record an exception, erase them."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction

from sijil.domains.biometrics import errors, models, queries
from sijil.domains.biometrics.acts import CAPTURE_EXCUSED, CAPTURED
from sijil.domains.biometrics.adapters.devices import DEVICES
from sijil.domains.biometrics.opening import open_image
from sijil.domains.biometrics.queries import CONTEXT, image_aad
from sijil.domains.biometrics.rules.quality import check_quality
from sijil.domains.biometrics.types import (
    Capture,
    CaptureException,
    ExceptionReason,
    Judged,
    Modality,
)
from sijil.kernel.actors import Actor
from sijil.kernel.acts import record
from sijil.kernel.dates import PartialDate, legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import new_key
from sijil.kernel.sealing import keyring

MEDIA_TYPES = {
    Modality.FACE: "image/jpeg",
    Modality.IRIS_LEFT: "image/png",
    Modality.IRIS_RIGHT: "image/png",
}


def take_image(*, modality: str, given: bytes, now: dt.datetime) -> bytes:
    """Return the image to judge, outside any transaction: what the browser sent, else of the device.

    Raises: Refused(MODALITY_UNKNOWN, IMAGE_EMPTY, one of the DEVICE_ errors).
    """
    return DEVICES.get().take(_read_modality(modality), given, now=now)


def judge_capture(*, modality: str, content: bytes, now: dt.datetime) -> Judged:
    """Open and check an image, outside any transaction: a child process works on it meanwhile.

    ``modality``: face | iris_left | iris_right. ``content``: a PNG or JPEG file.
    Raises: Refused(MODALITY_UNKNOWN | one of the IMAGE_ errors | PUPIL_NOT_SEEN | FILES_WAIT).
    """
    kind = _read_modality(modality)
    image = open_image(content, kind, legal_day(now))
    return Judged(kind, image, check_quality(image, kind, legal_day(now)))


@transaction.atomic
def store_capture(*, request_number: str, judged: Judged, actor: Actor, now: dt.datetime) -> Capture:
    """Keep an image sealed, without its metadata; it replaces the earlier one of its modality.

    Raises: Refused(SAME_IMAGE_TWICE).
    """
    kind, image, key = judged.modality, judged.image, new_key()
    fingerprint = keyring().blind_index(CONTEXT, "pixels", image.digest)
    _lock_request(request_number)
    _refuse_same_image(request_number, kind, fingerprint)
    models.Capture.objects.filter(request_number=request_number, modality=kind).delete()
    models.CaptureException.objects.filter(request_number=request_number, modality=kind).delete()
    row = models.Capture.objects.create(
        id=key,
        request_number=request_number,
        modality=kind,
        sealed=keyring().seal(CONTEXT, image.kept, aad=image_aad(key)),
        media_type=MEDIA_TYPES[kind],
        fingerprint=fingerprint,
        quality=dict(judged.quality),
        width=image.width,
        height=image.height,
        captured_at=now,
        captured_by=actor.id,
    )
    record(CAPTURED, actor=actor, subject=request_number, facts={"modality": kind.value}, now=now)
    return queries.capture_of(row)


@transaction.atomic
def record_exception(
    *, request_number: str, modality: str, reason: str, actor: Actor, now: dt.datetime
) -> CaptureException:
    """Record that an iris cannot be captured, and why; a later record replaces it.

    Raises: Refused(MODALITY_UNKNOWN | EXCEPTION_NOT_ALLOWED | EXCEPTION_REASON_UNKNOWN | ALREADY_CAPTURED).
    """
    kind = _read_modality(modality)
    if kind is Modality.FACE:
        raise Refused(errors.EXCEPTION_NOT_ALLOWED, field="modality")
    if reason not in set(ExceptionReason):
        raise Refused(errors.EXCEPTION_REASON_UNKNOWN, field="reason")
    _lock_request(request_number)
    if models.Capture.objects.filter(request_number=request_number, modality=kind).exists():
        raise Refused(errors.ALREADY_CAPTURED)
    row, _ = models.CaptureException.objects.update_or_create(
        request_number=request_number,
        modality=kind,
        defaults={"reason": reason, "recorded_at": now, "recorded_by": actor.id},
    )
    facts = {"modality": modality, "reason": reason}
    record(CAPTURE_EXCUSED, actor=actor, subject=request_number, facts=facts, now=now)
    return queries.exception_of(row)


def require_captures(*, request_number: str, birth: PartialDate, now: dt.datetime) -> None:
    """Refuse if a capture is missing and no exception says why. Raises: Refused(CAPTURES_MISSING)."""
    missing = queries.list_missing(request_number, birth=birth, on=legal_day(now))
    if missing:
        raise Refused(errors.CAPTURES_MISSING, missing=", ".join(m.value for m in missing))


def freeze_captures(*, request_number: str, now: dt.datetime) -> None:
    """Keep what was taken of a person as it is from now on: the file was received, or ended. Idempotent."""
    row = models.FrozenCaptures(request_number=request_number, at=now)
    models.FrozenCaptures.objects.bulk_create([row], ignore_conflicts=True)


def erase_captures(*, request_number: str, now: dt.datetime) -> int:
    """Erase the images and exceptions of a file that was never received; return how many images."""
    models.CaptureException.objects.filter(request_number=request_number).delete()
    return models.Capture.objects.filter(request_number=request_number).delete()[0]


def _read_modality(modality: str) -> Modality:
    if modality not in set(Modality):
        raise Refused(errors.MODALITY_UNKNOWN, field="modality")
    return Modality(modality)


def _refuse_same_image(request_number: str, modality: Modality, fingerprint: bytes) -> None:
    others = models.Capture.objects.filter(request_number=request_number, fingerprint=fingerprint)
    other = others.exclude(modality=modality).first()
    if other is not None:
        raise Refused(errors.SAME_IMAGE_TWICE, field="image", other=other.modality)


def _lock_request(request_number: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"biometrics:{request_number}"]
        )
