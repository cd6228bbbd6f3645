"""Two tables: versions enacted here, and the versions by which something was decided here."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

_DIGEST = r"^[0-9a-f]{64}$"


class LawVersion(models.Model):
    """A version of a law, as it was enacted; immutable. ``content``: its whole text, with its head."""

    name = models.CharField(max_length=80)
    version = models.CharField(max_length=60)
    starts_on = models.DateField()
    digest = models.CharField(max_length=64)
    content = models.TextField()
    enacted_at = models.DateTimeField()
    enacted_by = models.CharField(max_length=64)
    signed_by = models.CharField(max_length=64)

    class Meta:
        db_table = "law_version"
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="law_version_named_once"),
            models.UniqueConstraint(fields=["name", "starts_on"], name="law_version_one_a_day"),
            models.CheckConstraint(condition=Q(digest__regex=_DIGEST), name="law_version_digest_form"),
            models.CheckConstraint(condition=~Q(enacted_by=F("signed_by")), name="law_version_two_people"),
        ]


class LawUse(models.Model):
    """A version by which something was decided here: it must stay readable as it was. Immutable."""

    name = models.CharField(max_length=80)
    version = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    first_used_at = models.DateTimeField()

    class Meta:
        db_table = "law_use"
        constraints = [
            models.UniqueConstraint(fields=["name", "version", "digest"], name="law_use_once"),
        ]
