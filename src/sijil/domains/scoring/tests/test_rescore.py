"""Rescoring: everybody once, nothing lost, resumable after a kill; what is the same stays; law is kept."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import numpy as np
import pytest
from django.db import OperationalError, connection, transaction

from sijil.domains.scoring import queries, services
from sijil.domains.scoring.models import CurrentScore, Score, ScoreLaw
from sijil.domains.scoring.services import record, recorded, writing
from sijil.domains.scoring.tests import source as tried
from sijil.domains.scoring.tests.households import NOW, R1, U1
from sijil.domains.scoring.types import DueMember, ScoringLaw
from sijil.kernel.actors import system
from sijil.kernel.errors import Refused
from sijil.kernel.law import Pin

ACTOR = system("test")
QUARANTINED = R1 | {"phone_internet_year": 12_000_000}
ONE = "10000000037"


def codes_of(n: int) -> list[str]:
    return [f"{10_000_000_000 + 37 * k}" for k in range(n)]


def put(rows: list[dict[str, int]]) -> None:
    tried.put(dict(zip(codes_of(len(rows)), rows, strict=True)))


@pytest.fixture
def inputs(db: None) -> Iterator[None]:
    with tried.table({}):
        yield


@pytest.fixture
def committed(transactional_db: None) -> Iterator[None]:
    with tried.table({}):
        yield


def start(law: ScoringLaw | None = None) -> str:
    return services.start_rescoring(law=law or tried.law(), total=0, actor=ACTOR, now=NOW)


def run(name: str, law: ScoringLaw | None = None, **more: Any) -> Any:
    services.rescore(
        rescoring_id=name, law=law or tried.law(), sources=[tried.source()], clock=lambda: NOW, **more
    )
    return queries.get_rescoring(name)


def some(*codes: str, **more: Any) -> Any:
    values: dict[str, Any] = {"law": tried.law(), "sources": [tried.source()], "actor": ACTOR, "now": NOW}
    return services.rescore_some(household_codes=codes, **values | more)


def other_law(version: str = "READ-2") -> ScoringLaw:
    pins = (*tried.law().pins[:-1], Pin("scoring.readings", version, "e" * 64))
    return dataclasses.replace(tried.law(), pins=pins)


def counts(done: Any) -> tuple[int, ...]:
    assert done.taken == done.scored + done.quarantined + done.kept + done.refused
    return done.taken, done.scored, done.quarantined, done.kept, done.refused


def test_a_rescoring_scores_everybody_once(inputs: None) -> None:
    put([U1, R1, QUARANTINED] * 10)
    done = run(start(), chunk=4000)
    assert (done.state, counts(done)) == ("finished", (30, 20, 10, 0, 0))
    assert set(CurrentScore.objects.values_list("number", flat=True)) == {1}
    assert all(queries.replay(code, 1)[1] for code in codes_of(3))
    assert queries.get_score(codes_of(1)[0], 1).trigger == "rescored"
    assert run(done.id).taken == 30  # a finished one does nothing more


def test_one_equals_many_to_the_last_unit(inputs: None) -> None:
    put([U1, R1, QUARANTINED])
    run(start())
    for code, row in zip(codes_of(3), (U1, R1, QUARANTINED), strict=True):
        many = queries.get_current_score(code)
        one = services.record_score(
            household_code=f"9{code[1:]}", inputs=row, milieu=row["milieu"], region_code=row["region"],
            trigger="imported", actor=ACTOR, now=NOW,
        )  # fmt: skip
        same = ("points", "a", "b", "divisor", "parts", "inputs", "state")
        assert [getattr(one, name) for name in same] == [getattr(many, name) for name in same]


def test_a_score_that_would_be_the_same_stays(inputs: None) -> None:
    put([U1, R1, QUARANTINED])
    run(start())
    assert counts(run(start())) == (3, 0, 0, 3, 0)
    put([U1 | {"cars": 1}])
    assert counts(run(start())) == (3, 1, 0, 2, 0)
    assert Score.objects.count() == 4


def test_a_score_that_a_person_confirmed_stays_confirmed(inputs: None) -> None:
    put([QUARANTINED])
    run(start())
    services.confirm_score(household_code=codes_of(1)[0], actor=ACTOR, now=NOW)
    run(start())
    assert queries.get_current_score(codes_of(1)[0]).state == "scored"


def test_another_law_makes_another_score_and_both_are_named(inputs: None) -> None:
    put([U1])
    run(start())
    law = other_law()
    assert counts(run(start(law), law)) == (1, 1, 0, 0, 0)
    first, second = (queries.get_score(codes_of(1)[0], number).pins for number in (1, 2))
    assert set(first) - set(second) == set(tried.law().pins[-1:])
    assert set(second) - set(first) == set(law.pins[-1:])
    assert tried.PIN in first
    assert set(queries.list_pins()) == set(first) | set(second)
    assert queries.is_any_of_another_law(NOW.date())  # this reading is of no shelf


def test_a_law_is_written_down_once(inputs: None) -> None:
    put([U1, R1])
    run(start())
    known = ScoreLaw.objects.count()
    run(start())
    assert ScoreLaw.objects.count() == known == 2  # of the run, and of the scores: with the form


def test_who_is_due_is_named_by_the_score_and_a_new_one_makes_a_new_score(inputs: None) -> None:
    put([U1, R1])
    run(start())
    tried.put({codes_of(2)[1]: R1}, due=b"\x02\x05")
    assert counts(run(start())) == (2, 1, 0, 1, 0)
    found = queries.get_current_score(codes_of(2)[1])
    assert found.due == (DueMember(2, ("schooling",)), DueMember(5, ("schooling",)))
    assert str(found.declaration) == "64646464-6464-6464-6464-646464646464"
    assert queries.get_current_score(codes_of(1)[0]).due == ()


def test_who_is_due_is_named_whole_however_many_they_are_in_the_next_household(inputs: None) -> None:
    codes = codes_of(3)
    for code, who in zip(codes, (b"\x02", b"\x01\x02\x0a", b""), strict=True):
        tried.put({code: U1}, due=who)
    run(start())
    assert [[one.member for one in queries.get_current_score(code).due] for code in codes] == [
        [2],
        [1, 2, 10],
        [],
    ]


def strict(most: int) -> ScoringLaw:
    """Return the law with fewer cars allowed."""
    formula = tried.law().formula
    cars = dataclasses.replace(formula.input("cars"), bounds={1: (0, most), 2: (0, most)})
    changed = (*formula.inputs[: cars.position], cars, *formula.inputs[cars.position + 1 :])
    return dataclasses.replace(tried.law(), formula=dataclasses.replace(formula, inputs=changed))


def test_a_household_that_can_no_longer_be_scored_is_listed_and_keeps_its_score(inputs: None) -> None:
    put([U1, U1 | {"cars": 3}])
    run(start())
    name = start(other_law())
    done = run(name, dataclasses.replace(other_law(), formula=strict(2).formula))
    assert counts(done) == (2, 1, 0, 0, 1)
    (line,) = queries.list_refusals(name)
    assert (line.household_code, line.code, line.field) == (ONE, "scoring.input_out_of_bounds", "cars")
    assert queries.get_current_score(ONE).number == 1


def test_what_is_refused_is_not_taken_twice(inputs: None) -> None:
    put([U1 | {"rooms": 0}, U1])
    name = start()
    run(name)
    from sijil.domains.scoring.models import Rescoring

    Rescoring.objects.update(state="running")
    assert counts(run(name)) == (2, 1, 0, 0, 1)


def test_some_are_scored_and_no_other(inputs: None) -> None:
    put([U1, R1, QUARANTINED])
    result = some(ONE)
    assert (result.taken, result.scored, result.kept) == (1, 1, 0)
    assert list(CurrentScore.objects.values_list("pk", flat=True)) == [ONE]
    assert some(ONE).kept == 1


def test_a_trial_writes_nothing(inputs: None) -> None:
    put([U1, R1, QUARANTINED, U1 | {"rooms": 0}])
    assert some(ONE, dry_run=True).scored == 1
    seen = services.preview(law=tried.law(), sources=[tried.source()], actor=ACTOR, now=NOW)
    assert (seen.taken, seen.scored, seen.quarantined, len(seen.refused)) == (4, 2, 1, 1)
    assert not Score.objects.exists()


def test_two_sources_are_two_laws(inputs: None) -> None:
    put([U1, R1])
    second = Pin("tried.form", "FORM-2", "a" * 64)
    halves = [
        dataclasses.replace(
            tried.source(pin), select=f"SELECT * FROM tried_inputs WHERE household_code {sign} '{ONE}'"
        )
        for pin, sign in ((tried.PIN, "<"), (second, ">="))
    ]
    name = start()
    services.rescore(rescoring_id=name, law=tried.law(), sources=halves, clock=lambda: NOW)
    assert [tried.PIN in queries.get_current_score(code).pins for code in codes_of(2)] == [True, False]
    assert second in queries.get_current_score(ONE).pins


def test_a_household_scored_meanwhile_is_taken_as_it_is_now(committed: None, monkeypatch: Any) -> None:
    put([U1] * 6)
    run(start())
    real, told = writing.lock_writing, []

    def meanwhile(*, alone: bool, lane: int | None = None) -> None:
        if alone and not told:
            told.append(1)
            in_a_thread(lambda: score_anew(ONE, U1 | {"cars": 1}))
        real(alone=alone, lane=lane)

    monkeypatch.setattr(writing, "lock_writing", meanwhile)
    done = run(start(other_law()), other_law())
    assert counts(done) == (6, 6, 0, 0, 0)
    assert [s.trigger for s in queries.list_scores(ONE)] == ["rescored", "rescored", "rescored"]
    assert queries.get_current_score(ONE).points == Decimal("9.6581175")
    assert queries.get_current_score(ONE).number == 3


def test_two_lanes_write_at_once_and_whoever_has_one_household_waits_for_both(committed: None) -> None:
    put([U1] * 6)

    def lane(place: int, held: Barrier, done: list[str]) -> None:
        with transaction.atomic():
            writing.lock_writing(alone=True, lane=place)
            held.wait(20)  # both are here: neither waits for the other
            held.wait(20)
            done.append(f"lane {place}")

    held, done = Barrier(3), []
    lanes = [begun(lane, place, held, done) for place in (0, 1)]
    held.wait(20)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '50ms'")
        with pytest.raises(OperationalError):
            record.lock_households(np.array([ONE.encode()]))
        transaction.set_rollback(True)
    assert done == []
    held.wait(20)
    for one in lanes:
        one.join()
    assert sorted(done) == ["lane 0", "lane 1"]


def score_anew(code: str, row: dict[str, int]) -> None:
    tried.put({code: row})
    some(code)


def begun(work: Any, *args: Any) -> Thread:
    """Begin a work in a thread that closes its connection."""

    def whole() -> None:
        try:
            work(*args)
        finally:
            connection.close()

    thread = Thread(target=whole)
    thread.start()
    return thread


def in_a_thread(work: Any) -> None:
    begun(work).join()


def test_a_failure_ends_the_rescoring_and_the_next_goes_on(committed: None, monkeypatch: Any) -> None:
    put([U1] * 4000)
    name, told = start(), []

    def fail(*_: Any, **__: Any) -> None:
        told.append(1)
        if len(told) == 2:
            raise RuntimeError("the disk is full")

    with monkeypatch.context() as failing:
        failing.setattr(recorded, "tell", fail)
        with pytest.raises(RuntimeError, match="full"):  # though more is on its way than a socket holds
            run(name, chunk=60_000)
    half = queries.get_rescoring(name)
    assert (half.state, half.taken) == ("running", Score.objects.count())
    assert 0 < half.taken < 2000
    assert counts(run(name)) == (4000, 4000, 0, 0, 0)


def test_only_one_process_does_a_rescoring(committed: None) -> None:
    put([U1])
    name = start()
    caught: list[str] = []

    def intrude(_: int) -> None:
        def work() -> None:
            try:
                run(name)
            except Refused as refusal:
                caught.append(refusal.code)

        in_a_thread(work)

    run(name, on_chunk=intrude)
    assert caught == ["scoring.rescoring_running"]


def test_an_unknown_rescoring_is_refused(db: None) -> None:
    with pytest.raises(Refused, match="rescoring_missing"):
        run("0")


@pytest.mark.slow
def test_a_killed_rescoring_goes_on_where_it_was(committed: None) -> None:
    put([U1, R1, QUARANTINED, U1] * 50)
    name = start()
    child = subprocess.Popen([sys.executable, "-c", KILLED.format(name=name)], env=child_environment())
    assert child.wait(60) == -signal.SIGKILL
    half = queries.get_rescoring(name)
    assert half.state == "running"
    assert 0 < half.taken < 200
    assert half.taken == Score.objects.count() == CurrentScore.objects.count()
    done = run(name, chunk=9000)
    assert (done.state, counts(done)) == ("finished", (200, 150, 50, 0, 0))
    assert set(CurrentScore.objects.values_list("number", flat=True)) == {1}
    assert Score.objects.count() == 200


KILLED = textwrap.dedent("""
    import datetime as dt, os, signal
    import django
    django.setup()
    from sijil.domains.scoring import services
    from sijil.domains.scoring.tests import source
    seen = []
    def die(taken):
        seen.append(taken)
        if len(seen) == 2:
            os.kill(os.getpid(), signal.SIGKILL)
    now = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    services.rescore(rescoring_id="{name}", law=source.law(), sources=[source.source()], clock=lambda: now,
                     chunk=9000, on_chunk=die)
""")


def child_environment() -> dict[str, str]:
    at = connection.settings_dict
    host = at["HOST"]
    url = f"postgresql://{at['USER']}:{at['PASSWORD']}@:{at['PORT'] or 5432}/{at['NAME']}?host={host}"
    if not host.startswith("/"):
        url = f"postgresql://{at['USER']}:{at['PASSWORD']}@{host}:{at['PORT'] or 5432}/{at['NAME']}"
    return os.environ | {"SIJIL_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "sijil.config.settings"}
