"""The form of a person: names that a document lacks, what depends on another answer, and its own faults."""

import datetime as dt

import pytest

from sijil.domains.population_register.rules import (
    NO_NAME,
    check_identity,
    differences,
    field_words,
    form_of,
    form_on,
    read_changes,
    read_identity,
    values_of,
    with_corrections,
)
from sijil.domains.population_register.tests.samples import FATIMA, NOW, paper_of
from sijil.domains.population_register.types import NAMES, Identity
from sijil.kernel import law
from sijil.kernel.errors import Refused

TODAY = NOW.date()
FORM = form_on(TODAY).body
TYPED = values_of(FATIMA)


def read(**changes):
    return read_identity(TYPED | changes, TODAY)


def fault(**changes):
    with pytest.raises(Refused) as caught:
        read(**changes)
    return caught.value.field, caught.value.code


# --- names ("none on the document": R02, P04) ---------------------------------------------------------------


def test_a_person_without_a_surname_is_registered():
    suharto = read(last_name_ar="", last_name_ar_none=True, last_name_fr="", last_name_fr_none="on")
    assert (suharto.last_name_ar, suharto.last_name_fr) == (None, None)
    assert (suharto.full_name("ar"), suharto.full_name("fr")) == ("فاطمة", "Fatima")


def test_a_person_without_an_arabic_form_is_called_by_the_other():
    lan = read(**{f"{n}_ar": "" for n in ("first_name", "last_name")},
               **{f"{n}_ar_none": True for n in ("first_name", "last_name")})  # fmt: skip
    assert lan.full_name("ar") == "Fatima El Alaoui"
    assert lan.listed_name == "El Alaoui Fatima"


def test_an_empty_name_is_never_an_absent_one():
    assert fault(last_name_ar="") == ("last_name_ar", "kernel.field_missing")
    assert fault(last_name_ar="-") == ("last_name_ar", "kernel.name_not_arabic")
    assert fault(last_name_ar=" ", last_name_ar_none=False) == ("last_name_ar", "kernel.field_missing")


def test_a_name_cannot_be_there_and_missing():
    assert fault(last_name_ar_none=True) == ("last_name_ar", "population_register.name_and_none")


def test_somebody_without_any_name_is_refused():
    nobody = dict.fromkeys(NAMES, "") | {f"{name}_none": True for name in NAMES}
    assert fault(**nobody) == ("first_name_ar", "population_register.names_missing")


def test_an_absent_name_is_kept_sealed_and_read_as_absent():
    kept = read(last_name_ar="", last_name_ar_none=True)
    assert kept.as_json()["last_name_ar_none"] == "1"
    assert Identity.from_json(kept.as_json()) == kept
    assert check_identity(kept, TODAY) == kept


def test_an_absent_name_is_said_in_words():
    kept = read(last_name_ar="", last_name_ar_none=True)
    words = field_words(FORM, FORM.field("last_name_ar"), kept, "fr")
    assert words == NO_NAME.text("fr") == "— (absent du document)"


def test_the_paper_may_lack_a_name_that_was_declared_and_the_other_way_round():
    lacking = paper_of(last_name_ar="", last_name_ar_none=True)
    assert differences(FATIMA, lacking, TODAY) == {"last_name_ar": "", "last_name_ar_none": True}
    without = read(last_name_ar="", last_name_ar_none=True)
    assert differences(without, paper_of(without), TODAY) == {}
    assert differences(without, paper_of(), TODAY) == {"last_name_ar": "العلوي"}


def test_a_correction_writes_a_name_or_marks_it():
    without = read(last_name_ar="", last_name_ar_none=True)
    again = read_identity(with_corrections(without, {"last_name_ar": "العلوي"}), TODAY)
    assert again.last_name_ar == "العلوي"
    marked = read_identity(with_corrections(again, {"last_name_ar_none": True}), TODAY)
    assert marked.last_name_ar is None


def test_a_correction_does_not_ask_again_what_nobody_asked_then():
    """Registered before the form asked where a person was born."""
    old = Identity.of({**FATIMA.values(), "birth_country": "", "quarter": ""}, form="")
    assert read_changes(old, {"phone": "0661 22 33 44"}, TODAY) == {"phone": "+212661223344"}
    assert read_changes(old, {"last_name_fr_none": True}, TODAY) == {"last_name_fr": None}
    with pytest.raises(Refused) as caught:
        read_changes(old, {"phone": "06", "birth_country": ""}, TODAY)
    assert {one.field for one in (caught.value, *caught.value.also)} == {"phone", "birth_country"}


# --- what depends on another answer, and what is not asked --------------------------------------------------


def test_the_commune_of_birth_is_asked_of_those_born_here():
    assert read(birth_commune="04.421.01.0").value("birth_commune") == "04.421.01.0"
    assert read(birth_country="FR").value("birth_country") == "FR"
    assert fault(birth_country="FR", birth_commune="04.421.01.0") == (
        "birth_commune", "population_register.not_asked",
    )  # fmt: skip


def test_what_is_not_on_a_list_is_refused():
    assert fault(birth_country="Maroc") == ("birth_country", "kernel.choice_unknown")
    assert fault(sex="X") == ("sex", "kernel.choice_unknown")


@pytest.mark.parametrize(("typed", "kept"), [("١٠١٠٠", "10100"), ("10 100", "10100"), ("", "")])
def test_a_postcode_has_five_digits(typed, kept):
    assert read(postcode=typed).value("postcode") == kept


def test_a_wrong_postcode_is_named():
    assert fault(postcode="1010") == ("postcode", "kernel.postcode_invalid")


def test_what_the_form_does_not_ask_is_refused():
    assert fault(telephone="06") == ("telephone", "population_register.field_unknown")


def test_only_the_year_of_birth_may_be_known():
    """P07: in the year itself too, and nobody is younger than nothing."""
    child = read(birth="2026")
    assert (str(child.birth), child.birth.age_on(dt.date(2026, 3, 1))) == ("2026", 0)


# --- the form as law ----------------------------------------------------------------------------------------


def test_a_file_keeps_the_form_by_which_it_was_opened():
    assert read().form == form_on(TODAY).version
    assert form_of(FATIMA) == FORM


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"page": "nowhere"}, "There is no page `nowhere`"),
        ({"kind": "choice"}, "A choice, and only a choice, has options."),
        ({"may_be_none": True}, "Only a name may be marked none."),
        ({"kind": "line", "id": "phone"}, "`phone` is a phone."),
        ({"when": {"sexe": ["F"]}}, "There is no choice `sexe`"),
        ({"id": "sex", "kind": "choice", "options": "sexes"}, "`sex` stands twice."),
    ],
)
def test_a_form_that_cannot_be_is_refused_with_its_line(change, wrong):
    page = law.load("population_register.person_form", "RNP-2026-1").page
    content = {**page.value, "version": "RNP-X", "fields": [*page.value["fields"], NEW | change]}
    with pytest.raises(law.LawFault, match=wrong):
        law.read_law(law.read_text(written(content), "RNP-X.yaml"))


NEW = {"id": "profession", "page": "birth", "kind": "line", "label": {"ar": "المهنة", "fr": "Profession"}}


def written(content):
    import yaml

    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
