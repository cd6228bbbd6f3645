"""Witnesses over HTTP: named, signing with a card or by a code, taken off; by an officer of the centre."""

import dataclasses
import re
from uuid import uuid4

import pytest

from sijil.api.tests.test_person import Caller, country, elsewhere, officer
from sijil.domains.notifications.models import Message
from sijil.domains.notifications.queries import words_of
from sijil.domains.population_register.models import Attestation
from sijil.domains.population_register.tests.samples import FATIMA, known, submitted
from sijil.kernel.casework.files import kept_notices

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]
__all__ = ["country", "elsewhere", "officer"]


@pytest.fixture
def file():
    with kept_notices():
        bare = dataclasses.replace(FATIMA, phone="+212612300001", paper_kind="witnesses", paper_number="")
        return f"/files/{submitted(bare)}/witnesses"


def test_a_witness_is_named_shown_and_signs_with_the_card(officer, file):
    made = officer.post(file, {"idcs": known()})
    assert made.status_code == 201
    [one] = officer.get(file).json()
    assert (one["id"], one["signed_at"], one["way"]) == (made.json()["id"], None, "")
    wrong = officer.post(f"{file}/{one['id']}/attestation", {"card": "ZZ1"})
    assert wrong.json()["code"] == "population_register.witness_card_differs"
    assert officer.post(f"{file}/{one['id']}/attestation", {"card": "AB123456"}).status_code == 204
    assert officer.get(file).json()[0]["way"] == "counter"


def test_a_witness_signs_by_the_code_and_is_taken_off(officer, file):
    one = officer.post(file, {"idcs": known()}).json()["id"]
    challenge = officer.post(f"{file}/{one}/code").json()["id"]
    code = re.search(r"\d{6}", words_of(Message.objects.get(template="otp_attest"))["body"]).group()
    assert (
        officer.post(f"{file}/{one}/attestation", {"challenge": challenge, "code": code}).status_code == 204
    )
    assert Attestation.objects.get().way == "code"
    assert officer.client.delete(f"/v1{file}/{one}").status_code == 204
    assert officer.get(file).json() == []


@pytest.mark.parametrize("who", ["elsewhere", "nobody"])
def test_nobody_else_names_or_signs(who, file, request):
    caller = request.getfixturevalue(who) if who != "nobody" else Caller()
    status = 403 if who != "nobody" else 401
    answers = (
        caller.get(file),
        caller.post(file, {"idcs": known()}),
        caller.post(f"{file}/{uuid4()}/code"),
        caller.post(f"{file}/{uuid4()}/attestation", {"card": "AB123456"}),
        caller.client.delete(f"/v1{file}/{uuid4()}"),
    )
    assert {answer.status_code for answer in answers} == {status}
