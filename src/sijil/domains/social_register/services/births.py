"""The birth dates of a household's members: one sealed block, so that ages open no identity."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from sijil.domains.social_register.services.files import HOUSEHOLDS
from sijil.kernel.dates import PartialDate
from sijil.kernel.ids import PersonKey


@transaction.atomic
def keep_births(*, household_code: str, births: Mapping[PersonKey, PartialDate]) -> None:
    """Keep birth dates of members by person beside those already kept; a date that is there is replaced.

    For the act that changes an identity, in its transaction. Raises: Refused(HOUSEHOLD_UNKNOWN).
    """
    household = HOUSEHOLDS.lock(household_code)
    household.set_births({**household.births, **births})
    household.save(update_fields=["sealed_births"])
