"""The form is data: what must hold of it."""

import re
from dataclasses import replace

import pytest

from sijil.domains.social_register.rules import form_of, form_on
from sijil.domains.social_register.tests.households import TODAY

FORM = form_on(TODAY)
FIELDS = list(FORM.fields.values())
LANGUAGES = {"ar", "fr", "zgh", "en"}


@pytest.mark.parametrize("field", FIELDS, ids=lambda f: f.id)
def test_every_field_has_labels_and_options_in_the_four_languages(field):
    assert set(field.labels) == LANGUAGES
    assert all(set(option.labels) == LANGUAGES for option in field.options)
    assert not field.hints or {"ar", "fr", "en"} <= set(field.hints)


@pytest.mark.parametrize("field", FIELDS, ids=lambda f: f.id)
def test_numbers_are_bounded_and_choices_have_options(field):
    if field.kind in ("integer", "money_month"):
        assert set(field.bounds) == set(field.milieus)
        assert field.unit
    else:
        assert len(field.options) >= 2


def test_conditions_read_earlier_fields_only():
    seen = set()
    for field in FIELDS:
        named = set(field.condition.when) | {n for o in field.options for n in o.condition.when}
        assert named <= seen
        seen.add(field.id)


def test_every_derivation_reads_fields_that_its_milieu_asks():
    for field in FIELDS:
        for target in field.feeds:
            assert set(FORM.derivations[target].milieus) & set(field.milieus), (field.id, target)


def test_only_what_the_formula_or_a_programme_uses_is_asked():
    assert {f.id for f in FIELDS if not f.feeds} == {"marital_status", "disability"}


def test_every_block_belongs_to_a_step_and_is_used():
    assert {b.id for b in FORM.blocks} == {f.block for f in FIELDS}
    assert {b.step for b in FORM.blocks} == {"COM", "SOC"}


def test_form_of_another_release_is_not_invented():
    assert form_of(FORM.version).pin == FORM.pin
    with pytest.raises(LookupError):
        form_of("RSU-1999")


MEMBER_FIELDS = FORM.of_step("COM")
READERS = {"self": ("F", True), "himself": ("M", True), "F": ("F", False), "M": ("M", False)}
EITHER = re.compile(
    r"\((ة|e|fe|trice)\)| ou (il|elle|que|va|a|est|sait|travaille)\b|ils ou|ère ou|oux ou|Gendre ou"
    r"|ier ou [a-z]*ière|[Vv]euf ou|ابن أو|أب أو|أخ أو|أعزب أو"
)
WRONG = {
    ("F", "ar"): r"(^|\s)(هل|ماذا|صفة) ي|ته\b|\bله\b|\bهو\b",
    ("M", "ar"): r"ته?ها\b|\bلها\b|\bهي\b|(هل|صفة) ت",
    ("F", "fr"): r"\bil\b|cette personne", ("M", "fr"): r"\belle\b|cette personne",
    ("self", "ar"): r"[له]ه[ا]?\b|\bهو\b|(هل|ماذا|صفة) ي|هذا", ("self", "fr"): r"\b(ils?|elles?|son|sa)\b",
}  # fmt: skip


@pytest.mark.parametrize("who", READERS)
@pytest.mark.parametrize("language", ["ar", "fr"])
def test_the_questions_about_a_member_agree_with_the_person(who, language):
    """Nobody is asked "a-t-il ou a-t-elle", no woman as a man, who declares not as somebody else."""
    sex, is_self = READERS[who]
    asked = FORM.about(sex, is_self=is_self).of_step("COM")
    labels = [field.labels[language] for field in asked]
    options = [option.labels[language] for field in asked for option in field.options]
    assert [text for text in (*labels, *options) if EITHER.search(text)] == []
    wrong = re.compile(WRONG["self" if is_self else sex, language])
    assert [label for label in labels if wrong.search(label)] == []


def test_each_question_about_a_member_is_said_in_three_ways():
    assert {frozenset(field.said) for field in MEMBER_FIELDS} == {frozenset({"self", "F", "M"})}
    options = [option for field in MEMBER_FIELDS for option in field.options]
    assert {frozenset(option.said) for option in options} == {frozenset(), frozenset({"F", "M"})}


@pytest.mark.parametrize(
    ("who", "language", "name", "label", "code", "option"),
    [
        ("F", "fr", "relation", "Quel est son lien avec le chef de ménage ?", "spouse", "Épouse"),
        ("F", "ar", "marital_status", "ما حالتها العائلية؟", "widowed", "أرملة"),
        ("M", "ar", "activity", "ماذا يفعل أساسا؟", "retired", "متقاعد"),
        ("M", "fr", "health_cover", "A-t-il une couverture médicale ?", "none", "Non"),
        ("self", "ar", "marital_status", "ما حالتكم العائلية؟", "married", "متزوجة"),
        ("himself", "fr", "education_level", "Quel niveau d’études avez-vous atteint ?", "none", "Aucun"),
        ("self", "en", "literate", "Can you read and write?", "1", "Yes"),
        ("F", "en", "literate", "Can this person read and write?", "0", "No"),
    ],
)
def test_the_words_for_a_woman_a_man_and_who_declares(who, language, name, label, code, option):
    sex, is_self = READERS[who]
    field = FORM.about(sex, is_self=is_self).fields[name]
    said = {o.code: o.labels[language] for o in field.options}
    assert (field.labels[language], said[code]) == (label, option)


def test_of_nobody_known_the_words_stay_general():
    assert FORM.about("").fields == FORM.fields


def test_words_of_an_option_agree_where_the_question_has_none_of_its_own():
    field = replace(FORM.fields["marital_status"], said={})
    said = {o.code: o.labels["ar"] for o in field.about("F").options}
    assert said["widowed"] == "أرملة"
    assert field.about("") is field or field.about("").options == field.options
