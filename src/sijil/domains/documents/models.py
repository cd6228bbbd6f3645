"""Papers received, their sealed content, and what was printed on each receipt."""

from __future__ import annotations

from django.db import models

from sijil.domains.documents.types import ReceiptKind
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
                condition=models.Q(media_type__in=["image/jpeg", "image/png"]),
                name="documents_document_media_type",
            ),
            models.CheckConstraint(condition=models.Q(size__gt=0), name="documents_document_not_empty"),
        ]


class DocumentContent(models.Model):
    """The sealed bytes (with the file's name), apart from the row so that lists stay light."""

    document = models.OneToOneField(  # goes after its row, in the same transaction
        Document, primary_key=True, on_delete=models.DO_NOTHING, related_name="content"
    )
    sealed = models.BinaryField()
    sealed_name = models.BinaryField()

    class Meta:
        db_table = "documents_content"


class UnscannedPaper(models.Model):
    """That nobody opens a paper: it waits for the scanner, with its ``sealed`` upload, or has a ``virus``.

    There is a row for as long as that is so. ``sealed`` is empty once a virus was found.
    """

    document = models.OneToOneField(  # goes before its row, in the same transaction
        Document, primary_key=True, on_delete=models.DO_NOTHING, related_name="unscanned"
    )
    sealed = models.BinaryField()
    virus = models.CharField(max_length=100, blank=True)
    since = models.DateTimeField()

    class Meta:
        db_table = "documents_unscanned"
        indexes = [
            models.Index(fields=["since"], condition=models.Q(virus=""), name="documents_unscanned_waiting")
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(virus="") | models.Q(sealed=b""), name="documents_unscanned_keeps_no_virus"
            )
        ]


class FrozenPapers(models.Model):
    """That no paper is added to those of an owner any more: what they prove was decided. Immutable."""

    owner = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "documents_frozen"


class Receipt(models.Model):
    """What a receipt said when it was first printed; immutable, and printed again as it is.

    ``subject``: what the log calls whom it is about. ``number``: as printed. ``words``: version of sentences
    and template. ``sealed``: the text as JSON. ``digest``: keyed, of that text.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    kind = models.CharField(max_length=16)
    subject = models.CharField(max_length=64)
    number = models.CharField(max_length=32)
    issued_at = models.DateTimeField()
    words = models.CharField(max_length=16)
    sealed = models.BinaryField()
    digest = models.BinaryField(max_length=16)

    class Meta:
        db_table = "documents_receipt"
        indexes = [models.Index(fields=["subject"], name="documents_receipt_by_subject")]
        constraints = [
            models.UniqueConstraint(fields=["kind", "number", "issued_at"], name="documents_receipt_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in ReceiptKind]),
                name="documents_receipt_kind",
            ),
        ]


class ReceiptCode(models.Model):
    """A short code under which a receipt was printed; immutable. One for each key that had to sign it.

    ``code``: its index, so that the table gives no code away. ``key``: id of the key that signed.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    receipt = models.ForeignKey(Receipt, on_delete=models.DO_NOTHING, related_name="codes")
    code = models.BinaryField(max_length=16, unique=True)
    key = models.CharField(max_length=16)

    class Meta:
        db_table = "documents_receipt_code"
