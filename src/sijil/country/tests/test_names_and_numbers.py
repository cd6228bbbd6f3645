"""Names attested in both scripts; numbers of the walk follow the register's rules and never repeat."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from sijil.country import names, numbers
from sijil.kernel import ids
from sijil.kernel.clean import name_ar, name_latin
from sijil.kernel.names import skeleton

ROWS = list(csv.DictReader(names.TABLE.read_text(encoding="utf-8").splitlines()))


def test_every_name_is_valid_in_both_scripts_and_reads_the_same() -> None:
    for row in ROWS:
        name_ar(row["ar"], field="ar")
        name_latin(row["fr"], field="fr")
        assert skeleton(row["ar"]) == skeleton(row["fr"]), row


@pytest.mark.parametrize(("kind", "least"), [("M", 130), ("F", 110), ("S", 200)])
def test_there_are_enough_names(kind: str, least: int) -> None:
    assert len({r["ar"] for r in ROWS if r["kind"] == kind}) >= least


def test_common_names_are_drawn_more_often() -> None:
    men = names.read_names()["M"]
    drawn = np.bincount(men.draw(np.random.default_rng(1), 20_000), minlength=len(men.ar))
    assert men.ar[int(drawn.argmax())] == "محمد"
    assert (drawn > 0).mean() > 0.95


def test_the_numbers_obey_the_rule_of_the_register() -> None:
    drawn = numbers.draw_idcs(0, 20_000, 12_000, 5)
    assert all(ids.is_idcs(n) for n in drawn)
    assert len(set(drawn)) == 12_000


def test_the_rule_in_columns_is_the_rule_one_by_one() -> None:
    bodies = numbers.idcs_bodies(np.arange(5_000), 99)
    whole = numbers.with_check(bodies, 9)
    assert [ids.is_idcs(str(n)) for n in whole.tolist()] == numbers.is_allowed(whole).tolist()


@pytest.mark.parametrize("walk", [numbers.idcs_bodies, numbers.household_bodies])
def test_the_walk_never_comes_back(walk: object) -> None:
    far = [walk(np.arange(start, start + 50_000), 7) for start in (0, 50_000, 400_000_000)]  # type: ignore[operator]
    assert len(np.unique(np.concatenate(far))) == 150_000


def test_the_steps_share_no_factor_with_their_spaces() -> None:
    assert np.gcd(numbers._IDCS_STEP, numbers._IDCS_SPACE) == 1
    assert np.gcd(numbers._CODE_STEP, numbers._CODE_SPACE) == 1


def test_household_codes_are_those_of_the_register() -> None:
    for code in numbers.household_codes(0, 500, 3):
        assert len(code) == 11
        assert ids.verhoeff_check(code[:-1]) == code[-1]


def test_a_number_that_is_taken_is_left_out() -> None:
    first = numbers.draw_idcs(0, 50, 1, 5)[0]
    assert first not in numbers.draw_idcs(0, 50, 20, 5, frozenset({first}))


def test_too_few_places_are_refused() -> None:
    with pytest.raises(ValueError, match="wanted"):
        numbers.draw_idcs(0, 10, 11, 0)
