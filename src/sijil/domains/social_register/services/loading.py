"""Loading households that another system registered, or that a demo invents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import islice

from django.db import connection, transaction
from django.db.models import BigAutoField, Model

from sijil.domains.social_register.models import Declaration, Household, HouseholdStateRow, Member
from sijil.domains.social_register.rules import form_on, head_of
from sijil.domains.social_register.services.submission import build_declaration, tell_of_declarations
from sijil.domains.social_register.states import HOUSEHOLD, HouseholdState
from sijil.domains.social_register.types import LoadedHousehold
from sijil.kernel import tally
from sijil.kernel.actors import Actor
from sijil.kernel.casework.acts import FILES_LOADED
from sijil.kernel.casework.files import new_step
from sijil.kernel.dates import legal_day
from sijil.kernel.ids import new_key

_CHUNK = 2000


def load_households(*, households: Iterable[LoadedHousehold], actor: Actor, now: dt.datetime) -> int:
    """Write active households with their members, frozen answers and sealed birth dates; return how many.

    Answers are taken as read (no bounds check: the score's own bounds hold later). Each chunk is one
    transaction. Raises: IntegrityError if a person already has a household; Refused(HEAD_NOT_ONE).
    """
    total, stream = 0, iter(households)
    while chunk := list(islice(stream, _CHUNK)):
        _load(chunk, actor, now)
        total += len(chunk)
    return total


@transaction.atomic
def _load(chunk: Sequence[LoadedHousehold], actor: Actor, now: dt.datetime) -> None:
    form = form_on(legal_day(now))
    rows = [_row(loaded, now) for loaded in chunk]
    steps = (new_step(HouseholdStateRow, "household", row, "load", "", row.state, actor, now) for row in rows)
    pairs = list(zip(chunk, rows, strict=True))
    _copy(Household, rows)
    _copy(HouseholdStateRow, steps)
    _copy(Member, (stay for loaded, row in pairs for stay in _stays(loaded, row, now)))
    frozen = [build_declaration(row, form, loaded.answers, loaded.members, now) for loaded, row in pairs]
    _copy(Declaration, frozen)
    tell_of_declarations(frozen, actor=actor, now=now)
    keys = (row.code.encode() for row in rows)
    tally.record(FILES_LOADED, HOUSEHOLD.name, keys, actor=actor, now=now)


def _copy(model: type[Model], rows: Iterable[Model]) -> None:
    """Stream rows into their table by COPY; numbers that the database gives are left to it."""
    columns = [f for f in model._meta.concrete_fields if not isinstance(f, BigAutoField)]
    names = ", ".join(f'"{f.column}"' for f in columns)
    into = f'COPY "{model._meta.db_table}" ({names}) FROM STDIN'
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(into) as copy:
        for row in rows:
            copy.write_row([f.get_db_prep_save(getattr(row, f.attname), connection) for f in columns])


def _row(loaded: LoadedHousehold, now: dt.datetime) -> Household:
    head = head_of(loaded.members)
    row = Household(
        code=loaded.code,
        state=HouseholdState.ACTIVE.value,
        commune_code=loaded.commune_code,
        region_code=loaded.region_code,
        milieu=loaded.milieu,
        milieu_by=loaded.milieu_by,
        head=head.person,
        declarant=head.person,
        opened_at=now,
        declaration_id=new_key(),
    )
    row.set_births(loaded.births)
    return row


def _stays(loaded: LoadedHousehold, row: Household, now: dt.datetime) -> list[Member]:
    return [
        Member(household=row, person=m.person, relation=m.relation, sex=m.sex, joined_on=legal_day(now))
        for m in loaded.members
    ]
