"""Tables of the programmes: published lists and their frozen rows."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from sijil.kernel.ids import new_key


class RankedList(models.Model):
    """One publication. Once ``published`` it and its rows never change (triggers in the migration).

    ``checksum`` is the SHA-256 of the list's CSV file, byte for byte as downloaded.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    programme = models.CharField(max_length=40)
    number = models.IntegerField()
    state = models.CharField(max_length=12, default="preparing")
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
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "programmes_list"
        constraints = [
            models.UniqueConstraint(name="programmes_list_number_once", fields=["programme", "number"]),
            models.UniqueConstraint(
                name="programmes_list_one_in_preparation",
                fields=["programme"],
                condition=Q(state="preparing"),
            ),
            models.CheckConstraint(
                name="programmes_list_state_known",
                condition=Q(state__in=["preparing", "published", "failed"]),
            ),
            models.CheckConstraint(
                name="programmes_list_published_has_checksum",
                condition=~Q(state="published") | ~Q(checksum=""),
            ),
        ]


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
