"""Somebody is received at a centre that does not serve where they live: the reason stays with the file."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from sijil.domains.appointments.acts import ELSEWHERE_TAKEN
from sijil.domains.appointments.models import ElsewhereRow
from sijil.domains.appointments.queries import get_centre
from sijil.domains.appointments.rules import read_elsewhere
from sijil.kernel import acts
from sijil.kernel.actors import Actor
from sijil.kernel.dates import legal_day


@transaction.atomic
def take_elsewhere(
    *,
    request_number: str,
    centre_code: str,
    commune_code: str,
    reason: str,
    note: str = "",
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Keep why a request from a commune is received at a centre that does not serve it; the first stays.

    Raises: Refused(ELSEWHERE_NEEDS_REASON, CENTRE_UNKNOWN), or what is wrong with the sentence.
    """
    code, said = read_elsewhere(reason, note, legal_day(now))
    get_centre(centre_code)
    _, is_new = ElsewhereRow.objects.get_or_create(
        request_number=request_number,
        centre_id=centre_code,
        commune_code=commune_code,
        defaults={"reason": code, "note": said, "given_by": str(actor), "given_at": now},
    )
    if is_new:
        facts = {"centre": centre_code, "commune": commune_code, "reason": code}
        acts.record(ELSEWHERE_TAKEN, actor=actor, subject=request_number, facts=facts, now=now)
