"""The verification service does what its document says: requests made of the document, answers held to it."""

import itertools

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

pytestmark = pytest.mark.django_db(transaction=True)
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
]  # fmt: skip
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


def test_every_operation_answers_as_the_document_says(http, address, token):
    document = http.get("/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for mode in MODES if "requestBody" in operation else MODES[:1]:
                check(schema[path][method], mode, address, token)


def check(operation, mode, address, token):
    bearers = itertools.cycle([f"Bearer {token}", "Bearer nobody", ""])

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=15, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def answers(case):
        bearer = next(bearers)
        headers = {"Authorization": bearer} if bearer else {}
        case.call_and_validate(base_url=address, headers=headers, checks=CHECKS)

    answers()
