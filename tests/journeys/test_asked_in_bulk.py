"""A rescoring asks many: who declared is written to, each once, in a few statements however many they are."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.journeys.test_rescoring import NOW, YEAR, reference, rescore_all

from sijil.country import country, loading
from sijil.domains.notifications.models import Message, MessageStep
from sijil.domains.population_register import queries as population
from sijil.domains.social_register import queries as social

__all__ = ["reference"]
pytestmark = pytest.mark.django_db


def load(households: int) -> None:
    """Write households and their persons, as the demo does."""
    homes = country.make_country(NOW).chunk(0)[:households]
    loading.load_chunk(homes, loading.Loaded(), now=NOW)


@pytest.mark.parametrize("households", [60, 250])
def test_the_many_that_a_rescoring_asks_are_written_to_in_a_few_statements(households: int) -> None:
    load(households)
    with CaptureQueriesContext(connection) as seen:
        rescore_all(NOW + YEAR)
    asked = social.list_completions(limit=1000)
    told = Message.objects.filter(template="household_asked", instead_of=None)
    heads = [social.get_household(one.household_code).declarant for one in asked]
    reached = {key for key, one in population.list_addressees(heads).items() if one.phone or one.email}
    assert len(told) == len([head for head in heads if head in reached]) > 3
    assert MessageStep.objects.filter(message__in=told, action="queue").count() == len(told)
    assert {one.subject for one in told} <= {one.household_code for one in asked}
    written = [q["sql"] for q in seen if 'INSERT INTO "notifications_message"' in q["sql"]]
    spares = Message.objects.exclude(instead_of=None).count()  # of fixed lines, to an e-mail address
    assert len(written) - spares <= 2
    about = [q for q in seen if "notifications_" in q["sql"] or "population_register_person" in q["sql"]]
    assert len(about) < 40 + 6 * spares


def test_rescored_again_nobody_is_written_to_again() -> None:
    load(60)
    rescore_all(NOW + YEAR)
    before = Message.objects.count()
    rescore_all(NOW + YEAR)
    assert Message.objects.count() == before > 0
