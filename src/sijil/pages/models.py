"""The two tables of the pages: token buckets, and answers kept to be given again. Keys are blind: no address
or phone is stored.
"""

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


class Answer(models.Model):
    """The first answer to a call with an ``Idempotency-Key``: who, which call and which body, all blind."""

    key = models.BinaryField(primary_key=True, max_length=16)
    body = models.BinaryField(max_length=16)
    sealed_answer = models.BinaryField()
    kept_until = models.DateTimeField()

    class Meta:
        db_table = "pages_answer"
        indexes = [models.Index(fields=["kept_until"], name="pages_answer_kept_until")]
