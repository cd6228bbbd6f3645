"""The form to print: blank for everybody, with one's answers for the browser that typed them."""

import pytest
from django.test import Client

from sijil.domains.audit.models import AuditEntry
from sijil.domains.documents.tests.papers import read
from sijil.domains.population_register.tests.samples import CENTRE
from sijil.pages import background
from sijil.portal.tests.test_pre_registration import HOME, citizen, country, fill, send

pytestmark = pytest.mark.django_db
BLANK, DRAFT, SENT = f"{HOME}form.pdf", f"{HOME}check/form.pdf", f"{HOME}done/form.pdf"
__all__ = ["citizen", "country"]


def printed(client, address):
    answer = client.get(address)
    assert answer["Content-Type"] == "application/pdf"
    return read(answer.content)


@pytest.mark.parametrize("page", [HOME, f"/centres/at/{CENTRE}/"])
def test_the_blank_form_is_linked_and_names_nobody(page):
    assert f'href="{BLANK}"' in Client().get(page).content.decode()
    text = printed(Client(), BLANK)
    assert "Prénom en arabe" in text
    assert "RNP-2026-1" in text


def test_the_answers_are_printed_before_they_are_sent(citizen):
    fill(citizen)
    assert f'href="{DRAFT}"' in citizen.get(f"{HOME}check/").content.decode()
    text = printed(citizen, DRAFT)
    assert "El Alaoui" in text
    assert "العلوي" in text or "يولعلا" in text  # in the order of the page where French stands beside
    assert "14/03/1988" in text
    assert "avant l’envoi" in text


def test_a_form_half_filled_leads_to_its_open_page(citizen):
    answer = citizen.get(DRAFT)
    assert (answer.status_code, answer["Location"]) == (302, f"{HOME}names/")


@pytest.mark.parametrize("address", [DRAFT, SENT])
def test_another_browser_prints_nothing(citizen, address):
    fill(citizen)
    send(citizen)
    answer = Client().get(address)
    assert (answer.status_code, answer["Location"]) == (302, HOME)


def test_what_was_sent_is_printed_with_its_number_and_written_down(citizen):
    fill(citizen)
    send(citizen)
    done = citizen.get(f"{HOME}done/").content.decode()
    assert f'href="{SENT}"' in done
    number = citizen.session[background.SENT]
    text = printed(citizen, SENT)
    assert f"{number[:4]}-{number[4:8]}-{number[8:]}" in text
    assert "a été envoyé" in text
    assert AuditEntry.objects.filter(action="enrolment.form_printed", subject=number).count() == 1


def test_a_form_taken_back_is_printed_no_more(citizen):
    fill(citizen)
    send(citizen)
    citizen.post(f"/track/{citizen.session[background.SENT]}/withdraw/")
    answer = citizen.get(SENT)
    assert (answer.status_code, answer["Location"]) == (302, f"{HOME}done/")
    assert f'href="{SENT}"' not in citizen.get(f"{HOME}done/").content.decode()
