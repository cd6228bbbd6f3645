"""What the register says of a registered person: read and corrected by an officer of the person's area.

POST /v1/persons/corrections   what papers say, from a day on; every copy changes in the same act
POST /v1/persons/readings      as the person was on a day, as known at a moment, and every version

The number stands in the body, never in an address.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from ninja import Field, Router, Schema
from pydantic import AwareDatetime

from sijil.api.auth import staff_auth
from sijil.api.idempotency import once
from sijil.api.problems import PROBLEMS, Body
from sijil.domains.population_register.types import IdentityChange, IdentityVersion
from sijil.journeys import identity_change
from sijil.pages import clock

router = Router(tags=["person"])
officer = staff_auth("csc_officer")


class PersonCorrectionIn(Body):
    """``changes``: fields of the identity, each as the paper or the person says. ``since``: the day from
    which it is true; left out for what was wrong from the beginning. ``paper``: names what shows it.
    """

    idcs: str
    changes: dict[str, str] = Field(examples=[{"phone": "0612345678"}, {"birth": "1988-03-14"}])
    reason: str = Field(
        examples=["written_wrongly", "civil_status_act", "moved", "contact_changed", "paper_renewed"]
    )
    paper: str = ""
    since: dt.date | None = None


class PersonCorrectedOut(Schema):
    """The fields that are another now, from which day, and the version that says so."""

    fields: list[str]
    since: dt.date
    version: int


class PersonReadingIn(Body):
    """``on``: the day, today if left out. ``known_at``: the moment, now if left out."""

    idcs: str
    on: dt.date | None = None
    known_at: AwareDatetime | None = None


class PersonVersionOut(Schema):
    """One version: true from which day, known since when, why and by whom."""

    version: int
    valid_from: dt.date
    recorded_at: dt.datetime
    reason: str
    actor_kind: str
    actor_id: str
    paper: str
    identity: dict[str, str]


class PersonHistoryOut(Schema):
    """``then``: nothing where the register knew nobody of that day."""

    then: PersonVersionOut | None
    versions: list[PersonVersionOut]


@router.post(
    "/persons/corrections",
    response={200: PersonCorrectedOut, **PROBLEMS},
    auth=officer,
    operation_id="correct_person",
)
@once()
def correct(request: Any, body: PersonCorrectionIn) -> IdentityChange:
    """Correct a registered person; what is answered was done in the register and in every copy."""
    return identity_change.correct(**body.model_dump(), actor=request.actor, now=clock.now())


@router.post(
    "/persons/readings",
    response={200: PersonHistoryOut, **PROBLEMS},
    auth=officer,
    operation_id="read_person",
)
def read(request: Any, body: PersonReadingIn) -> dict[str, Any]:
    """Read a registered person as on a day (written down in the log)."""
    found = identity_change.read_history(
        idcs=body.idcs,
        on=body.on or clock.today(),
        known_at=body.known_at,
        actor=request.actor,
        now=clock.now(),
    )
    then = _version(found.then) if found.then else None
    return {"then": then, "versions": [_version(one) for one in found.versions]}


def _version(kept: IdentityVersion) -> dict[str, Any]:
    values = {name: getattr(kept, name) for name in PersonVersionOut.model_fields}
    return values | {"identity": kept.identity.as_json()}
