"""Tables of the programmes: decisions and what they were taken by; lists, their steps and frozen rows."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from sijil.domains.programmes.states import UNFINISHED, ListState
from sijil.domains.programmes.types import Outcome
from sijil.kernel.ids import new_key
from sijil.kernel.rows import StateRow


class Basis(models.Model):
    """What many decisions were taken by: a programme's threshold and a formula, each with its digests.

    Immutable; named by its number in each decision, so that a decision is narrow. ``formula_pins``: [name,
    version, digest] each; ``formula_digest``: one digest for all of them.
    """

    programme = models.CharField(max_length=40)
    threshold = models.DecimalField(max_digits=12, decimal_places=9)
    threshold_law = models.CharField(max_length=80)
    threshold_version = models.CharField(max_length=60)
    threshold_digest = models.CharField(max_length=64)
    formula_version = models.CharField(max_length=60)
    formula_pins = models.JSONField()
    formula_digest = models.CharField(max_length=64)

    class Meta:
        db_table = "programmes_basis"
        constraints = [
            models.UniqueConstraint(
                name="programmes_basis_once", fields=["programme", "threshold_digest", "formula_digest"]
            ),
        ]


class HouseholdDecision(models.Model):
    """One decision on one household for one programme. Rows are inserted, and never change.

    The current one has the highest ``number``: one key serves it, the history and the whole programme, and
    no second table could say otherwise. The exact distance is numerator/divisor units under the threshold.
    ``basis`` is no foreign key in the database: its rows cannot be deleted, and millions are written at once.
    """

    pk = models.CompositePrimaryKey("programme", "household_code", "number")
    programme = models.CharField(max_length=40)
    household_code = models.CharField(max_length=11)
    number = models.IntegerField()
    day = models.DateField()
    decided_at = models.DateTimeField()
    outcome = models.CharField(max_length=12)
    numerator = models.BigIntegerField()
    divisor = models.IntegerField()
    score_number = models.IntegerField()
    basis = models.ForeignKey(Basis, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    trigger = models.CharField(max_length=16)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)

    class Meta:
        db_table = "programmes_decision"
        constraints = [
            models.CheckConstraint(name="programmes_decision_number_positive", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="programmes_decision_divisor_small", condition=Q(divisor__gte=1, divisor__lte=65535)
            ),
            models.CheckConstraint(
                name="programmes_decision_outcome_is_distance",
                condition=Q(outcome=Outcome.ELIGIBLE.value, numerator__gte=0)
                | Q(outcome=Outcome.NOT_ELIGIBLE.value, numerator__lt=0)
                | Q(outcome=Outcome.PENDING.value),
            ),
        ]


class DecisionNotice(models.Model):
    """That somebody was told of a decision: by which notice, when. Immutable."""

    programme = models.CharField(max_length=40)
    household_code = models.CharField(max_length=11)
    number = models.IntegerField()
    notice_id = models.CharField(max_length=64)
    told_at = models.DateTimeField()

    class Meta:
        db_table = "programmes_decision_notice"
        constraints = [
            models.UniqueConstraint(
                name="programmes_decision_notice_once",
                fields=["household_code", "programme", "number", "notice_id"],
            ),
        ]


class Deciding(models.Model):
    """One run of a programme over all households, resumable: ``after`` is the last household taken."""

    programme = models.CharField(max_length=40)
    threshold_version = models.CharField(max_length=60)
    threshold_digest = models.CharField(max_length=64)
    day = models.DateField()
    after = models.CharField(max_length=11, blank=True)
    taken = models.BigIntegerField(default=0)
    decided = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "programmes_deciding"
        constraints = [
            models.CheckConstraint(
                name="programmes_deciding_in_is_out",
                condition=Q(taken=F("decided") + F("unchanged") + F("refused")),
            ),
        ]


class RankedList(models.Model):
    """One publication. Once ``published`` it and its rows never change (triggers in the migration).

    ``checksum`` is the SHA-256 of the list's CSV file, byte for byte as downloaded; its first lines are
    ``header``. ``pins``: [name, version, digest] of the threshold and of the formula. ``before``: the number
    of the list that ``entered`` and ``left`` compare with; None for a first list. ``older_law``: households
    that keep a score by an older law, for want of an answer that they are asked since ``asked_since``.
    ``seen_version``, ``seen_eligible``: the figures that were confirmed, if a person confirmed. ``facts``:
    those of the refusal that ``reason`` names. ``started_at``: when it was asked for, as ``day`` is.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    programme = models.CharField(max_length=40)
    number = models.IntegerField()
    state = models.CharField(max_length=12, default=ListState.WAITING)
    threshold = models.DecimalField(max_digits=12, decimal_places=9)
    threshold_version = models.CharField(max_length=60)
    day = models.DateField()
    formula_versions = ArrayField(models.CharField(max_length=60), default=list)
    pins = models.JSONField(default=list)
    considered = models.BigIntegerField(default=0)
    not_eligible = models.BigIntegerField(default=0)
    quarantined = models.BigIntegerField(default=0)
    older_law = models.BigIntegerField(default=0)
    asked_since = models.DateField(null=True)
    count = models.BigIntegerField(default=0)
    before = models.IntegerField(null=True)
    entered = models.BigIntegerField(null=True)
    left = models.BigIntegerField(null=True)
    header = models.TextField(blank=True)
    checksum = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    seen_version = models.CharField(max_length=60, blank=True)
    seen_eligible = models.BigIntegerField(null=True)
    started_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "programmes_list"
        constraints = [
            models.UniqueConstraint(name="programmes_list_number_once", fields=["programme", "number"]),
            models.UniqueConstraint(
                name="programmes_list_one_at_a_time",
                fields=["programme"],
                condition=Q(state__in=[state.value for state in UNFINISHED]),
            ),
            models.CheckConstraint(
                name="programmes_list_older_law_asked_since",
                condition=Q(older_law=0, asked_since__isnull=True)
                | Q(older_law__gte=1, asked_since__isnull=False),
            ),
            models.CheckConstraint(
                name="programmes_list_state_known",
                condition=Q(state__in=[state.value for state in ListState]),
            ),
            models.CheckConstraint(
                name="programmes_list_published_has_checksum",
                condition=~Q(state=ListState.PUBLISHED.value) | ~Q(checksum=""),
            ),
        ]


class ListStep(StateRow):
    """Asked, prepared, published, refused, failed: for whom and when."""

    ranked_list = models.ForeignKey(RankedList, on_delete=models.PROTECT, related_name="steps")

    class Meta(StateRow.Meta):
        abstract = False
        db_table = "programmes_list_step"


class ListRow(models.Model):
    """One household on a list. Rank 1 has the lowest exact score; equal scores follow the household code.

    The exact distance is numerator/divisor units under the threshold.
    """

    pk = models.CompositePrimaryKey("list_id", "rank")
    list_id = models.UUIDField()
    rank = models.BigIntegerField()
    household_code = models.CharField(max_length=11)
    score = models.DecimalField(max_digits=10, decimal_places=7)
    score_number = models.IntegerField()
    numerator = models.BigIntegerField()
    divisor = models.IntegerField()

    class Meta:
        db_table = "programmes_list_row"
        constraints = [
            models.UniqueConstraint(
                name="programmes_list_row_household_once", fields=["household_code", "list_id"]
            ),
        ]
