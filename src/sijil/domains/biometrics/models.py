"""Tables of biometrics: sealed images, exceptions, what the engine is asked, what the twin knows."""

from __future__ import annotations

from django.db import models

from sijil.domains.biometrics.states import RequestState
from sijil.domains.biometrics.types import ExceptionReason, Modality, Operation
from sijil.kernel.ids import new_key
from sijil.kernel.rows import StateRow

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


class FrozenCaptures(models.Model):
    """That the captures and exceptions of a file stay as they are: it was received, or ended. Immutable."""

    request_number = models.CharField(max_length=10, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "biometrics_frozen"


class EngineRequest(models.Model):
    """What the engine is asked. ``id``: the same for the same work, however often it is asked.

    ``turn``: how often the reference was forgotten before; what was forgotten is inserted by a new name.

    ``then``: the job asked for once an identify is answered. ``hits``: [reference, [modality …]] each.
    ``contradicted``: a later answer named somebody whom an earlier one did not.
    """

    id = models.UUIDField(primary_key=True)
    operation = models.CharField(max_length=10)
    reference = models.UUIDField()
    request_number = models.CharField(max_length=10, blank=True)
    then = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=10, default=RequestState.QUEUED)
    turn = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    hits = models.JSONField(default=list)
    engine = models.CharField(max_length=40, blank=True)
    is_recognition = models.BooleanField(default=False)
    contradicted = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "biometrics_engine_request"
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=~models.Q(state=RequestState.ANSWERED.value),
                name="biometrics_request_open",
            ),
            models.Index(
                fields=["id"], condition=models.Q(contradicted=True), name="biometrics_request_belied"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(operation__in=[o.value for o in Operation]),
                name="biometrics_request_operation",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in RequestState]), name="biometrics_request_state"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=RequestState.ANSWERED.value) | models.Q(answered_at__isnull=False),
                name="biometrics_request_answered_has_a_time",
            ),
        ]


class EngineRequestStep(StateRow):
    """Queued, asked, waiting, answered, tried again. ``reason``: of the engine, without identity."""

    request = models.ForeignKey(EngineRequest, on_delete=models.PROTECT, related_name="steps")

    class Meta(StateRow.Meta):
        abstract = False
        db_table = "biometrics_engine_request_step"


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
