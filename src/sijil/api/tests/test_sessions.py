"""Sign in and open an account over HTTP."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from sijil.domains.accounts.services import create_staff
from sijil.domains.notifications.services import send_due
from sijil.domains.population_register.tests.samples import known
from sijil.domains.population_register.types import Identity, Sex
from sijil.kernel.actors import officer as officer_actor
from sijil.kernel.dates import PartialDate

NOW = dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC)
PHONE = "+212612345678"
PASSWORD = "le figuier du jardin"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fixed(monkeypatch, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW)


@pytest.fixture
def idcs():
    birth = PartialDate(1984)
    identity = Identity("بناني", "عائشة", "Bennani", "Aïcha", birth, Sex.FEMALE, "04.421.01.0", phone=PHONE)
    return known(identity, NOW)


@pytest.fixture
def officer():
    create_staff(
        login="s.alami", name="Salma", password=PASSWORD, roles=["csc_officer"], centre_code="C1",
        area="04.421", now=NOW,
    )  # fmt: skip
    return "s.alami"


def post(client, address, **body):
    return client.post(f"/v1/{address}", body, content_type="application/json")


def bearer(answer):
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def sign_in(client, login, password=PASSWORD):
    return post(client, "sessions", login=login, password=password)


def start(client, number, **changes):
    return post(client, "accounts", **{"idcs": number, "birth_date": "1984", "sex": "F"} | changes)


def test_a_token_is_got_used_and_ended(client, officer):
    answer = sign_in(client, officer)
    assert answer.status_code == 201
    assert answer.json()["account"] == {
        "login": officer,
        "kind": "staff",
        "roles": ["csc_officer"],
        "centre_code": "C1",
        "area": "04.421",
    }
    assert client.get("/v1/sessions", headers=bearer(answer)).json()["login"] == officer
    assert client.delete("/v1/sessions", headers=bearer(answer)).status_code == 204
    assert client.get("/v1/sessions", headers=bearer(answer)).status_code == 401


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer x"}, {"Authorization": "Basic eDp5"}])
def test_without_a_good_token_nothing_is_told(client, headers):
    answer = client.get("/v1/sessions", headers=headers)
    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/problem+json")


def test_a_wrong_password_and_an_unknown_login_read_the_same(client, officer):
    wrong, unknown = sign_in(client, officer, "nope"), sign_in(client, "nobody.here", "nope")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()


def test_the_sixth_trial_says_when_to_come_back(client, officer):
    answers = [sign_in(client, officer, "nope") for _ in range(6)]
    assert answers[-1].status_code == 429
    assert answers[-1].headers["Retry-After"] == "900"


def test_an_account_is_opened_in_three_calls(client, idcs):
    challenge = start(client, idcs).json()["challenge_id"]
    send_due(NOW)
    message = client.get("/v1/demo/messages", {"to": PHONE}).json()[0]
    code = re.search(r"\d{6}", message["body"])[0]
    grant = post(client, f"accounts/{challenge}/confirm", code=code).json()["grant"]
    answer = post(client, "accounts/password", grant=grant, password=PASSWORD)
    assert (answer.status_code, answer.json()["login"]) == (201, None)
    assert sign_in(client, idcs).json()["account"]["kind"] == "citizen"


def test_wrong_data_get_an_answer_of_the_same_form(client, idcs):
    right, wrong = start(client, idcs), start(client, idcs, birth_date="1985")
    assert right.status_code == wrong.status_code == 202
    assert {**right.json(), "challenge_id": ""} == {**wrong.json(), "challenge_id": ""}


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"birth_date": "1984-13"}, "birth_date"), ({"sex": "X"}, "sex"), ({"idcs": "1" * 300}, "idcs")],
)
def test_a_wrong_field_is_named(client, idcs, changes, field):
    answer = start(client, idcs, **changes)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_the_problem_speaks_the_language_asked_for(client):
    answer = client.get("/v1/sessions", headers={"Authorization": "Bearer x", "Accept-Language": "fr"})
    assert "jeton" in answer.json()["title"].lower()


@pytest.mark.parametrize("code", ["", "123", "not a code"])
def test_a_wrong_code_is_refused(client, idcs, code):
    challenge = start(client, idcs).json()["challenge_id"]
    answer = post(client, f"accounts/{challenge}/confirm", code=code)
    assert (answer.status_code, answer.json()["code"]) == (422, "accounts.code_wrong")


def test_a_staff_token_does_not_open_what_is_a_citizens(rf, officer, client):
    from sijil.api.auth import citizen_auth, staff_auth
    from sijil.kernel.errors import Refused

    token = sign_in(client, officer).json()["token"]
    request = rf.get("/")
    assert staff_auth("csc_officer").authenticate(request, token).login == officer
    assert request.actor == officer_actor("s.alami", centre="C1", area="04.421", roles=["csc_officer"])
    for auth in (citizen_auth, staff_auth("adjudicator")):
        with pytest.raises(Refused, match="role_needed"):
            auth.authenticate(rf.get("/"), token)
