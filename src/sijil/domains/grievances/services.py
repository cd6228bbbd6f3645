"""Writes of grievances: one is received, then upheld or reversed with an answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db import IntegrityError, transaction

from sijil.domains.grievances import errors, models
from sijil.domains.grievances.queries import CONTEXT, grievance_of, text_aad
from sijil.domains.grievances.rules import action_of, read_words
from sijil.domains.grievances.states import GRIEVANCE
from sijil.domains.grievances.types import Grievance, GrievanceKind, Said
from sijil.kernel import law
from sijil.kernel.actors import Actor, ActorKind
from sijil.kernel.casework import Role
from sijil.kernel.casework.files import Files, staff_roles
from sijil.kernel.errors import Refused
from sijil.kernel.ids import draw_number, new_key
from sijil.kernel.rows import violated
from sijil.kernel.sealing import keyring

_HOLDERS = (ActorKind.PUBLIC, ActorKind.CITIZEN)


def _roles(row: models.Grievance, actor: Actor) -> set[Role]:
    """Return what somebody is to a grievance: its holder, an officer of the centre, or who decides it.

    Who decides is an adjudicator who neither took part in what is contested nor received the grievance.
    """
    if actor.kind in _HOLDERS:
        return {Role.HOLDER}
    if actor.kind is not ActorKind.OFFICER:
        return staff_roles(actor)
    mine = staff_roles(actor, centre=row.centre_code) if actor.centre else set()
    is_new = "adjudicator" in actor.roles and actor.id not in row.barred
    return mine | ({Role.SECOND_OFFICER} if is_new else set())


GRIEVANCES = Files(
    GRIEVANCE,
    models.Grievance,
    models.GrievanceStep,
    "grievance",
    errors.GRIEVANCE_UNKNOWN,
    roles=_roles,
    delay=lambda name, day: law.delay(f"grievances.{name}", day),
    subject=lambda row: row.about,
    key="number",
    centre="centre_code",
    facts=lambda row: {"barred": ", ".join(row.barred)},
)


@transaction.atomic
def receive(
    *,
    kind: GrievanceKind,
    about: str,
    decision: UUID,
    centre_code: str,
    took_part: Iterable[str],
    text: str,
    actor: Actor,
    now: dt.datetime,
) -> Grievance:
    """Keep a grievance about a file; its clock starts. ``took_part``: logins that may not decide it.

    Raises: Refused(WORDS_TOO_SHORT, WORDS_TOO_LONG, ALREADY_RECEIVED, kernel.role_refused).
    """
    words = read_words(text, field="text")
    received_by = {actor.id} if actor.kind is ActorKind.OFFICER else set()
    row = models.Grievance(
        id=new_key(),
        number=draw_number(),
        kind=kind,
        about=about,
        decision=decision,
        centre_code=centre_code,
        barred=sorted({*took_part, *received_by} - {""}),
    )
    try:
        with transaction.atomic():
            GRIEVANCES.open(row, actor=actor, now=now)
    except IntegrityError as error:
        if violated(error) == "grievance_one_open_per_file":
            raise Refused(errors.ALREADY_RECEIVED) from error
        raise
    _say(row, Said.GROUNDS, words, actor, now)
    return grievance_of(row)


@transaction.atomic
def answer(*, number: str, outcome: str, text: str, actor: Actor, now: dt.datetime) -> Grievance:
    """Close a grievance: ``outcome`` upheld or reversed, with what the person reads of it.

    Raises: Refused(GRIEVANCE_UNKNOWN, OUTCOME_UNKNOWN, WORDS_TOO_SHORT, WORDS_TOO_LONG, TOOK_PART,
    kernel.transition_refused, kernel.role_refused).
    """
    action, words = action_of(outcome), read_words(text, field="answer")
    row = GRIEVANCES.lock(number)
    if actor.id in row.barred:
        raise Refused(errors.TOOK_PART)
    GRIEVANCES.move_row(row, action, actor=actor, now=now, answered_at=now)
    _say(row, Said.ANSWER, words, actor, now)
    return grievance_of(row)


def _say(row: models.Grievance, said: Said, words: str, actor: Actor, now: dt.datetime) -> None:
    key = new_key()
    sealed = keyring().seal_json(CONTEXT, {"text": words}, aad=text_aad(key))
    by = actor.id if actor.kind is ActorKind.OFFICER else ""
    models.GrievanceText.objects.create(id=key, grievance=row, said=said, by=by, at=now, sealed=sealed)
