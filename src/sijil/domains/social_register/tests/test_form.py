"""The form is data: what must hold of it."""

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
    assert form_of(FORM.version) == FORM
    with pytest.raises(LookupError):
        form_of("RSU-1999")
