"""One table for all ranks: the reference is small (1,852 rows) and always read by code or by parent."""

from __future__ import annotations

from django.db import models


class Unit(models.Model):
    code = models.CharField(max_length=12, primary_key=True)
    level = models.CharField(max_length=14)
    kind = models.CharField(max_length=32)
    name_ar = models.CharField(max_length=120)
    name_fr = models.CharField(max_length=120)
    milieu = models.CharField(max_length=5, blank=True)
    region_code = models.CharField(max_length=2)
    province_code = models.CharField(max_length=12, blank=True)
    parent_code = models.CharField(max_length=12, blank=True)
    population = models.IntegerField()
    households = models.IntegerField()
    loaded_at = models.DateTimeField()

    class Meta:
        db_table = "geography_unit"
        indexes = [
            models.Index(fields=["level", "region_code"], name="geography_unit_by_region"),
            models.Index(fields=["level", "province_code"], name="geography_unit_by_province"),
            models.Index(fields=["parent_code"], name="geography_unit_by_parent"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level__in=["region", "province", "cercle", "commune", "arrondissement"]),
                name="geography_unit_level_known",
            ),
            models.CheckConstraint(
                condition=models.Q(milieu__in=["", "urban", "rural"]), name="geography_unit_milieu_known"
            ),
            models.CheckConstraint(
                condition=models.Q(population__gte=0, households__gte=0),
                name="geography_unit_counts_positive",
            ),
        ]
