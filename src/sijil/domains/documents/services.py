"""Writes: receive a paper; print a receipt and keep what it says."""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.conf import settings
from django.db import transaction

from sijil.domains.documents import drawing, errors, queries, receipts, rules
from sijil.domains.documents.acts import PAPER_RECEIVED, PAPER_REMOVED
from sijil.domains.documents.adapters import SCANNERS, ScanFailed
from sijil.domains.documents.models import (
    Document,
    DocumentContent,
    FrozenPapers,
    Receipt,
    ReceiptCode,
    UnscannedPaper,
)
from sijil.domains.documents.receipts import Fact, Line, codes, seal
from sijil.domains.documents.types import Accepted, ReceiptKind
from sijil.kernel import acts
from sijil.kernel.actors import Actor
from sijil.kernel.acts import Act
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import new_key
from sijil.kernel.sealing import keyring

_LONGEST_NAME = 120
_LONGEST_VIRUS = 100
log = logging.getLogger("sijil.documents")


@dataclass(frozen=True, slots=True)
class Content:
    """What a receipt says: the facts of ``parameters/receipts.yaml``, and the lines of its tables."""

    facts: Mapping[str, Fact]
    tables: Mapping[str, Sequence[Line]] = field(default_factory=dict)


def judge(contents: Iterable[bytes], *, now: dt.datetime) -> list[Accepted]:
    """Return what is kept of each upload; called before a transaction is opened, by every door.

    Looked at for viruses, then drawn anew by a child process (``drawing``); what is too large or no paper is
    refused without either. Raises: Refused on the field ``file`` (FILE_INFECTED; SCAN_UNAVAILABLE: what could
    not be checked is not taken, unless ``SIJIL_UNSCANNED_PAPERS`` lets it wait; see ``errors``).
    """
    given, megabytes = list(contents), rules.limits_on(legal_day(now)).megabytes
    for content in given:
        rules.check_upload(content, megabytes=megabytes)
    waiting = [not _is_scanned(content) for content in given]
    drawn = [drawing.draw(content) for content in given]
    papers = zip(drawn, given, waiting, strict=True)
    return [replace(paper, unscanned=content) if waits else paper for paper, content, waits in papers]


def _is_scanned(content: bytes) -> bool:
    """Refuse a file with a virus; tell whether the scanner answered, or refuse, as the setting says."""
    try:
        virus = _find_virus(content)
    except ScanFailed as error:
        if settings.ENV.unscanned_papers == "queue":
            return False
        raise Refused(errors.SCAN_UNAVAILABLE, field="file") from error
    if virus:
        log.warning("a virus was refused: %s", virus)
        raise Refused(errors.FILE_INFECTED, field="file")
    return True


def _find_virus(content: bytes) -> str:
    """Ask the scanner; whatever it does instead of answering is logged. Raises: ScanFailed."""
    try:
        found = SCANNERS.get().find_virus(content)
    except ScanFailed as error:
        log.warning("a file was not scanned: %s", error)
        raise
    except Exception as error:  # its message may name somebody
        log.warning("a file was not scanned: %s", type(error).__name__)
        raise ScanFailed from error
    return "".join(c for c in found if c.isprintable())[:_LONGEST_VIRUS]


def scan_waiting(*, now: dt.datetime, limit: int = 100) -> int:
    """Scan what was kept unscanned, the oldest first, between transactions; return how many.

    A clean paper may be opened from then on. Of one with a virus the upload is deleted and the name kept: it
    stays closed. The first failure ends the round, so that a scanner that is down costs one wait.
    """
    rows = UnscannedPaper.objects.filter(virus="").order_by("since")[:limit]
    for done, row in enumerate(rows):
        try:
            virus = _find_virus(keyring().unseal("documents", bytes(row.sealed), aad=_unscanned_aad(row.pk)))
        except ScanFailed:
            return done
        same = UnscannedPaper.objects.filter(pk=row.pk)
        if virus:
            log.warning("a virus was found in a paper that waited: %s", virus)
            same.update(virus=virus, sealed=b"")
        else:
            same.delete()
    return len(rows)


def require_scanned(*, owner: str) -> None:
    """Refuse while a paper waits for the scanner or has a virus. Raises: PAPER_UNSCANNED, PAPER_INFECTED."""
    if faults := queries.list_unscanned(owner):
        raise faults[0]


@transaction.atomic
def receive(*, owner: str, kind: str, filename: str, paper: Accepted, actor: Actor, now: dt.datetime) -> UUID:
    """Seal a paper that was judged and return its id. The same paper given twice is kept once.

    ``owner``: what it belongs to, for example ``request:K7QD4M2X9T``. ``kind``: a code of
    ``parameters/kinds.yaml``. Raises: Refused(KIND_UNKNOWN, TOO_MANY_FILES).
    """
    if kind not in rules.kinds():
        raise Refused(errors.KIND_UNKNOWN, field="kind")
    digest = keyring().blind_index("documents", "content", paper.content.hex())
    known = (
        Document.objects.filter(owner=owner, kind=kind, digest=digest).values_list("id", flat=True).first()
    )
    return known or _keep(owner, kind, filename, paper, digest, actor, now)


