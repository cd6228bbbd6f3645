"""Identifiers: what is drawn fits its rule, and typing mistakes are seen."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijil.kernel import ids

RUNS = re.compile("|".join("0123456789"[i : i + 3] for i in range(8)))
FALLS = re.compile("|".join("9876543210"[i : i + 3] for i in range(8)))


def test_drawn_numbers_fit_the_rule_and_rarely_repeat():
    drawn = [ids.draw_idcs() for _ in range(100_000)]

    text = "\n".join(drawn)
    assert len(set(drawn)) > 99_900  # 654.9 M numbers fit: about 8 repeats expected among 100,000 draws
    assert not re.search(r"(\d)\1\1", text)
    assert not RUNS.search(text)
    assert not FALLS.search(text)
    assert all(number[0] in "23456789" for number in drawn)
    assert all(ids.verhoeff_check(n[:-1]) == n[-1] for n in drawn[::1000])


def test_known_check_digit():
    assert ids.verhoeff_check("236") == "3"  # the published example of Verhoeff's scheme


@given(st.integers(0, 8), st.integers(0, 9))
def test_one_wrong_digit_is_always_seen(place, digit):
    number = ids.draw_idcs()
    wrong = number[:place] + str(digit) + number[place + 1 :]
    assert wrong == number or not ids.is_idcs(wrong)


@given(st.integers(0, 8))
def test_two_swapped_digits_are_always_seen(place):
    number = ids.draw_idcs()
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert swapped == number or not ids.is_idcs(swapped)


@pytest.mark.parametrize("text", ["", "1234567890", "558687485", "55868748511", "558687485x", "0586874851"])
def test_what_is_no_idcs(text):
    assert not ids.is_idcs(text)


def test_an_idcs_is_shown_in_groups():
    assert ids.show_idcs("5586874851") == "5586 874 851"


@given(st.data())
def test_a_request_number_with_one_wrong_symbol_is_seen(data):
    number = ids.draw_number()
    place = data.draw(st.integers(0, 9))
    symbol = data.draw(st.sampled_from(ids.NUMBER_ALPHABET))
    wrong = number[:place] + symbol + number[place + 1 :]
    assert ids.is_number(number)
    assert wrong == number or not ids.is_number(wrong)


def test_keys_are_version_seven_and_ordered_by_time():
    keys = [ids.new_key() for _ in range(3)]
    assert {key.version for key in keys} == {7}
    assert [key.int >> 80 for key in keys] == sorted(key.int >> 80 for key in keys)
