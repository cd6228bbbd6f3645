"""Scores by the thousand: the same numbers as one by one, nothing lost, resumable after a kill."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import textwrap
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.db import connection

from sijil.domains.scoring import queries, rules, services
from sijil.domains.scoring.models import CurrentScore, RescoringRefusal, Score
from sijil.domains.scoring.rules import binary
from sijil.domains.scoring.services import bulk
from sijil.domains.scoring.tests.households import FORMULA, NOW, R1, U1
from sijil.kernel.actors import system
from sijil.kernel.errors import Refused

ACTOR = system("test")
VERSION = FORMULA.version
QUARANTINED = R1 | {"phone_internet_year": 12_000_000}
REFUSED = U1 | {"rooms": 0}


def codes_of(n: int) -> np.ndarray:
    return np.array([f"{10_000_000_000 + 37 * k}".encode() for k in range(n)], "S11")


def columns_of(rows: list[dict[str, int]]) -> dict[str, np.ndarray]:
    return {i.id: np.array([row.get(i.id, -1) for row in rows], np.int32) for i in FORMULA.inputs}


def load(rows: list[dict[str, int]], **more: Any) -> Any:
    return services.record_scores(
        household_codes=codes_of(len(rows)),
        columns=columns_of(rows),
        trigger="imported",
        actor=ACTOR,
        now=NOW,
        **more,
    )


@pytest.mark.django_db
def test_a_bulk_writes_what_one_by_one_writes() -> None:
    load([U1, R1, QUARANTINED])
    for code, inputs in zip(codes_of(3).tolist(), (U1, R1, QUARANTINED), strict=True):
        one = services.record_score(
            household_code=f"9{code.decode()[1:]}", inputs=inputs, milieu=inputs["milieu"],
            region_code=inputs["region"], trigger="imported", actor=ACTOR, now=NOW,
        )  # fmt: skip
        two = queries.get_current_score(code.decode())
        assert queries.replay(code.decode(), 1)[1]
        assert (two.points, two.parts, two.inputs, two.state) == (
            one.points,
            one.parts,
            one.inputs,
            one.state,
        )
        kept = CurrentScore.objects.filter(pk__in=[one.household_code, two.household_code])
        assert (
            len(set(kept.values_list("number", "state", "milieu", "region", "size", "a", "b", "score"))) == 1
        )


@pytest.mark.django_db
def test_in_is_done_plus_refused_and_each_refusal_names_its_field() -> None:
    result = load([U1, REFUSED, R1, QUARANTINED])
    assert (result.taken, result.scored, result.quarantined, len(result.refused)) == (4, 2, 1, 1)
    line = result.refused[0]
    assert (line.household_code, line.code, line.field) == (
        "10000000037",
        "scoring.input_out_of_bounds",
        "rooms",
    )
    assert Score.objects.count() == CurrentScore.objects.count() == 3


@pytest.mark.django_db
def test_a_second_bulk_makes_second_scores() -> None:
    load([U1, R1])
    load([U1 | {"cars": 1}, R1, U1])
    assert [queries.get_current_score(c.decode()).number for c in codes_of(3).tolist()] == [2, 2, 1]
    assert CurrentScore.objects.get(pk="10000000000").score == Decimal("9.6581175")


@pytest.mark.django_db
def test_a_bulk_checks_its_codes() -> None:
    with pytest.raises(Refused, match="household_code_invalid"):
        services.record_scores(
            household_codes=np.array([b"1234"], "S11"),
            columns=columns_of([U1]),
            trigger="imported",
            actor=ACTOR,
            now=NOW,
        )


def run(rescoring_id: str, **more: Any) -> Any:
    services.rescore(rescoring_id=rescoring_id, clock=lambda: NOW, **more)
    return queries.get_rescoring(rescoring_id)


def start() -> str:
    return services.start_rescoring(formula_version=VERSION, actor=ACTOR, now=NOW)


@pytest.mark.django_db
def test_a_rescoring_scores_everybody_once() -> None:
    load([U1, R1, QUARANTINED] * 10)
    done = run(start(), chunk=7)
    assert (done.state, done.taken, done.scored, done.quarantined, done.refused) == (
        "finished",
        30,
        20,
        10,
        0,
    )
    assert set(CurrentScore.objects.values_list("number", flat=True)) == {2}
    assert all(queries.replay(c.decode(), 2)[1] for c in codes_of(3).tolist())
    assert queries.get_score("10000000000", 2).trigger == "rescored"
    assert run(done.id).taken == 30  # a finished one does nothing more


@pytest.mark.django_db
def test_a_household_that_can_no_longer_be_scored_is_listed_and_keeps_its_score(monkeypatch: Any) -> None:
    load([U1, U1 | {"cars": 3}])
    strict = {**{n: getattr(FORMULA, n) for n in FORMULA.__slots__}}
    inputs = list(FORMULA.inputs)
    cars = FORMULA.input("cars")
    changed = type(cars)(**{n: getattr(cars, n) for n in cars.__slots__} | {"bounds": {1: (0, 2), 2: (0, 2)}})
    inputs[cars.position] = changed
    monkeypatch.setattr(
        rules, "load_formula", lambda version: type(FORMULA)(**strict | {"inputs": tuple(inputs)})
    )
    done = run(start())
    assert (done.taken, done.scored, done.refused) == (2, 1, 1)
    assert list(RescoringRefusal.objects.values_list("household_code", "code", "field")) == [
        ("10000000037", "scoring.input_out_of_bounds", "cars")
    ]
    assert queries.get_current_score("10000000037").number == 1


@pytest.mark.django_db(transaction=True)
def test_a_household_scored_meanwhile_is_taken_with_its_new_answers(monkeypatch: Any) -> None:
    load([U1] * 6)
    real, told = bulk.lock_writing, []

    def meanwhile() -> None:
        if not told:
            told.append(1)
            record_by_another_connection("10000000037", U1 | {"cars": 1})
        real()

    monkeypatch.setattr(bulk, "lock_writing", meanwhile)
    done = run(start(), chunk=4)
    assert (done.taken, done.scored) == (6, 6)
    assert [s.trigger for s in queries.list_scores("10000000037")] == ["rescored", "updated", "imported"]
    assert queries.get_current_score("10000000037").points == Decimal("9.6581175")


def record_by_another_connection(code: str, inputs: dict[str, int]) -> None:
    from threading import Thread

    def work() -> None:
        services.record_score(
            household_code=code,
            inputs=inputs,
            milieu=1,
            region_code="06",
            trigger="updated",
            actor=ACTOR,
            now=NOW,
        )
        connection.close()

    thread = Thread(target=work)
    thread.start()
    thread.join()


@pytest.mark.django_db(transaction=True)
def test_only_one_process_does_a_rescoring() -> None:
    load([U1])
    name = start()
    caught: list[str] = []

    def intrude(_: int) -> None:
        from threading import Thread

        def work() -> None:
            try:
                services.rescore(rescoring_id=name, clock=lambda: NOW)
            except Refused as refusal:
                caught.append(refusal.code)
            connection.close()

        thread = Thread(target=work)
        thread.start()
        thread.join()

    run(name, on_chunk=intrude)
    assert caught == ["scoring.rescoring_running"]


def test_an_unknown_rescoring_is_refused(db: None) -> None:
    with pytest.raises(Refused, match="rescoring_missing"):
        services.rescore(rescoring_id="0", clock=lambda: NOW)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_killed_rescoring_goes_on_where_it_was() -> None:
    load([U1, R1, QUARANTINED, U1] * 50)
    name = start()
    child = subprocess.Popen([sys.executable, "-c", KILLED.format(name=name)], env=child_environment())
    assert child.wait(60) == -signal.SIGKILL
    half = queries.get_rescoring(name)
    assert (half.state, half.taken) == ("running", 60)
    done = run(name, chunk=20)
    assert (done.state, done.taken, done.scored, done.quarantined) == ("finished", 200, 150, 50)
    assert set(CurrentScore.objects.values_list("number", flat=True)) == {2}
    assert Score.objects.count() == 400


KILLED = textwrap.dedent("""
    import datetime as dt, os, signal
    import django
    django.setup()
    from sijil.domains.scoring import services
    seen = []
    def die(taken):
        seen.append(taken)
        if len(seen) == 3:
            os.kill(os.getpid(), signal.SIGKILL)
    now = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    services.rescore(rescoring_id="{name}", clock=lambda: now, chunk=20, on_chunk=die)
