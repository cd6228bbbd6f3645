"""Levels, weights and verdicts: what makes two files likely one person, and what never does."""

import dataclasses
import datetime as dt
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijil.domains.matching.rules.law import LIMITS, Bits, Share, Thresholds
from sijil.domains.matching.rules.law import MODEL as MODELS
from sijil.domains.matching.rules.levels import birth_level, compare_fields
from sijil.domains.matching.rules.names import is_clearly_different, name_level
from sijil.domains.matching.rules.weights import judge, model_on, read_model, weigh
from sijil.domains.matching.tests.subjects import fatima, twin_of
from sijil.domains.matching.types import Verdict
from sijil.kernel import law
from sijil.kernel.dates import PartialDate

DAY = dt.date(2026, 11, 22)
MODEL = model_on(DAY)
SOMEBODY = {
    "last_name_ar": "بناني",
    "last_name_fr": "Bennani",
    "first_name_ar": "كريم",
    "first_name_fr": "Karim",
}


def verdict(a, b):
    return judge(a, b, MODEL).verdict


@pytest.mark.parametrize(
    ("a", "b", "level"),
    [
        (("محمد", "Mohamed"), ("محمد", "Mohammed"), "exact"),
        (("", "Mohamed"), ("", "Mouhamad"), "phonetic"),
        (("محمد", ""), ("", "Mohammed"), "phonetic"),
        (("سعيد", "Said"), ("سعيدة", "Saida"), "phonetic"),
        (("", "Cherkaoui"), ("", "Cherkani"), "near"),
        (("كريم", "Karim"), ("سليم", "Salim"), "different"),
        (("", ""), ("محمد", "Mohamed"), "missing"),
    ],
)
def test_levels_of_names(a, b, level):
    assert name_level(a, b) == name_level(b, a) == level


@pytest.mark.parametrize(
    ("a", "b", "level"),
    [
        ("1988-03-14", "1988-03-14", "exact"),
        ("1988-03-04", "1988-04-03", "swapped"),
        ("1988-03-14", "1988-03-15", "one_digit"),
        ("1988-03-14", "1978-03-14", "one_digit"),
        ("1988-03-14", "1988", "year"),
        ("1988-03-14", "1988-01-01", "year"),
        ("1988-03", "1988-03-14", "year"),
        ("1988-03", "1988-04-14", "same_year"),
        ("1988-12-13", "1988-12-31", "one_digit"),
        ("1988-01-01", "1988-01-01", "year"),
        ("1988", "1989-06", "near_year"),
        ("1988-03-14", "1988-11-25", "same_year"),
        ("1988-03-14", "1955-11-25", "different"),
        ("1988", "1990", "different"),
    ],
)
def test_levels_of_birth_dates(a, b, level):
    one, other = PartialDate.parse(a), PartialDate.parse(b)
    assert birth_level(one, other) == birth_level(other, one) == level


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"last_name_fr": "Echcherkaoui", "first_name_fr": "Fatma", "phone": ""},
        {"commune_code": "09.1", "phone": "0700000000", "document_number": ""},
        {"birth": PartialDate(1988), "phone": "", "document_number": ""},
        {"birth": PartialDate(1988, 3, 15), "phone": "", "document_number": ""},
        {
            "last_name_ar": "فاطمة",
            "last_name_fr": "Fatima",
            "first_name_ar": "الشرقاوي",
            "first_name_fr": "Cherkaoui",
        },
        {"last_name_ar": "", "first_name_ar": "", "document_number": "", "phone": ""},
    ],
)
def test_a_second_file_of_one_person_is_likely(changes):
    assert verdict(fatima(), fatima(**changes)) is Verdict.LIKELY


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (SOMEBODY, Verdict.UNIQUE),
        ({**SOMEBODY, "phone": "", "document_number": "", "birth": PartialDate(1961, 7, 2)}, Verdict.UNIQUE),
        ({"birth": PartialDate(1961, 7, 2), "phone": "", "document_number": ""}, Verdict.POSSIBLE),
        (
            {"last_name_ar": "بناني", "last_name_fr": "Bennani", "phone": "", "document_number": ""},
            Verdict.POSSIBLE,
        ),
        ({**SOMEBODY, "birth": PartialDate(2015, 7, 2)}, Verdict.POSSIBLE),  # a mother's paper for her child
    ],
)
def test_other_people_are_not_likely(changes, expected):
    phoneless = {"phone": "", "document_number": ""} if expected is Verdict.UNIQUE else {}
    assert verdict(fatima(), fatima(**{**changes, **phoneless})) is expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"first_name_ar": "يوسف", "first_name_fr": "Youssef"}, Verdict.UNIQUE),
        ({"first_name_ar": "سلمى", "first_name_fr": "Salma", "sex": "F"}, Verdict.POSSIBLE),
        (
            {"first_name_ar": "سلمى", "first_name_fr": "Salma", "sex": "F", "commune_code": "09"},
            Verdict.UNIQUE,
        ),
    ],
)
def test_a_twin_is_looked_at_where_day_sex_and_place_agree(names, expected):
    """P01: twins exist, and so do people who give another first name; only officers can tell."""
    judged = judge(fatima(), twin_of(fatima(), **names), MODEL)
    assert (judged.verdict, judged.levels["family"]) == (expected, "twin")


