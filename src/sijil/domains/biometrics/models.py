"""Tables of biometrics: sealed images, exceptions, and the references of the embedded twin."""

from __future__ import annotations

from django.db import models

from sijil.domains.biometrics.types import ExceptionReason, Modality
from sijil.kernel.ids import new_key

_MODALITIES = [m.value for m in Modality]
_IRISES = [Modality.IRIS_LEFT.value, Modality.IRIS_RIGHT.value]


class Capture(models.Model):
    """One accepted image of a deposit, sealed. A new one of the same modality replaces it.

    ``fingerprint``: keyed hash of the pixels as sent; equal only for the very same picture.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    request_number = models.CharField(max_length=10)
    modality = models.CharField(max_length=16)
    sealed = models.BinaryField()
    media_type = models.CharField(max_length=16)
    fingerprint = models.BinaryField()
    quality = models.JSONField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    captured_at = models.DateTimeField()
    captured_by = models.CharField(max_length=64)

    class Meta:
        db_table = "biometrics_capture"
        constraints = [
            models.UniqueConstraint(
                fields=["request_number", "modality"], name="biometrics_capture_one_per_modality"
            ),
            models.CheckConstraint(
                condition=models.Q(modality__in=_MODALITIES), name="biometrics_capture_modality"
            ),
        ]


class CaptureException(models.Model):
    """A modality that a person cannot give."""

    id = models.UUIDField(primary_key=True, default=new_key)
    request_number = models.CharField(max_length=10)
    modality = models.CharField(max_length=16)
    reason = models.CharField(max_length=16)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=64)

    class Meta:
        db_table = "biometrics_exception"
        constraints = [
            models.UniqueConstraint(
                fields=["request_number", "modality"], name="biometrics_exception_one_per_modality"
            ),
            models.CheckConstraint(
                condition=models.Q(modality__in=_IRISES), name="biometrics_exception_iris_only"
            ),
            models.CheckConstraint(
                condition=models.Q(reason__in=[r.value for r in ExceptionReason]),
                name="biometrics_exception_reason",
            ),
        ]


class EmbeddedReference(models.Model):
    """What the embedded twin knows of a reference: the keyed fingerprint of each image."""

    pk = models.CompositePrimaryKey("reference", "modality")
    reference = models.UUIDField()
    modality = models.CharField(max_length=16)
    fingerprint = models.BinaryField()

    class Meta:
        db_table = "biometrics_embedded_reference"
        indexes = [models.Index(fields=["fingerprint"], name="biometrics_embedded_print")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(modality__in=_MODALITIES), name="biometrics_embedded_modality"
            )
        ]
