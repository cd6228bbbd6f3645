"""Two officers settle the same registration at the same moment: one decision stands, the other is told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from tests.journeys.household import NOW
from tests.journeys.test_household_review import MADE_ONCE, family, head, household_of, number, on_a_day

from sijil.domains.notifications.models import Message
from sijil.domains.scoring import queries as scoring
from sijil.domains.social_register.rules import REJECTIONS
from sijil.journeys import household_registration as journey
from sijil.kernel.actors import officer
from sijil.kernel.errors import Refused

__all__ = ["MADE_ONCE", "family", "head", "number", "on_a_day"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_decisions_at_the_same_moment_one_stands(number, family):
    both = Barrier(2)

    def settle(login: str, reason: str) -> str:
        both.wait(20)
        who = officer(login, area="06", roles=["adjudicator"])
        try:
            journey.settle(number=number, seen=1, rejected_for=reason, actor=who, now=NOW)
        except Refused as refused:
            return refused.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(settle, "salma", ""), pool.submit(settle, "driss", next(iter(REJECTIONS)))]
        said = [one.result() for one in asked]
    assert sorted(said) == ["done", "social_register.nothing_to_review"]
    confirmed = said[0] == "done"
    home = household_of(family)
    assert (home.state if home else "closed") == ("active" if confirmed else "closed")
    ends = {"household_scored", "household_rejected"}
    told = set(Message.objects.values_list("template", flat=True)) & ends
    assert told == {"household_scored" if confirmed else "household_rejected"}
    if confirmed:
        assert scoring.get_current_score(home.code).state == "scored"
