"""What no person types: the pages and the HTTP API refuse it in words, and never fail."""

import json

import pytest

from sijil.domains.appointments import services as appointments
from sijil.domains.geography import services as geography
from sijil.domains.population_register.tests.samples import NOW

pytestmark = pytest.mark.django_db
PERSON = {
    "last_name_ar": "العلوي", "first_name_ar": "فاطمة", "last_name_fr": "El Alaoui",
    "first_name_fr": "Fatima",
    "birth": "1988-03-14", "sex": "F", "commune_code": "04.421.01.0", "birth_country": "MA",
    "quarter": "12, rue des Orangers",
    "phone": "0612345678", "paper_kind": "cnie", "paper_number": "AB123456",
    "slot_id": "04.421.01.01@2026-11-24T10:30",
}  # fmt: skip


@pytest.fixture(autouse=True)
def country(monkeypatch):
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW)
    geography.load_reference(NOW)
    appointments.load_centres(now=NOW)


def problem(answer, status=422):
    assert answer.status_code == status, answer.content
    assert answer["content-type"] == "application/problem+json"
    return json.loads(answer.content)


def send(client, address, body, kind="application/json"):
    return client.post(
        f"/v1/{address}", body if isinstance(body, bytes) else json.dumps(body), content_type=kind
    )


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b"])
def test_a_string_that_cannot_be_kept_is_named(client, text):
    body = problem(send(client, "pre-registrations", PERSON | {"papers": [{"filename": text}]}))
    assert body["code"] == "kernel.text_unreadable"
    assert body["errors"][0]["field"] == "papers.0.filename"


@pytest.mark.parametrize(
    "address", ["communes/a%00b", "regions/%00/provinces", "requests/%00", "regions?x=%00"]
)
def test_nul_in_an_address(client, address):
    assert problem(client.get(f"/v1/{address}"))["code"] == "kernel.text_unreadable"


@pytest.mark.parametrize("address", ["track/?number=%00", "check/%00/", "demo/inbox/?to=%00", "%00/"])
def test_nul_on_a_page(client, address):
    assert client.get(f"/{address}").status_code in (404, 422)


def test_nul_in_a_form_and_in_a_cookie(client):
    assert client.post("/sign-in/", {"login": "a\x00b", "password": "x"}).status_code == 422
    assert client.get("/my-file/", headers={"Cookie": 'sessionid="aaaaaaaaaa\\000"'}).status_code == 302


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"login": "a", "login": "b", "password": "x"}', "application/json"),
        (b'{"login": NaN}', "application/json"), (b"{", "application/json"),
        (b"[" * 10_000, "application/json"), (b'"\xe9"', "application/json"),
        (b"x", "multipart/form-data"), (b"x", "multipart/form-data; boundary=b"), (b"a", "text/plain"),
        (b"&".join([b"a=b"] * 2000), "application/x-www-form-urlencoded"),
    ],
)  # fmt: skip
def test_a_body_that_is_none(client, body, kind):
    assert problem(send(client, "sessions", body, kind))["code"] == "api.not_read"


def test_no_such_address(client):
    assert problem(client.get("/v1/nothing"), 404)["code"] == "api.not_found"


def test_a_failure_of_ours_is_a_problem_too(client, monkeypatch):
    monkeypatch.setattr("sijil.domains.geography.queries.list_regions", lambda: 1 / 0)
    client.raise_request_exception = False
    assert problem(client.get("/v1/regions"), 500)["code"] == "api.failed"


@pytest.mark.parametrize("day", ["0001-01-01", "2026-11-01", "9999-12-31"])
def test_days_that_nobody_can_book(client, day):
    answer = client.get(f"/v1/centres/04.421.01.01/slots?from_on={day}")
    assert (answer.status_code, answer.json()) == (200, [])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("commune_code", "99.999"), ("commune_code", "04"), ("quarter", " "), ("phone", "a\u202eb"),
        ("phone", "123"), ("email", "a b@c.ma"), ("paper_number", "***"), ("slot_id", ""),
    ],
)  # fmt: skip
def test_a_person_is_refused_by_the_field(client, field, value):
    assert problem(send(client, "pre-registrations", PERSON | {field: value}))["errors"][0]["field"] == field


def test_a_paper_that_is_no_base64(client):
    paper = {"kind": "cnie", "filename": "a.png", "content_base64": "é"}
    body = problem(send(client, "pre-registrations", PERSON | {"papers": [paper]}))
    assert body["errors"][0]["field"] == "content_base64"


def test_nothing_known_is_kept_on_the_way(client):
    assert "Cache-Control" not in client.get("/")
    client.cookies["sessionid"] = "a" * 32
    assert client.get("/")["Cache-Control"] == "private, no-store"
    assert (
        client.get("/v1/sessions", headers={"Authorization": "Bearer x"})["Cache-Control"]
        == "private, no-store"
    )


def test_the_page_of_the_api_asks_no_other_site(client):
    page = client.get("/v1/docs").content.decode()
    assert "https://" not in page
    assert page.count("<script") == 1
