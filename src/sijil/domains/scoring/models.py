"""Tables of scoring. One packed row per score; past scores are immutable; the shard key is the household."""

from __future__ import annotations

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

NO_DECLARATION = UUID(int=0)


class ScoreLaw(models.Model):
    """All law by which scores were made: [[name, version, digest], …]; immutable, one row for many scores."""

    digest = models.CharField(max_length=64, unique=True)
    pins = models.JSONField()

    class Meta:
        db_table = "scoring_law"


class Score(models.Model):
    """One score of one household, as it was computed: answers, exact sums, what each term added.

    ``number`` counts the household's scores from 1. ``inputs`` is in the order of the
    inputs that ``formula_version`` names; ``contributions`` in the order of the annex of ``formula_version``
    (milieu constant, region constant, terms), in units of 10^-9 points. ``confirmed``: the number of the
    score that an officer confirmed and by which this one counts although it is out of range; 0: none.
    """

    pk = models.CompositePrimaryKey("household_code", "number")
    household_code = models.CharField(max_length=11)
    number = models.IntegerField()
    formula_version = models.CharField(max_length=60)
    state = models.CharField(max_length=12)
    trigger = models.CharField(max_length=16)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)
    computed_at = models.DateTimeField()
    a = models.BigIntegerField()
    b = models.BigIntegerField()
    divisor = models.IntegerField()
    score = models.DecimalField(max_digits=10, decimal_places=7)
    law = models.IntegerField()  # of ScoreLaw
    declaration = models.UUIDField()  # what it was made of; NO_DECLARATION: inputs that were given
    due = models.JSONField()  # [[place of a member, [questions that fell due]], …]
    inputs = ArrayField(models.IntegerField())
    contributions = ArrayField(models.BigIntegerField())
    confirmed = models.IntegerField(default=0, db_default=0)

    class Meta:
        db_table = "scoring_score"
        constraints = [
            models.CheckConstraint(name="scoring_score_number_positive", condition=Q(number__gte=1)),
            models.CheckConstraint(name="scoring_score_divisor_positive", condition=Q(divisor__gte=1)),
            models.CheckConstraint(
                name="scoring_score_state_known", condition=Q(state__in=["scored", "quarantined"])
            ),
            models.CheckConstraint(
                name="scoring_score_confirmed_counts",
                condition=Q(confirmed=0) | Q(confirmed__gte=1, confirmed__lte=F("number"), state="scored"),
            ),
            models.CheckConstraint(
                name="scoring_score_household_code_form", condition=Q(household_code__regex=r"^[0-9]{11}$")
            ),
        ]


class CurrentScore(models.Model):
    """The last score of each household, narrow, for lists and counts: one row to read, one to update.

    No index but the key, so that a rescoring rewrites rows in place (HOT); counts scan it.
    """

    household_code = models.CharField(primary_key=True, max_length=11)
    number = models.IntegerField()
    formula_version = models.CharField(max_length=60)
    state = models.CharField(max_length=12)
    milieu = models.SmallIntegerField()
    region = models.SmallIntegerField()
    size = models.SmallIntegerField()
    divisor = models.IntegerField()
    a = models.BigIntegerField()
    b = models.BigIntegerField()
    score = models.DecimalField(max_digits=10, decimal_places=7)
    computed_at = models.DateTimeField()
    law = models.IntegerField()  # of ScoreLaw
    fingerprint = (
        models.BigIntegerField()
    )  # of the inputs and of who is due: the same inputs, the same number
    rescoring = models.BigIntegerField(default=0, db_default=0)  # the last rescoring that took this household
    confirmed = models.IntegerField(default=0, db_default=0)  # the last score that an officer confirmed

    class Meta:
        db_table = "scoring_current"


class Rescoring(models.Model):
    """One run over all households, resumable: each household done is marked with its id."""

    formula_version = models.CharField(max_length=60)
    law = models.IntegerField()  # of ScoreLaw, without the forms
    day = models.DateField()  # whose law and ages
    state = models.CharField(max_length=12, default="running")
    total = models.BigIntegerField()
    taken = models.BigIntegerField(default=0)
    scored = models.BigIntegerField(default=0)
    quarantined = models.BigIntegerField(default=0)
    kept = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "scoring_rescoring"
        constraints = [
            models.CheckConstraint(
                name="scoring_rescoring_in_is_out",
                condition=Q(taken=F("scored") + F("quarantined") + F("kept") + F("refused")),
            ),
            models.CheckConstraint(
                name="scoring_rescoring_state_known",
                condition=Q(state__in=["running", "finished", "dropped"]),
            ),
        ]


class RescoringRefusal(models.Model):
    """A household that a rescoring could not score, and why; its last score stays current."""

    rescoring = models.ForeignKey(Rescoring, on_delete=models.PROTECT, related_name="refusals")
    household_code = models.CharField(max_length=11)
    code = models.CharField(max_length=60)
    field = models.CharField(max_length=60)

    class Meta:
        db_table = "scoring_rescoring_refusal"
        constraints = [
            models.UniqueConstraint(
                name="scoring_rescoring_refusal_once", fields=["household_code", "rescoring"]
            ),
        ]
