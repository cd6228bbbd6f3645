"""The temporary slip: printed at the counter with the photograph, while the file waits for its decision."""

import datetime as dt

import pypdfium2 as pdfium
import pytest
from django.test import Client
from tests.journeys.test_person_enrolment import (
    _country,
    given_a_deposited_file,
    given_a_pre_registration,
    when_the_worker_runs,
)

from sijil.domains.audit.models import AuditEntry
from sijil.domains.documents.models import Receipt
from sijil.domains.documents.tests.papers import read
from sijil.domains.population_register.tests.samples import ELSEWHERE, NOW, OFFICER
from sijil.journeys import person_papers
from sijil.kernel.errors import Refused

pytestmark = pytest.mark.django_db
__all__ = ["_country"]
LAST = NOW + dt.timedelta(days=30)


def slip(number, actor=OFFICER, now=NOW):
    return person_papers.render_temporary(number, actor=actor, now=now)


def pictures_of(pdf):
    with pdfium.PdfDocument(pdf) as paper:
        kinds = [o.type for page in paper for o in page.get_objects(max_depth=9)]
    return kinds.count(pdfium.raw.FPDF_PAGEOBJ_IMAGE)


def test_it_says_whose_file_with_the_photograph_and_what_it_does_not_prove():
    pdf = slip(given_a_deposited_file())
    text = " ".join(read(pdf).split())
    assert pictures_of(pdf) == 1
    assert (
        pictures_of(person_papers.render_deposit(Receipt.objects.get().number, actor=OFFICER, now=NOW)) == 0
    )
    for said in ("Fiche provisoire avec photo", "Elle prouve seulement", "ni l’identité"):
        assert said in text
    assert len(pdfium.PdfDocument(pdf)) == 1
    assert b"<pdfaid:part>2<" in pdf


def test_each_print_opens_the_identity_and_is_written_down():
    number = given_a_deposited_file()
    slip(number)
    later = NOW + dt.timedelta(hours=2)
    assert slip(number, now=later)
    entries = AuditEntry.objects.filter(action="enrolment.temporary_slip_printed")
    assert entries.count() == 2
    assert entries.filter(actor_id=OFFICER.id, at=later).exists()


def test_printed_again_it_is_the_same():
    number = given_a_deposited_file()
    assert slip(number) == slip(number, now=NOW + dt.timedelta(days=3))


def test_none_before_the_deposit():
    number = given_a_pre_registration()
    with pytest.raises(Refused, match="transition_refused"):
        slip(number)


def test_none_once_the_file_is_decided():
    number = given_a_deposited_file()
    when_the_worker_runs(number)
    with pytest.raises(Refused, match="transition_refused"):
        slip(number)


def test_none_after_its_last_day():
    number = given_a_deposited_file()
    assert slip(number, now=LAST)
    with pytest.raises(Refused, match="slip_over"):
        slip(number, now=LAST + dt.timedelta(days=1))


def test_none_to_an_officer_of_another_centre():
    number = given_a_deposited_file()
    with pytest.raises(Refused, match="role_refused"):
        slip(number, actor=ELSEWHERE)
    assert not AuditEntry.objects.filter(action="enrolment.temporary_slip_printed").exists()


@pytest.mark.parametrize(("days", "over"), [(30, False), (31, True)])
def test_its_code_tells_until_when_and_names_nobody(monkeypatch, days, over):
    number = given_a_deposited_file()
    text = read(slip(number))
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW + dt.timedelta(days=days))
    code = next(word for word in text.split() if len(word) == 14 and word.count("-") == 2)
    client = Client()
    client.cookies["language"] = "fr"
    page = client.get(f"/check/{code}/").content.decode()
    assert "Fiche provisoire avec photo" in page
    assert ("n’est plus valable" in page) is over
    assert "Alaoui" not in page