COMPOUND = [
    (("مولاي أحمد", "Moulay Ahmed"), ("أحمد", "Ahmed"), "exact"),
    (("للا مريم", "Lalla Meryem"), ("مريم", "Meryem"), "exact"),
    (("الحاج علي", "El Hadj Ali"), ("علي", "Ali"), "exact"),
    (("فاطمة", "Fatima"), ("فاطمة الزهراء", "Fatima Zahra"), "part"),
    (("محمد", "Mohamed"), ("محمد أمين", "Mohamed Amine"), "part"),
    (("أمين", "Amine"), ("محمد أمين", "Mohamed Amine"), "part"),
    (("", "Amine"), ("محمد أمين", ""), "part"),
    (("أمين محمد", "Amine Mohamed"), ("محمد أمين", "Mohamed Amine"), "phonetic"),
    (("عبد الرحمان", "Abderrahmane"), ("عبدالرحمن", "Abd er-Rahman"), "phonetic"),
    (("محمد رضى", "Mohamed Reda"), ("محمد أمين", "Mohamed Amine"), "different"),
]


@pytest.mark.parametrize(
    ("a", "b", "level"), COMPOUND, ids=lambda name: name[1] if isinstance(name, tuple) else name
)
def test_names_are_compared_as_parts(a, b, level):
    assert name_level(a, b) == name_level(b, a) == level


@pytest.mark.parametrize(
    ("a", "b", "level"), COMPOUND[:-1], ids=lambda name: name[1] if isinstance(name, tuple) else name
)
def test_a_shorter_form_of_the_first_name_always_goes_to_officers(a, b, level):
    """P01: another telephone, a birth extract for the card."""
    one = fatima(first_name_ar=a[0], first_name_fr=a[1], strong_documents=("AB123456",))
    other = fatima(first_name_ar=b[0], first_name_fr=b[1], phone="0700000000", document_number="1975/12")
    assert verdict(one, other) is not Verdict.UNIQUE


def test_one_name_in_the_others_box_and_the_second_lost():
    names = {
        "last_name_ar": "فاطمة",
        "last_name_fr": "Fatima",
        "first_name_ar": "كريمة",
        "first_name_fr": "Karima",
    }
    crossed = fatima(**names, phone="", document_number="")  # fmt: skip
    assert compare_fields(fatima(), crossed)["first_name"] == "crossed"
    assert verdict(fatima(), crossed) is Verdict.POSSIBLE


CARD = {"document_number": "AB123456", "strong_documents": ("AB123456",)}


