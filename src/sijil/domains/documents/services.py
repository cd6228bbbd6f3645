"""Writes: receive a paper."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from sijil.domains.documents import errors, rules
from sijil.domains.documents.models import Document, DocumentContent
from sijil.domains.documents.types import Accepted
from sijil.kernel.actors import Actor
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import new_key
from sijil.kernel.sealing import keyring

_LONGEST_NAME = 120


@transaction.atomic
def receive(*, owner: str, kind: str, filename: str, content: bytes, actor: Actor, now: dt.datetime) -> UUID:
    """Check a paper by its content, seal it and return its id. The same paper given twice is kept once.

    ``owner``: what it belongs to, for example ``request:K7QD4M2X9T``. ``kind``: a code of
    ``parameters/kinds.yaml``. PDF, JPEG or PNG. Raises: Refused (see ``errors``; the field is ``file``
    or ``kind``).
    """
    if kind not in rules.kinds():
        raise Refused(errors.KIND_UNKNOWN, field="kind")
    accepted = rules.accept(content, megabytes=rules.limits_on(legal_day(now)).megabytes)
    digest = keyring().blind_index("documents", "content", accepted.content.hex())
    known = (
        Document.objects.filter(owner=owner, kind=kind, digest=digest).values_list("id", flat=True).first()
    )
    return known or _keep(owner, kind, filename, accepted, digest, actor, now)


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
