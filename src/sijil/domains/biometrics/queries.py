"""Reads of biometrics. Reading an image is reading a person: it takes the act and writes the entry."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from sijil.domains.biometrics import errors, models
from sijil.domains.biometrics.rules.needed import missing_modalities
from sijil.domains.biometrics.types import Capture, CaptureException, ExceptionReason, Modality
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