@pytest.mark.parametrize(
    "changes",
    [
        {**SOMEBODY, "birth": PartialDate(1975, 2, 3), "sex": "M", "commune_code": "09", "phone": ""},
        {"first_name_ar": "أنس", "first_name_fr": "Anas", "birth": PartialDate(2018, 5, 5), "sex": "M"},
        {"first_name_ar": "سلمى", "first_name_fr": "Salma", "birth": PartialDate(1990, 5, 5)},
    ],
)
def test_one_card_of_two_people_always_goes_to_officers(changes):
    """P25, R54: whatever everything else weighs."""
    judged = judge(fatima(**CARD), fatima(**CARD, **changes), MODEL)
    assert (judged.verdict, judged.levels["document"]) == (Verdict.POSSIBLE, "strong")


def test_a_booklet_that_a_family_shares_only_weighs():
    booklet = {"document_number": "1975/12"}
    other = fatima(**booklet, **SOMEBODY, birth=PartialDate(1975, 2, 3), sex="M", commune_code="09", phone="")
    judged = judge(fatima(**booklet), other, MODEL)
    assert (judged.verdict, judged.levels["document"]) == (Verdict.UNIQUE, "equal")


def test_a_register_twice_as_large_asks_one_bit_more():
    people = MODEL.people
    asked = [MODEL.for_people(n).possible for n in (1, people, people + 1, 4 * people)]
    assert asked == [MODEL.possible, MODEL.possible, MODEL.possible + 100, MODEL.possible + 200]


def test_twins_whose_names_share_their_consonants_are_not_likely():
    hassan = fatima(first_name_ar="حسن", first_name_fr="Hassan", sex="M", document_number="")
    houssine = twin_of(hassan, first_name_ar="حسين", first_name_fr="Houssine")
    assert verdict(hassan, houssine) is not Verdict.LIKELY


def test_a_twin_with_the_same_paper_is_at_most_possible():
    same_paper = twin_of(fatima(), document_number="AB123456", sex="F")
    assert verdict(fatima(), same_paper) is Verdict.POSSIBLE


def test_a_sister_with_the_family_telephone_is_not_a_duplicate():
    sister = twin_of(
        fatima(), first_name_ar="سلمى", first_name_fr="Salma", sex="F", birth=PartialDate(1990, 5, 2)
    )
    judged = judge(fatima(), sister, MODEL)
    assert (judged.verdict, judged.levels["family"]) == (Verdict.UNIQUE, "relative")


def test_clear_difference_is_symmetric():
    pairs = [(("حسن", "Hassan"), ("حسين", "Houssine")), (("محمد", "Mohamed"), ("محمد", "Mouhammad"))]
    assert [(is_clearly_different(a, b), is_clearly_different(b, a)) for a, b in pairs] == [
        (True, True),
        (False, False),
    ]


NAMES = st.sampled_from([("محمد", "Mohamed"), ("حسن", "Hassan"), ("", "Salma"), ("يحيى", ""), ("", "")])
PEOPLE = st.builds(
    lambda last, first, birth, phone: fatima(
        last_name_ar=last[0], last_name_fr=last[1], first_name_ar=first[0], first_name_fr=first[1],
        birth=birth, phone=phone),
    NAMES, NAMES, st.builds(PartialDate, st.integers(1930, 2026), st.integers(1, 12), st.integers(1, 28)),
    st.sampled_from(["", "0612345678"]),
)  # fmt: skip


@given(PEOPLE, PEOPLE)
def test_comparing_is_symmetric_and_every_level_has_a_weight(a, b):
    assert compare_fields(a, b) == compare_fields(b, a)
    assert judge(a, b, MODEL).weight == judge(b, a, MODEL).weight


def test_a_missing_field_weighs_nothing():
    without = judge(fatima(phone=""), fatima(), MODEL)
    assert without.levels["phone"] == "missing"
    assert judge(fatima(), fatima(), MODEL).weight - without.weight == MODEL.weights["phone"]["equal"]


NONE = {"last_name_ar": "", "last_name_fr": ""}


