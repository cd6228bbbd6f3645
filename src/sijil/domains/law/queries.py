"""Reads: what was enacted here, and by which versions something was decided."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from django.db import connection

from sijil.domains.law.models import LawUse, LawVersion
from sijil.domains.law.types import Enactment
from sijil.kernel.law import EnactedText, Pin


class EnactedLaws:
    """The port of :mod:`sijil.kernel.law` to the versions enacted here."""

    def generation(self) -> int:
        """Return a number that is another after each enactment: of two at once the first may be seen last."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(max(id), 0) * 1000000 + count(*) FROM law_version")
            return int(cursor.fetchone()[0])

    def texts(self) -> Sequence[EnactedText]:
        """Return every version, in the order of their enactment."""
        rows = LawVersion.objects.order_by("id").values_list("name", "version", "digest", "content")
        return [EnactedText(*row) for row in rows]


def list_enactments() -> list[Enactment]:
    """Return what was enacted here, the last one first."""
    return [_enactment(row) for row in LawVersion.objects.order_by("-id")]


def list_pins() -> list[Pin]:
    """Return every version by which something was decided here."""
    return [Pin(*row) for row in LawUse.objects.values_list("name", "version", "digest")]


def _enactment(row: LawVersion) -> Enactment:
    pin = Pin(row.name, row.version, row.digest)
    return Enactment(pin, row.starts_on, row.enacted_at, row.enacted_by, row.signed_by)


def digest_of_text(content: str) -> str:
    """Return the SHA-256 of a whole text, the words that only people read included."""
    return hashlib.sha256(content.encode()).hexdigest()


def list_said() -> list[tuple[str, str, dict[str, str]]]:
    """Return name, who enacted and what the entry of the enactment must say, of each version kept here."""
    return [(row.name, row.enacted_by, _said(row)) for row in LawVersion.objects.order_by("id")]


def _said(row: LawVersion) -> dict[str, str]:
    signed = {"version": row.version, "from": f"{row.starts_on}", "digest": row.digest}
    return signed | {"second": row.signed_by, "text": digest_of_text(row.content)}
