"""How often the counter's queue asks the database: as often for five hundred files as for five."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sijil.counter.tests.test_counter import country, sign_in, waiting
from sijil.domains.population_register.models import EnrolmentRequest
from sijil.domains.population_register.tests.samples import CENTRE, FATIMA, OFFICER, submitted
from sijil.kernel.casework.files import kept_notices

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]
__all__ = ["country"]


def test_five_hundred_files_ask_no_more_than_five():
    desk = sign_in(OFFICER.id, CENTRE, "csc_officer")
    for n in range(5):
        waiting(phone=f"06123400{n}0", paper_number=f"AB12340{n}")
    submitted()  # without an appointment
    few = asked(desk)
    with kept_notices():
        for n in range(494):
            submitted(replace(FATIMA, phone=f"0612350{n:03d}", paper_number=f"AC123{n:03d}"))
    assert EnrolmentRequest.objects.count() == 500
    assert asked(desk) == few


def asked(desk):
    desk.get("/counter/")  # what a process reads once, and the first entry of the hour
    with CaptureQueriesContext(connection) as made:
        assert desk.get("/counter/").status_code == 200
    return len(made)
