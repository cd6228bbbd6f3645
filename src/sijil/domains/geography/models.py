"""One table for all ranks: the reference is small (2,016 rows) and always read by code or by parent."""

from __future__ import annotations

from django.db import models
from django.db.models import F

from sijil.domains.geography.types import Level


class Unit(models.Model):
    code = models.CharField(max_length=16, primary_key=True)
    level = models.CharField(max_length=14)
    kind = models.CharField(max_length=32)
    name_ar = models.CharField(max_length=120)
    name_fr = models.CharField(max_length=120)
    sort_ar = models.CharField(max_length=250, db_collation="C")
    sort_fr = models.CharField(max_length=250, db_collation="C")
    milieu = models.CharField(max_length=5, blank=True)
    region_code = models.CharField(max_length=2)
    province_code = models.CharField(max_length=16, blank=True)
    parent_code = models.CharField(max_length=16, blank=True)
    population = models.IntegerField()
    households = models.IntegerField()
    urban_population = models.IntegerField()
    urban_households = models.IntegerField()
    loaded_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)  # since when no reference names it; records of its time do

    class Meta:
        db_table = "geography_unit"
        indexes = [
            models.Index(fields=["level", "region_code"], name="geography_unit_by_region"),
            models.Index(fields=["level", "province_code"], name="geography_unit_by_province"),
            models.Index(fields=["parent_code"], name="geography_unit_by_parent"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level__in=[level.value for level in Level]),
                name="geography_unit_level_known",
            ),
            models.CheckConstraint(
                condition=models.Q(milieu__in=["", "urban", "rural"]), name="geography_unit_milieu_known"
            ),
            models.CheckConstraint(
                condition=models.Q(urban_population__gte=0, urban_households__gte=0)
                & models.Q(population__gte=F("urban_population"), households__gte=F("urban_households")),
                name="geography_unit_counts_positive",
            ),
        ]
