"""Reads of grievances. The words of the person are opened for staff with an entry in the log."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from sijil.domains.grievances import errors, models
from sijil.domains.grievances.acts import READ
from sijil.domains.grievances.states import GrievanceState
from sijil.domains.grievances.types import Grievance, GrievanceKind, Said
from sijil.kernel import acts
from sijil.kernel.actors import Actor
from sijil.kernel.errors import Refused
from sijil.kernel.sealing import keyring

CONTEXT = "grievances"


def text_aad(text: UUID) -> str:
    """Return what ties a sealed text to its row."""
    return f"grievance_text.sealed:{text}"


def get_grievance(number: str) -> Grievance:
    """Return a grievance without its words. Raises: Refused(GRIEVANCE_UNKNOWN)."""
    row = models.Grievance.objects.filter(number=number).first()
    if row is None:
        raise Refused(errors.GRIEVANCE_UNKNOWN)
    return grievance_of(row)


def find_latest(about: str) -> Grievance | None:
    """Return the last grievance about a file, open or answered."""
    row = models.Grievance.objects.filter(about=about).order_by("-opened_at", "-id").first()
    return grievance_of(row) if row else None


def list_open(*, limit: int = 200) -> list[Grievance]:
    """Return what waits for an answer, by age."""
    rows = models.Grievance.objects.filter(state=GrievanceState.RECEIVED).order_by("opened_at", "id")
    return [grievance_of(row) for row in rows[:limit]]


def find_answer(grievance: UUID) -> str:
    """Return what the officer wrote for the person; empty before."""
    return _text(grievance, Said.ANSWER)


def read_grounds(found: Grievance, *, subject: str, actor: Actor, now: dt.datetime) -> str:
    """Return what the person wrote, opened for staff. ``subject``: what the log calls the person."""
    with transaction.atomic():
        acts.shown(READ, actor=actor, subjects=[subject], facts={"grievance": found.number}, now=now)
    return _text(found.id, Said.GROUNDS)


def _text(grievance: UUID, said: Said) -> str:
    row = models.GrievanceText.objects.filter(grievance=grievance, said=said).first()
    if row is None:
        return ""
    return str(keyring().unseal_json(CONTEXT, bytes(row.sealed), aad=text_aad(row.id))["text"])


def grievance_of(row: models.Grievance) -> Grievance:
    """Return the value of a stored grievance."""
    return Grievance(
        id=row.id,
        number=row.number,
        kind=GrievanceKind(row.kind),
        about=row.about,
        decision=row.decision,
        centre_code=row.centre_code,
        state=row.state,
        opened_at=row.opened_at,
        due_on=row.due_on,
        barred=frozenset(row.barred),
        answered_at=row.answered_at,
    )
