"""Loading many households, and reading them in order."""

import pytest
from django.db import IntegrityError

from sijil.domains.social_register import queries, services
from sijil.domains.social_register.models import Household
from sijil.domains.social_register.tests.households import CLERK, NOW, loaded, member
from sijil.kernel.dates import PartialDate

pytestmark = pytest.mark.django_db


def load(*households):
    return services.load_households(households=households, actor=CLERK, now=NOW)


def test_loaded_households_are_active_and_read_in_order():
    households = [loaded() for _ in range(7)]
    assert load(*households) == 7
    read = list(queries.iter_declarations(chunk=3))
    assert [h.code for h, _ in read] == sorted(h.code for h in households)
    assert {h.state for h, _ in read} == {"active"}
    assert {(h.milieu_by, d.milieu_by) for h, d in read} == {("asked", "asked")}
    assert all(d.household_code == h.code and len(h.members) == 2 for h, d in read)


def test_reading_goes_on_from_a_code():
    codes = sorted(h.code for h in [loaded() for _ in range(3)] if load(h))
    assert [h.code for h, _ in queries.iter_declarations(after=codes[0])] == codes[1:]


def test_a_person_is_loaded_once():
    shared = member("head", 40)
    with pytest.raises(IntegrityError, match="member_in_one_household"):
        load(loaded(shared), loaded(shared))
    assert list(queries.iter_declarations()) == []


def test_the_births_are_loaded_with_the_household_and_lie_sealed():
    household = loaded(member("head", 40, "2020202051"))
    load(household)
    assert queries.open_births([household.code]) == {household.code: {"2020202051": PartialDate(1986, 1)}}
    assert b"1986" not in bytes(Household.objects.get().sealed_births)
