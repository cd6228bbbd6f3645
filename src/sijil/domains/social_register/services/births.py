"""The birth dates of a household's members: one sealed block, so that ages open no identity."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from sijil.domains.social_register.models import Draft, Household, Member
from sijil.domains.social_register.services.files import HOUSEHOLDS
from sijil.kernel.dates import PartialDate
from sijil.kernel.ids import PersonKey


@transaction.atomic(savepoint=False)
def keep_births(*, household_code: str, births: Mapping[PersonKey, PartialDate]) -> None:
    """Keep birth dates of members by person beside those already kept; a date that is there is replaced.

    Raises: Refused(HOUSEHOLD_UNKNOWN).
    """
    _keep(HOUSEHOLDS.lock(household_code), births)


def _keep(household: Household, births: Mapping[PersonKey, PartialDate]) -> None:
    household.set_births({**household.births, **births})
    household.save(update_fields=["sealed_births"])


@transaction.atomic(savepoint=False)
def follow_birth(*, person: PersonKey, birth: PartialDate) -> None:
    """Keep another birth date of a person in every household that keeps one.

    For the act that changes an identity, in its transaction; so is :func:`follow_sex`. What was declared
    stays as it was declared.
    """
    codes = Member.objects.filter(person=person).values("household_id")
    for household in Household.objects.select_for_update().filter(pk__in=codes).order_by("pk"):
        _keep(household, {person: birth})


@transaction.atomic(savepoint=False)
def follow_sex(*, person: PersonKey, sex: str) -> None:
    """Keep another sex of a person in every household and draft."""
    for table in (Member, Draft):
        table.objects.filter(person=person).update(sex=sex)
