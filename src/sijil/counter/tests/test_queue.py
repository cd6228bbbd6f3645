"""The line beside every page of the counter: who is expected today stands first, the rest page by page."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.urls import reverse

from sijil.counter.tests.test_counter import country, sign_in, waiting
from sijil.domains.appointments import queries as appointments
from sijil.domains.population_register.tests.samples import CENTRE, FATIMA, NOW, OFFICER, submitted
from sijil.kernel.casework.files import kept_notices
from sijil.kernel.dates import day_begins
from sijil.pages.tests.html import flat

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]
__all__ = ["country"]


def in_line(page):
    return re.findall(r'<li[^>]*> ?<a href="/counter/([A-Z0-9]{10})/"', flat(page))


def test_an_appointment_of_today_stands_first_though_a_page_of_files_is_older(monkeypatch):
    desk = sign_in(OFFICER.id, CENTRE, "csc_officer")
    with kept_notices():
        older = [
            submitted(
                FATIMA.with_changes({"phone": f"0612350{n:03d}"}), now=NOW - dt.timedelta(minutes=200 - n)
            )
            for n in range(50)
        ]
    number = waiting(phone="0612340077")
    booking = appointments.get_booking(number)
    monkeypatch.setattr("sijil.pages.clock.now", lambda: day_begins(booking.on) + dt.timedelta(hours=9))

    page = desk.get(reverse("counter-queue")).content.decode()
    assert in_line(page) == [number, *older[:49]]
    assert "1 person with an appointment today is not received yet" in flat(page)
    [after] = re.findall(r'rel="next" href="/counter/\?after=([A-Z0-9]{10})"', flat(page))

    last = desk.get(reverse("counter-queue"), {"after": after}).content.decode()
    assert (in_line(last), 'rel="next"' in last, 'data-key="o"' in last) == ([older[49]], False, False)


@pytest.mark.parametrize("after", ["K7QD4M2X9T", "x" * 300])
def test_a_page_that_begins_nowhere_is_the_first(after):
    desk = sign_in(OFFICER.id, CENTRE, "csc_officer")
    number = submitted()
    answer = desk.get(reverse("counter-queue"), {"after": after})
    assert (answer.status_code, in_line(answer.content.decode())) == (200, [number])
