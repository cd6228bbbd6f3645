"""The mover of technical rows, on a machine and tables of its own."""

import datetime as dt
from enum import StrEnum

import pytest
from django.db import connection, models
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from sijil.kernel import steps
from sijil.kernel.actors import delegate, system
from sijil.kernel.errors import Refused
from sijil.kernel.machine import TRANSITION_REFUSED, Machine, Transition
from sijil.kernel.rows import StateRow
from sijil.kernel.steps import Rows

NOW = dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC)
SENDER = system("sender")


class S(StrEnum):
    WAITING = "waiting"
    TAKEN = "taken"
    DONE = "done"


MACHINE = Machine(
    S,
    initial=S.WAITING,
    transitions=(
        Transition("take", (S.WAITING,), S.TAKEN),
        Transition("give_back", (S.TAKEN,), S.WAITING),
        Transition("finish", (S.WAITING, S.TAKEN), S.DONE),
    ),
)


class Parcel(models.Model):
    state = models.CharField(max_length=10)
    tries = models.IntegerField(default=0)
    reason = models.CharField(max_length=40, blank=True)

    class Meta:
        app_label = "steps_trial"


class ParcelStep(StateRow):
    parcel = models.ForeignKey(Parcel, models.PROTECT, related_name="steps")

    class Meta(StateRow.Meta):
        app_label = "steps_trial"


@pytest.fixture
def rows(db, monkeypatch):
    monkeypatch.setattr(steps, "_registered", [])
    with connection.schema_editor() as editor:
        editor.create_model(Parcel)
        editor.create_model(ParcelStep)
    return Rows(MACHINE, Parcel, ParcelStep, "parcel")


def made(rows, state=S.WAITING):
    row = Parcel()
    rows.open(row, "put", actor=SENDER, now=NOW)
    Parcel.objects.filter(pk=row.pk).update(state=state)
    return row.pk


def move(rows, action, chosen=None, **more):
    some = Parcel.objects.all() if chosen is None else chosen
    return rows.move(some, action, actor=SENDER, now=NOW, **more)


def told():
    return list(ParcelStep.objects.values_list("parcel_id", "action", "from_state", "to_state", "reason"))


def test_opening_writes_the_row_and_its_first_step(rows):
    key = made(rows)
    assert Parcel.objects.get(pk=key).state == "waiting"
    assert told() == [(key, "put", "", "waiting", "")]


@pytest.mark.parametrize("action", MACHINE.actions)
@pytest.mark.parametrize("state", list(S))
def test_every_cell_moves_the_row_with_a_step_or_leaves_it(rows, state, action):
    key = made(rows, state)
    step = MACHINE.find(state, action)
    moved = move(rows, action, reason="because")
    assert moved == ([key] if step else [])
    assert Parcel.objects.get().state == (step.target if step else state)
    assert told()[1:] == ([(key, action, state, step.target, "because")] if step else [])


def test_many_rows_cost_one_statement(rows):
    keys = {made(rows) for _ in range(5)} | {made(rows, S.TAKEN) for _ in range(3)}
    made(rows, S.DONE)
    with CaptureQueriesContext(connection) as asked:
        moved = move(rows, "finish")
    assert set(moved) == keys
    assert len(asked) == 1
    assert ParcelStep.objects.filter(action="finish").count() == 8


def test_columns_change_with_the_state_and_may_count(rows):
    key = made(rows)
    move(rows, "take", tries=F("tries") + 1)
    move(rows, "give_back", reason="broken")
    move(rows, "take", tries=F("tries") + 1)
    row = Parcel.objects.get(pk=key)
    assert (row.tries, row.reason) == (2, "")


def test_only_what_was_chosen_moves(rows):
    one, other = made(rows), made(rows)
    assert move(rows, "take", Parcel.objects.filter(pk=one)) == [one]
    assert Parcel.objects.get(pk=other).state == "waiting"


def test_one_row_in_another_state_is_refused(rows):
    key = made(rows, S.DONE)
    with pytest.raises(Refused) as refused:
        rows.move_one(key, "take", actor=SENDER, now=NOW)
    assert refused.value.error is TRANSITION_REFUSED
    assert refused.value.facts == {"state": "done", "action": "take"}


def test_a_key_that_leads_nowhere_is_refused(rows):
    with pytest.raises(Refused, match="transition_refused"):
        rows.move_one(0, "take", actor=SENDER, now=NOW)


def test_a_step_tells_who_and_for_whom(rows):
    made(rows)
    rows.move(Parcel.objects.all(), "take", actor=delegate("2574081631", acts_for="3948201752"), now=NOW)
    last = ParcelStep.objects.last()
    assert (last.actor_kind, last.actor_id, last.actor_for) == ("delegate", "2574081631", "3948201752")
    assert last.at == NOW


def test_technical_rows_are_known(rows):
    assert steps.registered() == (rows,)
