"""Reads: the papers of a file, one paper with its content, which receipts were printed."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Min

from sijil.domains.documents import rules
from sijil.domains.documents.errors import DOCUMENT_MISSING, PAPER_INFECTED, PAPER_UNSCANNED
from sijil.domains.documents.models import Document, Receipt, ReceiptCode, UnscannedPaper
from sijil.domains.documents.receipts import codes, seal
from sijil.domains.documents.types import (
    ISSUER,
    Check,
    Claim,
    DocumentFile,
    DocumentLine,
    Kind,
    MediaType,
    ReceiptKind,
    Scanning,
)
from sijil.kernel import acts
from sijil.kernel.actors import Actor
from sijil.kernel.acts import Act
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.sealing import keyring
from sijil.kernel.together import Asked, Rows


def list_kinds() -> list[Kind]:
    """Return the kinds of papers that may be given, in the order to show them."""
    return list(rules.kinds().values())


def list_documents(owner: str) -> list[DocumentLine]:
    """Return the papers of one owner, oldest first, without their content."""
    return [_line(d) for d in Document.objects.filter(owner=owner).order_by("received_at", "id")]


def get_document(
    document_id: UUID, *, owner: str = "", subject: str, act: Act, actor: Actor, now: dt.datetime
) -> DocumentFile:
    """Return one paper, opened, and write the entry. ``owner``: refuse one that belongs elsewhere.

    ``subject``: what the log calls the person.
    Raises: Refused(DOCUMENT_MISSING; PAPER_UNSCANNED, PAPER_INFECTED: what nobody may open).
    """
    found = Document.objects.select_related("content", "unscanned").filter(id=document_id).first()
    if found is None or (owner and found.owner != owner):
        raise Refused(DOCUMENT_MISSING)
    if hasattr(found, "unscanned"):
        raise Refused(PAPER_INFECTED if found.unscanned.virus else PAPER_UNSCANNED)
    with transaction.atomic():
        acts.shown(act, actor=actor, subjects=[subject], facts={"document": str(document_id)}, now=now)
    content = keyring().unseal(
        "documents", bytes(found.content.sealed), aad=f"documents_content.sealed:{found.id}"
    )
    name = keyring().unseal(
        "documents", bytes(found.content.sealed_name), aad=f"documents_content.sealed_name:{found.id}"
    )
    return DocumentFile(**asdict(_line(found)), name=name.decode(), content=content)


def list_unscanned(owner: str) -> list[Refused]:
    """Return why the papers of an owner cannot be relied on: each waits for the scanner, or has a virus.

    A paper with a virus no longer counts against a file once another of its kind was given after it.
    """
    rows = UnscannedPaper.objects.filter(document__owner=owner).select_related("document")
    return [
        Refused(PAPER_INFECTED if row.virus else PAPER_UNSCANNED)
        for row in rows.order_by("since")
        if not (row.virus and _is_given_again(row.document))
    ]


def _is_given_again(document: Document) -> bool:
    later = Document.objects.filter(owner=document.owner, kind=document.kind, unscanned=None)
    return later.filter(received_at__gt=document.received_at).exists()


def get_scanning() -> Scanning:
    """Return how many papers wait for the scanner, and since when the oldest."""
    waiting = UnscannedPaper.objects.filter(virus="")
    return Scanning(**waiting.aggregate(waiting=Count("document_id"), oldest=Min("since")))


def list_receipts(kind: ReceiptKind | str, subject: str) -> list[tuple[str, dt.datetime]]:
    """Return the receipts of a kind that were printed about a subject, newest first: number, issued at."""
    return asked_receipts(kind, subject).value


def asked_receipts(kind: ReceiptKind | str, subject: str) -> Asked[list[tuple[str, dt.datetime]]]:
    """The same, with other reads."""
    return Asked(
        lambda rows: [(row.number, row.issued_at) for row in rows],
        _PRINTED.of(ReceiptKind(kind).value, subject),
    )


_PRINTED = Rows(
    lambda kind, subject: (
        Receipt.objects.filter(kind=kind, subject=subject).only("number", "issued_at").order_by("-issued_at")
    )
)


def check_code(text: str) -> Check:
    """Tell what a typed short code is worth: the answer that its square gives when it is photographed.

    ``unreadable`` when it is no code, ``unknown_code`` when no receipt bears it.
    """
    typed = codes.read(text)
    if typed is None:
        return Check(codes.UNREADABLE)
    row = ReceiptCode.objects.select_related("receipt").filter(code=codes.index(typed)).first()
    if row is None or codes.derive(claim_of(row.receipt), row.receipt.issued_at, row.key) != typed:
        return Check(codes.UNKNOWN)
    verdict = seal.verdict_of(row.key)
    return Check(verdict, claim_of(row.receipt) if verdict == seal.GENUINE else None)


def claim_of(row: Receipt) -> Claim:
    """Return what the marks of a receipt say; it names nobody."""
    return Claim(ReceiptKind(row.kind), row.number, legal_day(row.issued_at), ISSUER)


def _line(d: Document) -> DocumentLine:
    return DocumentLine(d.id, d.owner, d.kind, MediaType(d.media_type), d.size, d.pages, d.received_at)
