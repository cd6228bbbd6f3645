"""What the register said of a person on a day, and all that it ever said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet

from sijil.domains.population_register import models
from sijil.domains.population_register.sealed import open_identity, open_paper
from sijil.domains.population_register.types import IdentityVersion
from sijil.kernel import acts
from sijil.kernel.actors import Actor
from sijil.kernel.acts import Act
from sijil.kernel.ids import PersonKey


def find_identity(
    key: PersonKey,
    *,
    on: dt.date,
    known_at: dt.datetime | None = None,
    act: Act,
    actor: Actor,
    now: dt.datetime,
) -> IdentityVersion | None:
    """Return a person as they were on a day, as the register knew it at a moment (now, if none is given).

    None where the register knew nobody of that day: it knows a person from the day of registration.
    """
    moment = min(known_at or now, now)
    rows = [row for row in _versions(key).filter(valid_from__lte=on) if row.recorded_at <= moment]
    last = max(rows, key=lambda row: (row.valid_from, row.version), default=None)
    return _shown(key, [last], act, actor, now)[0] if last else None


def list_versions(key: PersonKey, *, act: Act, actor: Actor, now: dt.datetime) -> list[IdentityVersion]:
    """Return every version of a person's identity, the first one first; nothing for nobody."""
    return _shown(key, list(_versions(key).order_by("version")), act, actor, now)


def _versions(key: PersonKey) -> QuerySet[models.IdentityVersion]:
    return models.IdentityVersion.objects.filter(person__key=key)


def _shown(
    key: PersonKey, rows: Sequence[models.IdentityVersion], act: Act, actor: Actor, now: dt.datetime
) -> list[IdentityVersion]:
    """Write the entry before anything is opened."""
    if rows:
        with transaction.atomic():
            acts.shown(act, actor=actor, subjects=[key], now=now)
    return [_version(row) for row in rows]


def _version(row: models.IdentityVersion) -> IdentityVersion:
    return IdentityVersion(
        version=row.version,
        valid_from=row.valid_from,
        recorded_at=row.recorded_at,
        reason=row.reason,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
        paper=open_paper(row.id, row.sealed_paper),
        identity=open_identity("identity", row.id, row.sealed),
    )
