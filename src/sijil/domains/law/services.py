"""Writes: enact a version; note by which versions something was decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, connection, transaction

from sijil.domains.law import errors
from sijil.domains.law.models import LawUse, LawVersion
from sijil.kernel import law
from sijil.kernel.actors import Actor
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused

_noted: set[law.Pin] = set()  # known to be in the table: nothing is asked again


def read(content: str, *, called: str = "") -> law.Law[Any]:
    """Return the version that a text holds. Raises: Refused(TEXT_INVALID)."""
    try:
        return law.read_law(law.read_text(content, called or "the text"), is_shipped=False)
    except law.LawFault as fault:
        raise _refused(errors.TEXT_INVALID, fault) from None


@transaction.atomic
def enact(*, content: str, second: str, actor: Actor, now: dt.datetime, called: str = "") -> law.Law[Any]:
    """Keep a version for ever; every process reads it within seconds, and follows it from its first day.

    ``content``: the whole text of a version, its head included. ``second``: login of the second signer.
    ``called``: how faults name the text.
    Raises: Refused(TEXT_INVALID, NOT_FUTURE, VERSION_KNOWN, OVERLAPS, SAME_SIGNER).
    """
    if second == actor.id:
        raise Refused(errors.SAME_SIGNER, field="second")
    new = read(content, called=called)
    if new.starts_on <= legal_day(now):
        raise Refused(errors.NOT_FUTURE, field="from", version=new.version, day=f"{new.starts_on}")
    _wait_for_others()
    _check_joins(new)
    try:
        with transaction.atomic():
            LawVersion.objects.create(
                name=new.name,
                version=new.version,
                starts_on=new.starts_on,
                digest=new.digest,
                content=content,
                enacted_at=now,
                enacted_by=actor.id,
                signed_by=second,
            )
    except IntegrityError:  # enacted by somebody else in the same moment
        raise Refused(errors.VERSION_KNOWN, name=new.name, version=new.version) from None
    return new


def _wait_for_others() -> None:
    """Let one enactment end before the next is compared with what is there."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE law_version IN SHARE ROW EXCLUSIVE MODE")
    law.current().look_again()


def _check_joins(new: law.Law[Any]) -> None:
    if new.version in {known.version for known in law.versions(new.name)}:
        raise Refused(errors.VERSION_KNOWN, field="version", name=new.name, version=new.version)
    try:
        law.check_joins(new)
    except law.LawFault as fault:
        raise _refused(errors.OVERLAPS, fault, name=new.name, version=new.version) from None


def _refused(error: Any, fault: law.LawFault, **facts: object) -> Refused:
    told = {"file": fault.file, "line": fault.line, "wrong": fault.wrong, "remedy": fault.remedy}
    return Refused(error, field="content", **told, **facts)


def note_use(*, pins: Iterable[law.Pin], now: dt.datetime) -> None:
    """Note that something was decided by these versions; what is noted already costs nothing."""
    new = set(pins) - _noted
    if not new:
        return
    LawUse.objects.bulk_create(
        [LawUse(name=p.name, version=p.version, digest=p.digest, first_used_at=now) for p in sorted(new)],
        ignore_conflicts=True,
    )
    transaction.on_commit(lambda: _noted.update(new))
