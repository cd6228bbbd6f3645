"""The one table of the pages: token buckets. Keys are blind: no address or phone is stored."""

from __future__ import annotations

from django.db import models


class Bucket(models.Model):
    """What is left of one allowance (sign-in attempts of one address, for example)."""

    key = models.BinaryField(primary_key=True, max_length=16)
    tokens = models.FloatField()
    taken_at = models.DateTimeField()

    class Meta:
        db_table = "pages_bucket"
        indexes = [models.Index(fields=["taken_at"], name="pages_bucket_taken_at")]
