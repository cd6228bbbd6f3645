"""The table of precisions, and that a tag says nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sijil.domains.verification.rules import check_idcs, check_sex, claim_tags, is_confirmed, record_tag
from sijil.kernel.dates import PartialDate
from sijil.kernel.errors import Refused
from sijil.kernel.ids import draw_idcs
from sijil.kernel.sealing import Keyring, keyring

IDCS = "2574081631"
TABLE = [
    # recorded, claimed, confirmed
    ("1950", "1950", True), ("1950", "1950-07", True), ("1950", "1950-01-01", True),
    ("1950", "1951", False), ("1950", "1951-01-01", False),
    ("1950-07", "1950", False), ("1950-07", "1950-07", True), ("1950-07", "1950-07-31", True),
    ("1950-07", "1950-08", False), ("1950-07", "1950-08-01", False),
    ("1950-07-14", "1950", False), ("1950-07-14", "1950-07", False), ("1950-07-14", "1950-07-14", True),
    ("1950-07-14", "1950-07-15", False), ("1950-07-14", "1951-07-14", False),
]  # fmt: skip
dates = st.dates().filter(lambda d: 1850 <= d.year <= 2200).map(lambda d: PartialDate(d.year, d.month, d.day))


@pytest.mark.parametrize(("recorded", "claimed", "confirmed"), TABLE)
def test_a_claim_is_compared_at_the_precision_of_the_record(recorded, claimed, confirmed):
    tag = record_tag(keyring(), IDCS, PartialDate.parse(recorded))
    assert is_confirmed(keyring(), IDCS, PartialDate.parse(claimed), tag) is confirmed


@given(dates, dates)
@settings(max_examples=100, deadline=None)
def test_full_dates_agree_only_when_equal(recorded, claimed):
    tag = record_tag(keyring(), IDCS, recorded)
    assert is_confirmed(keyring(), IDCS, claimed, tag) is (recorded == claimed)


def test_a_tag_is_of_one_person_and_one_installation(tmp_path):
    birth = PartialDate(1950, 7, 14)
    other = Keyring(tmp_path)
    tags = {
        record_tag(keyring(), IDCS, birth),
        record_tag(keyring(), "9000000005", birth),
        record_tag(other, IDCS, birth),
    }
    assert len(tags) == 3
    assert all(len(tag) == 16 for tag in tags)


def test_an_empty_tag_confirms_nothing():
    assert not is_confirmed(keyring(), IDCS, PartialDate(1950, 7, 14), bytes(16))
    assert [len(tag) for tag in claim_tags(keyring(), IDCS, PartialDate(1950))] == [16, 0, 0]


def test_a_drawn_number_is_well_formed():
    number = draw_idcs()
    assert check_idcs(number) == number


@pytest.mark.parametrize(
    "idcs",
    ["", "123", "0000000000", "2574081630", "2574 081 631", "٢٥٧٤٠٨١٦٣١", "25740816310", None, 2574081631],
)
def test_a_number_that_is_not_well_formed_is_refused(idcs):
    with pytest.raises(Refused, match=r"verification.idcs_invalid"):
        check_idcs(idcs)


@pytest.mark.parametrize("sex", ["", "f", "X", "FM", None])
def test_a_sex_is_f_or_m(sex):
    with pytest.raises(Refused, match=r"verification.sex_invalid"):
        check_sex(sex)
