"""How many statements the sending of a household takes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.journeys.household import Family, settle, sign_in
from tests.journeys.test_household_registration import fill

from sijil.domains.social_register import queries as social

pytestmark = pytest.mark.django_db


def test_measure():
    family: Family = settle()
    client = sign_in(family.head)
    client.post("/my-file/household/start/")
    fill(client, family)
    draft = social.find_draft_of(family.head)
    with CaptureQueriesContext(connection) as made:
        assert client.post("/my-file/household/check/", {"accept_law": "on", "accept_info": "on", "version": draft.version}).status_code == 302
    for q in made:
        print(q["sql"][:150].replace("\n", " "))
    print(len(made))
