"""What households keep of a person: sex, and birth date: one sealed block, so that ages open no identity."""

from __future__ import annotations

from django.db import transaction

from sijil.domains.social_register.models import Draft, Household, Member
from sijil.kernel.dates import PartialDate
from sijil.kernel.ids import PersonKey


@transaction.atomic(savepoint=False)
def follow_birth(*, person: PersonKey, birth: PartialDate) -> None:
    """Keep another birth date of a person in every household that keeps one.

    For the act that changes an identity, in its transaction; so is :func:`follow_sex`. What was declared
    stays as it was declared.
    """
    codes = Member.objects.filter(person=person).values("household_id")
    for household in Household.objects.select_for_update().filter(pk__in=codes).order_by("pk"):
        household.set_births({**household.births, person: birth})
        household.save(update_fields=["sealed_births"])


@transaction.atomic(savepoint=False)
def follow_sex(*, person: PersonKey, sex: str) -> None:
    """Keep another sex of a person in every household and draft."""
    for table in (Member, Draft):
        table.objects.filter(person=person).update(sex=sex)
