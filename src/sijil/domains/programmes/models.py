"""Tables of the programmes: published lists, their steps and their frozen rows."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from sijil.domains.programmes.states import ListState
from sijil.kernel.ids import new_key
from sijil.kernel.rows import StateRow


class RankedList(models.Model):
    """One publication. Once ``published`` it and its rows never change (triggers in the migration).

    ``checksum`` is the SHA-256 of the list's CSV file, byte for byte as downloaded.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    programme = models.CharField(max_length=40)
    number = models.IntegerField()
    state = models.CharField(max_length=12, default=ListState.PREPARING)
    threshold = models.DecimalField(max_digits=12, decimal_places=9)
    threshold_version = models.CharField(max_length=40)
    formula_versions = ArrayField(models.CharField(max_length=60), default=list)
    considered = models.BigIntegerField(default=0)
    quarantined = models.BigIntegerField(default=0)
    count = models.BigIntegerField(default=0)
    entered = models.BigIntegerField(default=0)
    left = models.BigIntegerField(default=0)
    checksum = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "programmes_list"
        constraints = [
            models.UniqueConstraint(name="programmes_list_number_once", fields=["programme", "number"]),
            models.UniqueConstraint(
                name="programmes_list_one_in_preparation",
                fields=["programme"],
                condition=Q(state=ListState.PREPARING.value),
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
    """Prepared, published, failed: by whom and when."""

    ranked_list = models.ForeignKey(RankedList, on_delete=models.PROTECT, related_name="steps")

    class Meta(StateRow.Meta):
        abstract = False
        db_table = "programmes_list_step"


class ListRow(models.Model):
    """One household on a list. Rank 1 has the lowest score; equal scores follow the household code."""

    pk = models.CompositePrimaryKey("list_id", "rank")
    list_id = models.UUIDField()
    rank = models.BigIntegerField()
    household_code = models.CharField(max_length=11)
    score = models.DecimalField(max_digits=10, decimal_places=7)
    score_number = models.IntegerField()

    class Meta:
        db_table = "programmes_list_row"
        constraints = [
            models.UniqueConstraint(
                name="programmes_list_row_household_once", fields=["household_code", "list_id"]
            ),
        ]
