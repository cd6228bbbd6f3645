"""Two tables: papers received, and their sealed content."""

from __future__ import annotations

from django.db import models

from sijil.kernel.ids import new_key


class Document(models.Model):
    """One paper. ``owner``: what it belongs to, ``request:K7QD4M2X9T`` or ``person:<IDCS>``. ``digest``:
    keyed.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    owner = models.CharField(max_length=64)
    kind = models.CharField(max_length=30)
    media_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    pages = models.PositiveSmallIntegerField(default=1)
    digest = models.BinaryField(max_length=16)
    received_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)

    class Meta:
        db_table = "documents_document"
        indexes = [models.Index(fields=["owner", "received_at"], name="documents_document_owner")]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "kind", "digest"], name="documents_document_once_per_owner"
            ),
            models.CheckConstraint(
                condition=models.Q(media_type__in=["application/pdf", "image/jpeg", "image/png"]),
                name="documents_document_media_type",
            ),
            models.CheckConstraint(condition=models.Q(size__gt=0), name="documents_document_not_empty"),
        ]


class DocumentContent(models.Model):
    """The sealed bytes (with the file's name), apart from the row so that lists stay light."""

    document = models.OneToOneField(
        Document, primary_key=True, on_delete=models.CASCADE, related_name="content"
    )
    sealed = models.BinaryField()
    sealed_name = models.BinaryField()

    class Meta:
        db_table = "documents_content"
