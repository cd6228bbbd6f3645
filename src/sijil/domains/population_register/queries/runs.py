"""Identities opened by a machine for a piece of work that shows them to nobody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from sijil.domains.population_register import models
from sijil.domains.population_register.queries.records import current_identity
from sijil.domains.population_register.sealed import found_by, in_clear, open_idcs, open_identity
from sijil.domains.population_register.types import Identity, KnownPerson
from sijil.kernel import acts
from sijil.kernel.actors import Actor
from sijil.kernel.acts import Act
from sijil.kernel.dates import PartialDate
from sijil.kernel.ids import PersonKey
from sijil.kernel.sealing import SealBroken


class Run:
    """Open identities inside ``with``; at the end one entry says what was taken, by which law, how many.

    ``selection``: what was taken, without identity. ``law``: names of versions; more may be added on the way.
    A run that fails writes nothing.
    """

    def __init__(
        self, act: Act, *, actor: Actor, selection: str, law: Iterable[str] = (), now: dt.datetime
    ) -> None:
        self.act, self.actor, self.selection, self.now = act, actor, selection, now
        self.law = list(law)
        self.opened = 0
        self.broken: set[PersonKey] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if kind is None:
            counts = {"identities": self.opened}
            acts.ran(
                self.act,
                actor=self.actor,
                selection=self.selection,
                counts=counts,
                law=self.law,
                now=self.now,
            )

    def identities(self, ids: Iterable[UUID]) -> Mapping[UUID, Identity]:
        """Return {id: identity} of the persons and requests among ``ids``, whatever their state."""
        wanted = list(ids)
        persons = models.Person.objects.filter(id__in=wanted)
        rows = persons.values_list("id", "current_id", "current__sealed")
        found = {key: open_identity("identity", version, sealed) for key, version, sealed in rows}
        rest = [key for key in wanted if key not in found]
        requests = models.EnrolmentRequest.objects.filter(id__in=rest).values_list("id", "sealed")
        found |= {key: open_identity("request", key, sealed) for key, sealed in requests}
        self.opened += len(found)
        return found

    def births(self, keys: Iterable[PersonKey]) -> Mapping[PersonKey, PartialDate]:
        """Return {key: birth date} of the persons who exist."""
        persons = models.Person.objects.filter(key__in=list(keys))
        rows = persons.values_list("key", "current_id", "current__sealed")
        found = {key: open_identity("identity", version, sealed).birth for key, version, sealed in rows}
        self.opened += len(found)
        return found

    def known(self, *, after: PersonKey | None = None, limit: int = 500) -> list[KnownPerson]:
        """Return persons in the order of their keys, as what is kept of them elsewhere is compared.

        Whose record does not open is noted in ``broken``; the others are compared all the same.
        """
        rows = models.Person.objects.select_related("current", "request").prefetch_related("versions")
        if after is not None:
            rows = rows.filter(key__gt=after)
        page, found = list(rows.order_by("key")[:limit]), []
        for row in page:
            try:
                found.append(_known(row))
            except SealBroken:
                self.broken.add(row.key)
        self.opened += len(found)
        return found if found or not page else self.known(after=page[-1].key, limit=limit)


def _known(row: models.Person) -> KnownPerson:
    identity, request = current_identity(row), getattr(row, "request", None)
    last = max(row.versions.all(), key=lambda one: (one.valid_from, one.version))
    is_sound = _says(row, in_clear(identity) | {"current_id": last.id})
    is_sound = is_sound and (request is None or _says(request, found_by(identity)))
    return KnownPerson(row.id, row.key, open_idcs(row.id, row.sealed_idcs), identity, is_sound)


def _says(row: models.Person | models.EnrolmentRequest, columns: Mapping[str, Any]) -> bool:
    kept = {name: getattr(row, name) for name in columns}
    return {n: bytes(v) if isinstance(v, memoryview) else v for n, v in kept.items()} == columns
