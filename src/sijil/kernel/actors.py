"""Who acts. Every use case and every audited read is given an actor; none is anonymous by accident."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    PUBLIC = "public"  # somebody on the portal, not signed in
    CITIZEN = "citizen"  # a person, known by IDCS
    OFFICER = "officer"  # staff of a centre or of the administration
    PARTNER = "partner"  # an administration or a company, by its client
    SYSTEM = "system"  # a worker, a command


@dataclass(frozen=True, slots=True)
class Actor:
    """``id``: IDCS, staff login, partner code or process name. ``label``: shown to the person read about."""

    kind: ActorKind
    id: str
    label: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


def system(name: str) -> Actor:
    """Return the actor of a process of ours, for example ``system("matcher")``."""
    return Actor(ActorKind.SYSTEM, name, name)


PUBLIC = Actor(ActorKind.PUBLIC, "portal")
