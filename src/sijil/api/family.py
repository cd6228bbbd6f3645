"""Parents and guardian of a file over HTTP, for an officer of its centre."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ninja import Router, Schema

from sijil.api.auth import staff_auth
from sijil.api.problems import PROBLEMS
from sijil.journeys import family
from sijil.pages import clock
from sijil.pages.languages import spoken

router = Router(tags=["counter"])


class RelativeOut(Schema):
    """A parent or guardian. ``source``: birth_extract, family_booklet, civil_event or judgement;
    ``paper``: its number; ``valid_from``: true since that day; ``recorded_at``: kept since.
    """

    relation: str
    idcs: str
    name: str
    source: str
    paper: str
    valid_from: dt.date
    recorded_at: dt.datetime


@router.get(
    "/files/{number}/parents",
    response={200: list[RelativeOut], **PROBLEMS},
    auth=staff_auth("csc_officer"),
    operation_id="list_parents",
)
def list_parents(request: Any, number: str) -> list[dict[str, Any]]:
    """Who is kept as mother, father or guardian of a file, with their names (written down in the log)."""
    found = family.read_parents(number, actor=request.actor, now=clock.now())
    return [
        {
            "relation": one.filiation.relation,
            "idcs": one.person.idcs,
            "name": one.person.full_name(spoken()),
            "source": one.filiation.source,
            "paper": one.filiation.paper,
            "valid_from": one.filiation.valid_from,
            "recorded_at": one.filiation.recorded_at,
        }
        for one in found
        if one.person is not None
    ]
