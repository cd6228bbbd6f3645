"""The HTTP API does what its document says: requests made of the document, answers held against it.

Bodies, addresses and queries as the document allows them and as it does not, sent as nobody, a citizen and
every role of staff: no failure, no status and no shape that the document does not name.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.journeys import small_country
from tests.journeys.small_country import SmallCountry
from tests.journeys.test_acts_of_pages import LATER, NOW, undone
from urllib3 import HTTPResponse

from sijil.api.main import api

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
DOCUMENT = api.get_openapi_schema()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)


def asked() -> Iterator[Any]:
    """Give every operation, asked as its document says, and otherwise where there is anything to say."""
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield pytest.param(path, method, GenerationMode.POSITIVE, id=f"{method} {path} as said")
            if may_be_otherwise(operation):
                yield pytest.param(path, method, GenerationMode.NEGATIVE, id=f"{method} {path} otherwise")


def may_be_otherwise(operation: dict[str, Any]) -> bool:
    """Tell whether the document excludes anything: where any text will do, none is wrong."""
    said = [parameter["schema"] for parameter in operation.get("parameters", ())]
    said += [kind["schema"] for kind in operation.get("requestBody", {}).get("content", {}).values()]
    any_will_do = {"title", "type", "description", "additionalProperties"}
    return any(
        one.keys() - any_will_do or one.get("type", "object") not in ("string", "object") for one in said
    )


@schemathesis.serializer("application/jose")
def as_text(_: Any, value: Any) -> bytes:
    """A message that some source signed: here any text."""
    return str(value).encode(errors="replace")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[SmallCountry]:
    with pytest.MonkeyPatch.context() as patched, django_db_blocker.unblock(), undone():
        patched.setattr("sijil.pages.clock.now", lambda: NOW)
        made = small_country.make()
        patched.setattr("sijil.pages.clock.now", lambda: LATER)
        yield made


def send(case: Any, headers: dict[str, str]) -> requests.Response:
    """Send a case through Django's own client, whose connection is the test's."""
    asks = requests.Request(
        **case.as_transport_kwargs(base_url="http://localhost", headers=headers)
    ).prepare()
    body = asks.body.encode() if isinstance(asks.body, str) else asks.body or b""
    given = {name: str(value) for name, value in asks.headers.items()}
    kind = given.pop("Content-Type", "application/json")
    given.pop("Accept-Encoding", None)  # nobody here would open what is compressed
    browser = Client(raise_request_exception=False)
    answer: Any = browser.generic(str(asks.method), asks.path_url, body, content_type=kind, headers=given)
    got = requests.Response()
    got.status_code, got.url, got.request = answer.status_code, str(asks.url), asks
    got.headers.update(answer.headers)
    got._content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    got.raw = HTTPResponse(body=got._content, headers=answer.headers, status=got.status_code)
    return got


@pytest.mark.parametrize(("path", "method", "mode"), list(asked()))
def test_an_operation_answers_as_its_document_says(
    world: SmallCountry, django_db_blocker: Any, path: str, method: str, mode: GenerationMode
) -> None:
    operation = SCHEMA[path][method]
    tokens = itertools.cycle(["", *world.tokens.values()])

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=8,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def answers(case: Any) -> None:
        token = next(tokens)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        with undone():
            case.validate_response(send(case, headers), checks=CHECKS)

    with django_db_blocker.unblock():
        answers()
