"""Matching on public sets with known truth: the product's own keys and rules reach the goals (P18)."""

import pytest
from bench import matching_sets as sets


@pytest.mark.parametrize(
    ("title", "with_number", "least"),
    [
        ("FEBRL 4", True, 0.985),
        ("FEBRL 4", False, 0.95),
        ("FEBRL 3", True, 0.97),
        ("FEBRL 3", False, 0.92),
    ],
)
def test_public_sets(title, with_number, least):
    records = sets.read(sets.SETS[title], with_number=with_number)
    true = sets.truth(records)
    precision, _, f1 = sets.scores(sets.flagged(records), true)
    assert f1 >= least
    assert precision >= 0.999
