"""The tour of the demo: only there, in three languages, its steps in order, its call ready."""

import json
import re

import pytest
from django.test import Client

from sijil.country import accounts, tour

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings, tmp_path):
    settings.ENV = settings.ENV.model_copy(update={"demo": True})
    settings.HOME = tmp_path
    accounts.write_secrets(tmp_path, {"bank-atlas client": "c1", "bank-atlas": "s1", "manager": "pass-word"})


def page(language="fr"):
    client = Client()
    client.cookies["language"] = language
    return client.get("/demo/tour/")


def test_outside_the_demo_there_is_no_tour(settings):
    settings.ENV = settings.ENV.model_copy(update={"demo": False})
    assert page().status_code == 404


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(
    ("language", "title"),
    [("ar", "جرّبوا هذا في عشر دقائق"), ("fr", "À essayer en dix minutes"), ("en", "Try this in ten minutes")],
)
def test_the_tour_tells_its_story_in_order(language, title):
    found = page(language).content.decode()
    assert title in found
    steps = re.findall(r'<h2>\s*<a\s+href="([^"]+)"', found)
    assert steps == [
        "/account/open/", "/counter/", "/my-file/", "/backoffice/programmes/", "/partners/",
        "/my-file/consultations/",
    ]  # fmt: skip
    assert "pass-word" in found


@pytest.mark.usefixtures("demo")
def test_the_table_names_the_purposes_of_the_partner(tmp_path):
    rows = accounts.ready_accounts(tmp_path)
    assert ("  purpose", "", "account-opening", "Opening a bank account") in rows
    assert "account-opening" in page().content.decode()
    assert "Ouverture d’un compte bancaire" in page().content.decode()


@pytest.mark.usefixtures("demo")
def test_the_call_is_one_line_that_a_shell_reads():
    call = tour.ready_call("http://127.0.0.1:8001")
    assert "\n" not in call
    assert "-u 'c1:s1'" in call
    question = json.loads(re.search(r"-d '(\{.*\})'", call)[1])
    assert set(question) == {"idcs", "birth_date", "sex", "purpose"}
    assert question["purpose"] == "account-opening"
