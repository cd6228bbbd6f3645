"""How a declared identity is read and kept."""

import dataclasses

import pytest

from sijil.domains.population_register.rules import check_identity, normalise_phone
from sijil.domains.population_register.tests.samples import FATIMA, NOW
from sijil.kernel.errors import Refused


def test_names_are_kept_without_invisible_marks():
    typed = dataclasses.replace(FATIMA, last_name_fr="El \u202eAlaoui\n", address=" 12,\n rue ")
    kept = check_identity(typed, NOW.date())
    assert (kept.last_name_fr, kept.address) == ("El Alaoui", "12, rue")


@pytest.mark.parametrize(
    ("field", "value"),
    [("address", " "), ("phone", "+212612345678\n"), ("email", "a@b.ma\n"), ("commune_code", "")],
)
def test_what_is_refused_names_its_field(field, value):
    with pytest.raises(Refused) as caught:
        check_identity(dataclasses.replace(FATIMA, **{field: value}), NOW.date())
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("06 12-34.56 78", "+212612345678"),
        ("\u202a٠٦١٢٣٤٥٦٧٨\u202c", "+212612345678"),
        ("00212 612345678", "+212612345678"),
        ("0612abc", "0612abc"),
        ("", ""),
    ],
)
def test_telephones(typed, kept):
    assert normalise_phone(typed) == kept
