"""Tables of grievances. What is said is sealed; who may not decide stands with the grievance."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from sijil.domains.grievances.states import GRIEVANCE, GrievanceState
from sijil.domains.grievances.types import GrievanceKind, Said
from sijil.kernel.casework.rows import CaseFile, file_constraints, file_indexes
from sijil.kernel.ids import new_key
from sijil.kernel.rows import StateRow


class Grievance(CaseFile):
    """One grievance. ``about``: number of the file; ``decision``: the key of what is contested, by value.

    ``barred``: logins of who took part in it, or received the grievance: they do not decide it.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    number = models.CharField(max_length=10)
    kind = models.CharField(max_length=24)
    about = models.CharField(max_length=10)
    decision = models.UUIDField()
    centre_code = models.CharField(max_length=24)
    barred = ArrayField(models.CharField(max_length=64), default=list)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "grievance"
        indexes = [
            *file_indexes(GRIEVANCE, "grievance"),
            models.Index(fields=["about"], name="grievance_about"),
        ]
        constraints = [
            *file_constraints(GRIEVANCE, "grievance"),
            models.UniqueConstraint(fields=["number"], name="grievance_has_own_number"),
            models.UniqueConstraint(
                fields=["about"],
                condition=models.Q(state=GrievanceState.RECEIVED),
                name="grievance_one_open_per_file",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=[k.value for k in GrievanceKind]), name="grievance_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(state=GrievanceState.RECEIVED, answered_at__isnull=True)
                | ~models.Q(state=GrievanceState.RECEIVED) & models.Q(answered_at__isnull=False),
                name="grievance_answered_has_a_time",
            ),
        ]


class GrievanceStep(StateRow):
    """One step of a grievance; immutable."""

    grievance = models.ForeignKey(Grievance, on_delete=models.PROTECT, related_name="steps")

    class Meta(StateRow.Meta):
        db_table = "grievance_step"


class GrievanceText(models.Model):
    """What one side said, sealed; immutable, one for each side."""

    id = models.UUIDField(primary_key=True, default=new_key)
    grievance = models.ForeignKey(Grievance, on_delete=models.PROTECT, related_name="texts")
    said = models.CharField(max_length=8)
    by = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "grievance_text"
        constraints = [
            models.UniqueConstraint(fields=["grievance", "said"], name="grievance_text_once"),
            models.CheckConstraint(
                condition=models.Q(said__in=[s.value for s in Said]), name="grievance_text_side"
            ),
        ]
