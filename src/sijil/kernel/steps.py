"""The one mover of technical rows: a message on its way, a one-time code, a list in preparation.

Files of people are casework (``sijil.kernel.casework``); what moves by itself has a bare machine. The table
decides in the statement that changes the row: a row in another state is left alone, whoever asks. The same
statement writes one immutable step for each row that moved, so many rows cost what one does.

    MESSAGES = Rows(MESSAGE, Message, MessageStep, "message")
    MESSAGES.move(Message.objects.filter(claimed_at__lt=moment), "retry", actor=SENDER, now=now)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import connection, models, transaction
from django.db.models.expressions import RawSQL
from django.db.models.sql import UpdateQuery

from sijil.kernel.actors import Actor
from sijil.kernel.casework.files import insert_with_steps, new_step
from sijil.kernel.errors import Refused
from sijil.kernel.machine import TRANSITION_REFUSED, Machine, Transition
from sijil.kernel.rows import StateRow

Row = TypeVar("Row", bound=models.Model)
_registered: list[Rows[Any]] = []


def registered() -> tuple[Rows[Any], ...]:
    """Return the technical rows of every domain."""
    return tuple(_registered)


@dataclass(frozen=True, slots=True)
class Rows(Generic[Row]):
    """Rows that a bare machine moves. ``step``, ``link``: the table of their steps, its key of the row."""

    machine: Machine[Transition]
    model: type[Row]
    step: type[StateRow]
    link: str

    def __post_init__(self) -> None:
        _registered.append(self)

    def open(self, row: Row, action: str, *, actor: Actor, now: dt.datetime) -> None:
        """Insert a new row in the first state, and its first step."""
        initial = self.machine.initial.value
        with transaction.atomic(savepoint=False):
            row.state = initial  # type: ignore[attr-defined]
            row.save(force_insert=True)
            new_step(self.step, self.link, row, action, "", initial, actor, now).save(force_insert=True)

    def open_all(
        self, columns: Mapping[str, Sequence[Any]], action: str, *, actor: Actor, now: dt.datetime
    ) -> None:
        """Insert many new rows and the first step of each, in two statements.

        ``columns``: a value for each, by the name of the attribute, the key among them.
        """
        initial = self.machine.initial.value
        told = new_step(self.step, self.link, None, action, "", initial, actor, now)
        with transaction.atomic(savepoint=False):
            insert_with_steps(self.model, columns, {"state": initial}, told, self.link)

    def move(
        self,
        rows: models.QuerySet[Row],
        action: str,
        *,
        actor: Actor,
        now: dt.datetime,
        reason: str = "",
        **columns: Any,
    ) -> list[Any]:
        """Move those of ``rows`` whose state has the action; return their keys. ``columns`` change with them.

        ``reason`` is kept with the step, and in the row too where it has such a column.
        """
        if any(field.name == "reason" for field in self.model._meta.concrete_fields):
            columns["reason"] = reason
        told = {
            "action": action,
            "actor_kind": actor.kind.value,
            "actor_id": actor.id,
            "actor_for": actor.acts_for,
            "at": now,
            "reason": reason,
        }
        steps = [step for step in self.machine.transitions if step.action == action]
        return [key for step in steps for key in self._move(rows, step, told, columns)]

    def move_one(
        self, key: Any, action: str, *, actor: Actor, now: dt.datetime, reason: str = "", **columns: Any
    ) -> None:
        """Move one row. Raises: Refused(TRANSITION_REFUSED), also for a key that leads nowhere."""
        row = self.model._default_manager.filter(pk=key)
        if not self.move(row, action, actor=actor, now=now, reason=reason, **columns):
            state = row.values_list("state", flat=True).first()
            raise Refused(TRANSITION_REFUSED, state=state or "", action=action)

    def _move(
        self, rows: models.QuerySet[Row], step: Transition, told: dict[str, Any], columns: dict[str, Any]
    ) -> list[Any]:
        """Lock the rows that the step may leave, change them and write their steps, in one statement."""
        told = {**told, "to_state": step.target.value}
        chosen = rows.filter(state__in=[state.value for state in step.sources]).order_by()
        select, wanted = chosen.values_list("pk", "state").query.sql_with_params()
        update, given = self._update({"state": step.target.value, **columns})
        link = f"{self.link}_id"
        sql = f"""
            WITH before (key, state) AS ({select} FOR UPDATE), moved AS ({update})
            INSERT INTO {self.step._meta.db_table} ({link}, from_state, {", ".join(told)})
            SELECT key, state, {", ".join(["%s"] * len(told))} FROM before RETURNING {link}
        """  # noqa: S608  (names of our own tables; every value is a parameter)
        with connection.cursor() as cursor:
            cursor.execute(sql, [*wanted, *given, *told.values()])
            return [key for (key,) in cursor.fetchall()]

    def _update(self, columns: dict[str, Any]) -> tuple[str, tuple[Any, ...]]:
        """Return the UPDATE of what was locked, as Django writes it."""
        locked = self.model._default_manager.filter(pk__in=RawSQL("SELECT key FROM before", ()))
        query = locked.query.chain(UpdateQuery)
        query.add_update_values(columns)  # type: ignore[attr-defined]
        sql, given = query.get_compiler(connection=connection).as_sql()
        return sql, given