""")


def child_environment() -> dict[str, str]:
    at = connection.settings_dict
    host = at["HOST"]
    url = f"postgresql://{at['USER']}:{at['PASSWORD']}@/{at['NAME']}?host={host}&port={at['PORT'] or 5432}"
    if not host.startswith("/"):
        url = f"postgresql://{at['USER']}:{at['PASSWORD']}@{host}:{at['PORT'] or 5432}/{at['NAME']}"
    return os.environ | {"SIJIL_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "sijil.config.settings"}


@pytest.mark.django_db
def test_the_last_scores_are_read_in_pieces_from_the_scores_themselves() -> None:
    load([U1, R1, QUARANTINED] * 5)
    load([R1])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE scoring_current SET a = a - 1000000000, number = 1")
    pieces = [queries.read_last_scores("", 8)]
    pieces.append(queries.read_last_scores(pieces[0].household_code[-1].decode(), 8))
    assert [len(p.number) for p in pieces] == [8, 7]
    assert pieces[0].number.tolist() == [2, *[1] * 7]
    assert sum(int((~p.is_scored).sum()) for p in pieces) == 5
    assert pieces[0].versions == (VERSION,)
    exact = queries.get_score(pieces[0].household_code[1].decode(), 1)
    assert (int(pieces[0].a[1]), int(pieces[0].b[1])) == (exact.a, exact.b)
    assert len(queries.read_last_scores("99999999999", 8).number) == 0


@pytest.mark.django_db
def test_the_histogram_counts_everybody_who_is_scored() -> None:
    load([U1, R1, R1, QUARANTINED])
    bars = queries.histogram(lowest=Decimal(8), highest=Decimal(12), bars=8)
    assert {edge: n for edge, n in bars if n} == {Decimal("9.0"): 3}
    assert len(bars) == 8


def test_rows_of_another_width_are_refused() -> None:
    dtype = binary.record_type([("n", ">i4")])
    good = binary.new_records(dtype, 2).tobytes()
    assert len(binary.read_records(good, dtype)) == 2
    with pytest.raises(ValueError, match="width"):
        binary.read_records(good[:-4], dtype)
    broken = bytearray(good)
    broken[5] = 9
    with pytest.raises(ValueError, match="length"):
        binary.read_records(bytes(broken), dtype)


def test_moments_are_written_as_postgresql_counts_them() -> None:
    assert binary.microseconds(dt.datetime(2000, 1, 1, 0, 0, 1, tzinfo=dt.UTC)) == 1_000_000
