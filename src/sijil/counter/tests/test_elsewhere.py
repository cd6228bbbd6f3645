"""A person of another commune at the counter: refused without a reason, taken and shown with one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.urls import reverse

from sijil.counter.tests.test_counter import at, country, sign_in, walk_in
from sijil.domains.audit.queries import list_entries
from sijil.domains.population_register.models import EnrolmentRequest
from sijil.domains.population_register.tests.samples import CENTRE, FATIMA, NOW, OFFICER
from sijil.domains.population_register.types import Channel
from sijil.journeys import person_enrolment
from sijil.journeys.person_enrolment import Why
from sijil.kernel.errors import Refused

pytestmark = pytest.mark.django_db
__all__ = ["country"]
FAR = "01.051.01.01"


@pytest.fixture
def desk():
    return sign_in(OFFICER.id, CENTRE, "csc_officer")


def test_the_page_asks_why_and_takes_nothing_before(desk):
    form = walk_in(commune_code=FAR)
    answer = desk.post(reverse("counter-new"), form)
    assert answer.status_code == 422
    assert "does not serve the commune where the person lives, and no reason" in answer.content.decode()
    assert not EnrolmentRequest.objects.exists()

    answer = desk.post(reverse("counter-new"), form | {"elsewhere_reason": "hospital"})
    page = desk.get(answer["Location"]).content.decode()
    assert "treated in a hospital near this centre" in page
    number = answer["Location"].rstrip("/").rpartition("/")[2]
    assert "appointment.taken_elsewhere" in [e.action for e in list_entries(number)]


def test_another_reason_wants_a_sentence(desk):
    answer = desk.post(reverse("counter-new"), walk_in(commune_code=FAR, elsewhere_reason="other"))
    assert answer.status_code == 422
    assert not EnrolmentRequest.objects.exists()


def test_a_commune_corrected_later_needs_a_reason_before_the_deposit(desk):
    number = person_enrolment.pre_register(
        identity=FATIMA, centre_code=CENTRE, channel=Channel.COUNTER, actor=OFFICER, now=NOW
    )
    person_enrolment.correct(number=number, changes={"commune_code": FAR}, actor=OFFICER, now=NOW)
    found = person_enrolment.read_file(number, actor=OFFICER, now=NOW)
    missing = [one.code for one in person_enrolment.list_missing_papers(found, now=NOW)]
    assert "appointments.elsewhere_needs_reason" in missing

    desk.post(at("elsewhere", number), {"elsewhere-elsewhere_reason": "moving"})
    missing = [one.code for one in person_enrolment.list_missing_papers(found, now=NOW)]
    assert "appointments.elsewhere_needs_reason" not in missing


def test_the_journey_refuses_for_every_door():
    there = {"centre_code": CENTRE, "channel": Channel.COUNTER, "actor": OFFICER, "now": NOW}
    far = replace(FATIMA, commune_code=FAR)
    with pytest.raises(Refused) as refused:
        person_enrolment.pre_register(identity=far, elsewhere=Why("?"), **there)
    assert (refused.value.code, refused.value.field) == (
        "appointments.elsewhere_needs_reason",
        "elsewhere_reason",
    )
