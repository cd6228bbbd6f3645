"""Reads: what was enacted here, and by which versions something was decided."""

from __future__ import annotations

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
