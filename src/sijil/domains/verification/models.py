"""Two tables: what a question is compared with, and the steps of each subject."""

from __future__ import annotations

from django.db import models

from sijil.domains.verification.states import SubjectState
from sijil.kernel.rows import PersonKeyField, StateRow


class VerificationSubject(models.Model):
    """One person. ``birth_tag``: 16 bytes, HMAC of IDCS and birth date as precise as the register has it.

    ``tag``: of the IDCS, by a key that no other table uses. ``person``: what the log calls them.
    """

    tag = models.BinaryField(primary_key=True, max_length=16)
    person = PersonKeyField()
    birth_tag = models.BinaryField(max_length=16)
    sex = models.CharField(max_length=1)
    state = models.CharField(max_length=10, default=SubjectState.ACTIVE)

    class Meta:
        db_table = "verification_subject"
        constraints = [
            models.UniqueConstraint(fields=["person"], name="verification_subject_person_once"),
            models.CheckConstraint(condition=models.Q(sex__in=["F", "M"]), name="verification_subject_sex"),
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in SubjectState]),
                name="verification_subject_state",
            ),
        ]


class SubjectStep(StateRow):
    """Closed, reopened. The register's act that gives a number tells of the first state."""

    subject = models.ForeignKey(VerificationSubject, on_delete=models.PROTECT, related_name="steps")

    class Meta(StateRow.Meta):
        abstract = False
        db_table = "verification_subject_step"
