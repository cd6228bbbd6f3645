"""The birth dates of a household's members: one sealed block, so that ages open no identity."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from sijil.domains.social_register.models import Draft, Member
from sijil.domains.social_register.services.files import HOUSEHOLDS
from sijil.kernel.dates import PartialDate
from sijil.kernel.ids import PersonKey


@transaction.atomic
def keep_births(*, household_code: str, births: Mapping[PersonKey, PartialDate]) -> None:
    """Keep birth dates of members by person beside those already kept; a date that is there is replaced.

    Raises: Refused(HOUSEHOLD_UNKNOWN).
    """
    household = HOUSEHOLDS.lock(household_code)
    household.set_births({**household.births, **births})
    household.save(update_fields=["sealed_births"])


@transaction.atomic
def follow_person(*, person: PersonKey, birth: PartialDate, sex: str) -> None:
    """Bring up to date what households and drafts keep of a person: birth date and sex.

    For the act that changes an identity, in its transaction. What was declared stays as it was declared.
    """
    stays = Member.objects.filter(person=person)
    for code in sorted(set(stays.values_list("household_id", flat=True))):
        keep_births(household_code=code, births={person: birth})
    stays.exclude(sex=sex).update(sex=sex)
    Draft.objects.filter(person=person).exclude(sex=sex).update(sex=sex)
