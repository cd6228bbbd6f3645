"""Every error of the API is a problem document, in the language asked for."""

import json
import re
import time

import pytest
from django.http import Http404
from django.test import Client
from ninja.errors import HttpError
from ninja.security import HttpBearer
from ninja.testing import TestClient

from sijil.api import main, problems
from sijil.kernel.errors import Category, ErrorCode, Refused
from sijil.pages.problems import STATUS

NO = ErrorCode(
    "tests.no", Category.CONFLICT, "This step is not possible now: the file is in the state {state}.", "Wait."
)


class Place(problems.Body):
    commune: str
    number: int


class Payload(problems.Body):
    place: Place


class Nobody(HttpBearer):
    def authenticate(self, request, token):
        return None


@pytest.fixture(scope="module")
def client():
    api = problems.ProblemAPI(urls_namespace="problems", docs_url=None)

    @api.get("/refuse/{category}")
    def refuse(request, category: str, field: str | None = None):
        raise Refused(ErrorCode("tests.no", Category(category), "No {x}.", "Wait."), field=field, x=1)

    @api.get("/words")
    def words(request):
        raise Refused(NO, state="closed")

    @api.post("/take")
    def take(request, payload: Payload):
        return {}

    @api.get("/many")
    def many(request, limit: int):
        return {}

    @api.get("/closed", auth=Nobody())
    def closed(request):
        return {}

    @api.get("/raise/{what}")
    def fail(request, what: str):
        raise {"404": Http404(), "418": HttpError(418, "tea")}[what]

    return TestClient(api)


def read(answer):
    assert answer["content-type"] == "application/problem+json"
    body = json.loads(answer.content)
    assert body["status"] == answer.status_code
    assert problems.Problem(**body)
    return body


@pytest.mark.django_db
@pytest.mark.parametrize("category", Category)
def test_a_refusal_has_the_status_of_its_category(client, category):
    answer = client.get(f"/refuse/{category.value}")
    assert answer.status_code == STATUS[category]
    assert read(answer) == {
        "type": "urn:sijil:problem:tests.no", "title": "No 1.", "status": STATUS[category],
        "detail": "Wait.", "code": "tests.no",
    }  # fmt: skip


def test_the_field_at_fault_is_named(client):
    assert read(client.get("/refuse/invalid?field=idcs"))["errors"] == [{"field": "idcs", "detail": "No 1."}]


@pytest.mark.parametrize(
    ("category", "header"), [("unauthenticated", "WWW-Authenticate"), ("too_many", "Retry-After")]
)
def test_the_header_that_goes_with_the_status(client, category, header):
    assert client.get(f"/refuse/{category}").headers[header]


def test_a_body_with_wrong_fields_names_each(client):
    body = read(client.post("/take", json={"place": {"number": "x"}}))
    assert (body["status"], body["code"]) == (422, "api.fields_invalid")
    assert {error["field"] for error in body["errors"]} == {"place.commune", "place.number"}


def test_what_is_not_known_is_refused_by_its_path(client):
    body = read(client.post("/take", json={"place": {"commune": "x", "number": 1, "phone": "0612"}, "a": 1}))
    assert (body["status"], body["code"]) == (422, "api.fields_invalid")
    assert {error["field"]: error["detail"] for error in body["errors"]} == dict.fromkeys(
        ("place.phone", "a"), "This call does not know this field."
    )


def test_every_body_of_the_api_is_closed():
    """P09: a correction answered "done" that did nothing."""
    schema = main.api.get_openapi_schema()
    bodies = [
        operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for path in schema["paths"].values()
        for operation in path.values()
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    ]
    schemas, seen = schema["components"]["schemas"], set(bodies)
    while (
        inside := {ref for name in seen for ref in re.findall(r"schemas/(\w+)", json.dumps(schemas[name]))}
        - seen
    ):
        seen |= inside
    closed = {name for name in seen if schemas[name].get("type") == "object"}
    assert len(closed) >= 12
    assert [name for name in closed if schemas[name].get("additionalProperties") is not False] == []


def test_a_wrong_query_is_named(client):
    assert read(client.get("/many?limit=x"))["errors"][0]["field"] == "limit"


def test_a_body_that_is_no_json(client):
    answer = client.request("POST", "/take", data="{", content_type="application/json")
    assert read(answer)["code"] == "api.not_read"


@pytest.mark.django_db
def test_a_body_of_numbers_is_refused_before_it_is_read():
    body, before = b"[" + b"1," * 5_000_000 + b"1]", time.process_time()
    answer = Client().post("/v1/pre-registrations", body, content_type="application/json")
    assert read(answer)["code"] == "api.too_many_values"
    assert time.process_time() - before < 0.5


def test_without_a_token(client):
    answer = client.get("/closed")
    assert (answer.status_code, read(answer)["code"]) == (401, "api.signed_out")


@pytest.mark.parametrize(("what", "code"), [("404", "api.not_found"), ("418", "api.http_418")])
def test_other_errors(client, what, code):
    assert read(client.get(f"/raise/{what}"))["code"] == code


@pytest.mark.parametrize(
    ("header", "word"),
    [
        ("fr-MA,fr;q=0.9", "pas"),
        ("ar", "الملف"),
        ("de, fr;q=0.5", "pas"),
        ("de", "not possible"),
        ("", "not possible"),
    ],
)
def test_the_sentence_is_in_the_language_asked_for(client, header, word):
    title = read(client.get("/words", headers={"Accept-Language": header}))["title"]
    assert word in title


def test_the_description_gives_problems_their_own_content_type():
    api = problems.ProblemAPI(urls_namespace="described", docs_url=None)

    @api.get("/one", response={200: Place, **problems.PROBLEMS})
    def one(request):
        return {}

    responses = api.get_openapi_schema(path_prefix="")["paths"]["/one"]["get"]["responses"]
    assert list(responses[404]["content"]) == ["application/problem+json"]
    assert list(responses[200]["content"]) == ["application/json"]