def test_a_name_that_a_document_lacks_weighs_nothing():
    """P04: neither for nor against; what is left still tells the same person from another."""
    one = fatima(**NONE)
    assert compare_fields(one, fatima())["last_name"] == "missing"
    assert judge(one, fatima(**NONE), MODEL).verdict is Verdict.LIKELY
    other = fatima(**NONE, first_name_ar="سلمى", first_name_fr="Salma", birth=PartialDate(1990, 1, 5),
                   phone="", document_number="")  # fmt: skip
    assert judge(one, other, MODEL).verdict is Verdict.UNIQUE


def test_an_only_name_is_the_same_in_either_box():
    swapped = fatima(last_name_ar="فاطمة", last_name_fr="Fatima", first_name_ar="", first_name_fr="")
    levels = compare_fields(fatima(**NONE), swapped)
    assert (levels["last_name"], levels["first_name"]) == ("swapped", "swapped")


def test_of_several_papers_one_that_is_the_same_is_enough():
    one = fatima(document_number="AB1", other_documents=("ZX987654",))
    assert compare_fields(one, fatima(document_number="zx 987-654"))["document"] == "equal"
    assert compare_fields(one, fatima(document_number="ZX000000"))["document"] == "different"


def test_two_cards_tell_two_people_apart():
    other = fatima(document_number="ZX000000", strong_documents=("ZX000000",), phone="")
    card = fatima(document_number="AB123456", strong_documents=("AB123456",), phone="")
    assert compare_fields(card, other)["document"] == "apart"
    twin = {"first_name_ar": "سلمى", "first_name_fr": "Salma"}
    assert verdict(card, dataclasses.replace(other, **twin)) is Verdict.UNIQUE
    assert judge(card, other, MODEL).weight < judge(card, fatima(phone=""), MODEL).weight - 2000


@pytest.mark.parametrize(
    ("code", "level"),
    [("01.151.01.01", "equal"), ("01.151.09.09", "province"), ("01.161.01.01", "different")],
)
def test_people_move_within_their_province(code, level):
    assert compare_fields(fatima(), fatima(commune_code=code))["commune"] == level


def test_weights_are_hundredths_of_a_bit():
    half, quarter = Decimal("0.5"), Decimal("0.25")
    assert [weigh(half, quarter), weigh(quarter, half), weigh(half, half)] == [100, -100, 0]


@pytest.mark.parametrize("share", ["0", "1.5", "-1", "NaN", "0,5"])
def test_a_wrong_probability_is_refused(share):
    with pytest.raises(law.Wrong):
        Share.read(share)


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("\n  phone:", "\n  telephone:", "There is no `telephone`."),
        ("    crossed: ", "    crosed: ", "There is no `crosed`."),
        ('    same_year: {m: "0.004", u: "0.0101"}\n', "", "`same_year` is missing."),
        (
            '  sex:\n    equal: {m: "0.997", u: "0.500"}\n    different: {m: "0.003", u: "0.500"}\n',
            "",
            "`sex` is missing.",
        ),
    ],
)
def test_a_model_has_each_comparison_and_level_by_its_name(old, new, wrong):
    text = (MODELS.folder / "FS-2026-11.yaml").read_text()
    law.read_law(law.read_text(text, "FS-X.yaml"))
    assert old in text
    with pytest.raises(law.LawFault) as refused:
        law.read_law(law.read_text(text.replace(old, new, 1), "FS-X.yaml"))
    assert refused.value.wrong == wrong


def test_the_model_names_its_doubt_and_its_shares_stay_within_one():
    model = law.on(MODELS, DAY)
    assert "by hand" in model.doubts[0].text("en")
    for levels in model.body.comparisons.values():
        for side in ("m", "u"):
            total = sum(getattr(share, side) for name, share in levels.items() if name != "family")
            assert total <= Decimal("1.06"), (levels, side)


def test_a_later_model_is_another_version():
    thresholds = Thresholds(Bits("1.5"), Bits("3"), 1)
    body = msgspec.structs.replace(law.on(MODELS, DAY).body, thresholds=thresholds)
    assert read_model("NEXT", body, law.on(LIMITS, DAY).body).possible == 150