@transaction.atomic
def remove(document_id: UUID, *, owner: str, actor: Actor, now: dt.datetime) -> None:
    """Delete a paper with its content; the database refuses it once the papers are frozen.

    Raises: Refused(DOCUMENT_MISSING), also for one that belongs elsewhere.
    """
    found = Document.objects.filter(id=document_id, owner=owner)
    kind = found.values_list("kind", flat=True).first()
    if kind is None:
        raise Refused(errors.DOCUMENT_MISSING)
    UnscannedPaper.objects.filter(document_id=document_id).delete()
    found.delete()
    DocumentContent.objects.filter(document_id=document_id).delete()
    acts.record(PAPER_REMOVED, actor=actor, subject=owner.partition(":")[2], facts={"kind": kind}, now=now)


def freeze_papers(*, owner: str, now: dt.datetime) -> None:
    """Take no paper of an owner any more: what they prove was decided. Idempotent."""
    FrozenPapers.objects.bulk_create([FrozenPapers(owner=owner, at=now)], ignore_conflicts=True)


def _keep(
    owner: str, kind: str, filename: str, accepted: Accepted, digest: bytes, actor: Actor, now: dt.datetime
) -> UUID:
    most = rules.limits_on(legal_day(now)).documents_of_one_owner
    if Document.objects.filter(owner=owner).count() >= most:
        raise Refused(errors.TOO_MANY_FILES, field="file", most=most)
    document = Document(
        id=new_key(), owner=owner, kind=kind, media_type=accepted.media_type, size=len(accepted.content),
        pages=accepted.pages, digest=digest, received_at=now, actor_kind=actor.kind, actor_id=actor.id,
    )  # fmt: skip
    inserted = Document.objects.bulk_create([document], ignore_conflicts=True)
    kept = Document.objects.filter(owner=owner, kind=kind, digest=digest).values_list("id", flat=True).get()
    if inserted and kept == document.id:
        _seal(document.id, filename, accepted.content)
        if accepted.unscanned:
            sealed = keyring().seal("documents", accepted.unscanned, aad=_unscanned_aad(kept))
            UnscannedPaper.objects.create(document_id=kept, sealed=sealed, since=now)
        facts = {"kind": kind}
        acts.record(PAPER_RECEIVED, actor=actor, subject=owner.partition(":")[2], facts=facts, now=now)
    return kept


def _seal(key: UUID, filename: str, content: bytes) -> None:
    name = "".join(c for c in filename.replace("\\", "/").rpartition("/")[2] if c.isprintable())[
        -_LONGEST_NAME:
    ]
    DocumentContent.objects.create(
        document_id=key,
        sealed=keyring().seal("documents", content, aad=f"documents_content.sealed:{key}"),
        sealed_name=keyring().seal("documents", name.encode(), aad=f"documents_content.sealed_name:{key}"),
    )


@transaction.atomic
def print_receipt(
    kind: ReceiptKind | str,
    write: Callable[[], Content],
    *,
    number: str,
    issued_at: dt.datetime,
    subject: str,
    act: Act,
    actor: Actor,
    now: dt.datetime,
    photo: Callable[[], receipts.Photo] | None = None,
) -> bytes:
    """Return the PDF of a receipt; printed again it says what it said the first time, word for word.

    ``write``: gives what it says, called at the first print only. ``number``: as shown. ``issued_at``: when
    what it confirms was done. ``subject``: whom it is about, in the log; ``act``: an act of reading.
    ``photo``: opens the picture that stands on it, at each print; it is kept where it was taken, and frozen.
    Raises: ValueError for a wrong fact, and what ``write`` refuses.
    """
    which = ReceiptKind(kind)
    acts.shown(act, actor=actor, subjects=[subject], now=now)
    kept = Receipt.objects.filter(kind=which, number=number, issued_at=issued_at)
    row = kept.first()
    if row is None:
        _keep_receipt(which, write(), number, issued_at, subject)
        row = kept.get()
    text = keyring().unseal("documents", bytes(row.sealed), aad=_receipt_aad(row.id))
    picture = photo() if photo else None
    return receipts.draw_page(json.loads(text), _marks_of(row), issued_at, photo=picture)


def _keep_receipt(
    kind: ReceiptKind, content: Content, number: str, issued_at: dt.datetime, subject: str
) -> None:
    """Keep what a receipt says; of two prints at once the first is kept."""
    page = receipts.compose(kind, content.facts, number=number, issued_at=issued_at, tables=content.tables)
    text = json.dumps(page, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    key = new_key()
    receipt = Receipt(
        id=key,
        kind=kind,
        subject=subject,
        number=number,
        issued_at=issued_at,
        words=receipts.words_version(),
        sealed=keyring().seal("documents", text.encode(), aad=_receipt_aad(key)),
        digest=keyring().blind_index("documents", "receipt", text),
    )
    Receipt.objects.bulk_create([receipt], ignore_conflicts=True)


def _marks_of(row: Receipt) -> receipts.Marks:
    """Return the marks that were printed first under a key still trusted; if there are none, new ones."""
    claim, keys = queries.claim_of(row), seal.trusted_ids()
    kept = row.codes.filter(key__in=keys).order_by("id").values_list("key", flat=True)
    if not kept.exists():
        code = codes.index(codes.derive(claim, row.issued_at, keys[0]))
        ReceiptCode.objects.bulk_create(
            [ReceiptCode(receipt=row, code=code, key=keys[0])], ignore_conflicts=True
        )
    return receipts.marks(claim, row.issued_at, kept[0])


def _unscanned_aad(key: UUID) -> str:
    return f"documents_unscanned.sealed:{key}"


def _receipt_aad(key: UUID) -> str:
    return f"documents_receipt.sealed:{key}"
