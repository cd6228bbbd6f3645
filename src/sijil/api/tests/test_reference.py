"""The reference of the API: every call and shape has its place, every link its end, and nothing is heavy."""

import re

import pytest
from openapi_spec_validator import validate

from sijil.api import reference

pytestmark = pytest.mark.django_db


def pages_of(client):
    """Return every page of the reference by its address, from the first one on."""
    found, waiting = {}, ["/v1/docs"]
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        answer = client.get(address)
        assert answer.status_code == 200, address
        found[address] = answer.content.decode()
        waiting += re.findall(r'href="(/v1/docs[^"#?]*)[#"]', found[address])
    return found


@pytest.fixture(scope="module")
def described(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        return reference.document()


def test_every_call_and_shape_is_found_from_the_first_page(client, described):
    pages = pages_of(client)
    everything = "".join(pages.values())
    for path, methods in described["paths"].items():
        for method in methods:
            assert f"<h2><code>{method.upper()} {path}</code></h2>" in everything
    for name in described["components"]["schemas"]:
        assert f"/v1/docs/shapes/{name}" in pages


def test_every_link_to_a_call_has_its_end(client):
    for address, anchor in re.findall(
        r'href="(/v1/docs[^"#]*)#([^"]+)"', client.get("/v1/docs").content.decode()
    ):
        assert f'id="{anchor}"' in client.get(address).content.decode(), (address, anchor)


@pytest.mark.parametrize(
    "address", ["/v1/docs", "/v1/docs/person", "/v1/docs/counter", "/v1/docs/shapes/DraftOut"]
)
def test_a_page_is_one_of_the_product(client, address):
    page = client.get(address, headers={"Cookie": "language=fr"}).content.decode()
    assert page.count("<h1") == 1
    assert '<html lang="fr" dir="ltr">' in page
    assert '<div lang="en" dir="ltr">' in page
    assert "/partners/" in page
    assert len(page.encode()) < 34_000


@pytest.mark.parametrize("address", ["/v1/docs/nothing", "/v1/docs/shapes/Nothing"])
def test_what_is_not_described_is_not_found(client, address):
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_the_description_for_machines_is_the_same(client, described):
    answer = client.get("/v1/openapi.json")
    assert answer["Content-Type"] == "application/json"
    assert answer.json() == described
    validate(answer.json())


@pytest.mark.parametrize(
    ("schema", "read"),
    [
        ({"type": "array", "items": {"$ref": "#/components/schemas/PlaceOut"}}, "list of PlaceOut"),
        ({"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]}, "date or nothing"),
        ({"enum": ["F", "M"]}, "F | M"),
        ({"const": "Bearer"}, "Bearer"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "object of integer"),
        ({}, "anything"),
    ],
)
def test_a_type_in_words(schema, read):
    assert "".join(text for text, _ in reference.kind(schema)) == read


def test_an_example_follows_the_shape(described):
    body = {"$ref": "#/components/schemas/PlaceIn"}
    assert reference.example(described, body)["commune_code"] == "04.421.01.0"


def test_a_description_is_text_with_code_in_it():
    assert reference.marked("``a`` < b") == "<code>a</code> &lt; b"
