"""Identities opened by a machine for a piece of work that shows them to nobody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Self
from uuid import UUID

from sijil.domains.population_register import models
from sijil.domains.population_register.sealed import open_identity
from sijil.domains.population_register.types import Identity
from sijil.kernel import acts
from sijil.kernel.actors import Actor
from sijil.kernel.acts import Act
from sijil.kernel.dates import PartialDate
from sijil.kernel.ids import PersonKey


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
        persons = models.Person.objects.filter(id__in=wanted).values_list("id", "sealed")
        found = {key: open_identity("person", key, sealed) for key, sealed in persons}
        rest = [key for key in wanted if key not in found]
        requests = models.EnrolmentRequest.objects.filter(id__in=rest).values_list("id", "sealed")
        found |= {key: open_identity("request", key, sealed) for key, sealed in requests}
        self.opened += len(found)
        return found

    def births(self, keys: Iterable[PersonKey]) -> Mapping[PersonKey, PartialDate]:
        """Return {key: birth date} of the persons who exist."""
        rows = models.Person.objects.filter(key__in=list(keys)).values_list("key", "id", "sealed")
        found = {key: open_identity("person", id_, sealed).birth for key, id_, sealed in rows}
        self.opened += len(found)
        return found
