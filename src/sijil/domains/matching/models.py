"""Tables of matching. No identity in clear: keys are keyed hashes, reasons are sealed."""

from __future__ import annotations

from django.db import models

from sijil.domains.matching.states import CASE, CaseState
from sijil.domains.matching.types import CaseVerdict, Origin, Verdict, Wanted
from sijil.kernel.casework.rows import CaseFile, file_constraints, file_indexes
from sijil.kernel.ids import new_key
from sijil.kernel.rows import StateRow


class MatchingKey(models.Model):
    """One keyed hash (HMAC, 64 bits) by which a subject is found; ``rule`` says of which blocking rule."""

    pk = models.CompositePrimaryKey("key", "subject")
    key = models.BigIntegerField()
    subject = models.UUIDField()
    rule = models.SmallIntegerField()

    class Meta:
        db_table = "matching_key"
        indexes = [models.Index(fields=["subject"], name="matching_key_subject")]


class Comparison(models.Model):
    """The result of one comparison, kept as it was: level codes per candidate, version of the model.

    ``people``: how many were known, by and large; the thresholds rise with it.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    subject = models.UUIDField()
    verdict = models.CharField(max_length=16)
    candidates = models.JSONField()
    compared = models.PositiveIntegerField()
    dropped_blocks = models.PositiveSmallIntegerField()
    is_truncated = models.BooleanField()
    model_version = models.CharField(max_length=40)
    people = models.PositiveBigIntegerField()
    compared_at = models.DateTimeField()

    class Meta:
        db_table = "matching_comparison"
        indexes = [models.Index(fields=["subject", "compared_at"], name="matching_comparison_subject")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verdict__in=[v.value for v in Verdict]), name="matching_comparison_verdict"
            )
        ]


class Case(CaseFile):
    """One adjudication case. ``number``: of the request of ``subject``, as staff and the log call it.

    ``person``: the key of a registered person who was corrected and is compared anew; ``number`` is then that
    of the old request, if there was one. ``deposited_by``: the officer who received the file or corrected
    the person, and may not decide it. ``round``: of deciding; the next begins when something asked for comes,
    or does not come by ``asked_until`` (``is_unanswered``).
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    subject = models.UUIDField()
    number = models.CharField(max_length=10, blank=True)
    person = models.CharField(max_length=20, blank=True)
    candidates = models.JSONField()
    origin = models.CharField(max_length=16)
    comparison = models.ForeignKey(Comparison, null=True, on_delete=models.PROTECT, related_name="cases")
    deposited_by = models.CharField(max_length=64, blank=True)
    closed_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=24, blank=True)
    linked_to = models.UUIDField(null=True)
    round = models.SmallIntegerField(default=1)
    asked_until = models.DateField(null=True)
    is_unanswered = models.BooleanField(default=False)

    class Meta:
        db_table = "matching_case"
        indexes = [
            *file_indexes(CASE, "matching_case"),
            models.Index(fields=["subject"], name="matching_case_subject"),
            models.Index(
                fields=["opened_at"], name="matching_case_open", condition=~models.Q(state=CaseState.CLOSED)
            ),
        ]
        constraints = [
            *file_constraints(CASE, "matching_case"),
            models.UniqueConstraint(
                fields=["subject"],
                condition=~models.Q(state=CaseState.CLOSED),
                name="matching_case_one_open_per_subject",
            ),
            models.CheckConstraint(
                condition=models.Q(origin__in=[o.value for o in Origin]), name="matching_case_origin"
            ),
            models.CheckConstraint(
                condition=models.Q(state=CaseState.CLOSED, closed_at__isnull=False)
                & models.Q(verdict__in=[CaseVerdict.DIFFERENT_PERSON, CaseVerdict.SAME_PERSON])
                | ~models.Q(state=CaseState.CLOSED) & models.Q(closed_at__isnull=True, verdict=""),
                name="matching_case_closed_with_verdict",
            ),
            models.CheckConstraint(
                condition=models.Q(verdict=CaseVerdict.SAME_PERSON) & models.Q(linked_to__isnull=False)
                | ~models.Q(verdict=CaseVerdict.SAME_PERSON) & models.Q(linked_to__isnull=True),
                name="matching_case_linked_if_same",
            ),
            models.CheckConstraint(
                condition=models.Q(state=CaseState.ASKED, asked_until__isnull=False)
                | ~models.Q(state=CaseState.ASKED) & models.Q(asked_until__isnull=True),
                name="matching_case_asked_until_a_day",
            ),
        ]


class CaseStep(StateRow):
    """One step of a case; immutable."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")

    class Meta(StateRow.Meta):
        db_table = "matching_case_step"


class Decision(models.Model):
    """What one officer decided of one case; immutable, one per officer and round, the reason sealed.

    ``candidate``: who it is, or of whom ``ask`` is asked.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    round = models.SmallIntegerField(default=1)
    officer = models.CharField(max_length=64)
    verdict = models.CharField(max_length=24)
    candidate = models.UUIDField(null=True)
    ask = models.CharField(max_length=16, blank=True)
    sealed = models.BinaryField()
    decided_at = models.DateTimeField()

    class Meta:
        db_table = "matching_decision"
        ordering = ["decided_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "round", "officer"], name="matching_decision_one_per_officer"
            ),
            models.CheckConstraint(
                condition=models.Q(verdict__in=[v.value for v in CaseVerdict]),
                name="matching_decision_verdict",
            ),
            models.CheckConstraint(
                condition=models.Q(verdict=CaseVerdict.SAME_PERSON, candidate__isnull=False, ask="")
                | models.Q(verdict=CaseVerdict.DIFFERENT_PERSON, candidate__isnull=True, ask="")
                | models.Q(
                    verdict=CaseVerdict.CANNOT_TELL,
                    candidate__isnull=False,
                    ask__in=[w.value for w in Wanted],
                ),
                name="matching_decision_names_its_file",
            ),
        ]


class Ask(models.Model):
    """One thing asked of the person of the file ``of``. ``until``: the last day for it."""

    id = models.UUIDField(primary_key=True, default=new_key)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="asks")
    round = models.SmallIntegerField()
    of = models.UUIDField()
    what = models.CharField(max_length=16)
    until = models.DateField()
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_kind = models.CharField(max_length=16, blank=True)
    answered_by = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "matching_ask"
        ordering = ["asked_at", "id"]
        indexes = [models.Index(fields=["of"], name="matching_ask_of")]
        constraints = [
            models.UniqueConstraint(fields=["case", "round", "of", "what"], name="matching_ask_once"),
            models.CheckConstraint(
                condition=models.Q(what__in=[w.value for w in Wanted]), name="matching_ask_what"
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True, answered_kind="")
                | models.Q(answered_at__isnull=False) & ~models.Q(answered_kind=""),
                name="matching_ask_answered_by_somebody",
            ),
        ]
