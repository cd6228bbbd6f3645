"""The household journey over the HTTP API with a bearer token: given, when, then."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from tests.journeys.household import AT_HOME, CHILDREN, KHADIJA, NOW, SCHOOL, WORKER, Family, place_of, settle

from sijil.domains.accounts.queries import show_account
from sijil.domains.accounts.services.token import create_token
from sijil.domains.population_register.tests.samples import Idcs
from sijil.domains.social_register import queries as social
from sijil.kernel.ids import draw_idcs
from sijil.pages import clock

pytestmark = pytest.mark.django_db
DRAFT = "/v1/my-household/draft"
URBAN = {
    "rooms": 2,
    "bath": True,
    "garage": False,
    "second_home": 0,
    "business_premises": 0,
    "electricity_meter": 1,
    "electricity_bills": [110, "90,00"],
    "water_bills": [100],
    "butane_big": 0,
    "butane_small": 0,
    "computer": 0,
    "dish_antenna": 1,
    "fixed_line": 0,
    "mobiles": 2,
    "cars": 0,
    "motorcycles": 0,
    "telecom_bills": "100",
    "loan": 0,
}


class Machine:
    """A program that holds a person's token."""

    def __init__(self, idcs: Idcs) -> None:
        facts = {"kind": "citizen", "roles": [], "created_at": NOW, "password": "!"}
        account, _ = get_user_model().objects.get_or_create(login=idcs.key, defaults=facts)
        token = create_token(account=show_account(account), now=clock.now()).token
        self.client = Client(headers={"authorization": f"Bearer {token}"})

    def call(self, method: str, path: str, body=None):
        return self.client.generic(method, path, _json(body), content_type="application/json")

    def post(self, path, body=None):
        return self.call("POST", path, body)

    def put(self, path, body=None):
        return self.call("PUT", path, body)


def _json(body) -> str:
    import json

    return "" if body is None else json.dumps(body)


@pytest.fixture
def family() -> Family:
    return settle()


@pytest.fixture
def machine(family: Family) -> Machine:
    machine = Machine(family.head)
    machine.post(DRAFT)
    return machine


def put_member(machine, idcs, answers):
    return machine.put(f"{DRAFT}/members/{place_of(idcs)}/answers", {"answers": answers})


def fill(machine, family):
    put_member(machine, family.head, {"relation": "head", **WORKER})
    people = [(family.wife, KHADIJA, {"relation": "spouse", **AT_HOME})]
    people += [
        (idcs, child, {"relation": "child", **answers})
        for idcs, child, answers in zip(family.children, CHILDREN, SCHOOL, strict=True)
    ]
    for idcs, identity, answers in people:
        machine.post(f"{DRAFT}/members", {"idcs": idcs, "birth": str(identity.birth)})
        put_member(machine, idcs, answers)
    machine.put(f"{DRAFT}/answers", {"answers": URBAN})


def submit(machine, **changes):
    version = machine.client.get(DRAFT).json()["version"]
    return machine.post(
        f"{DRAFT}/submission", {"version": version, "accept_law": True, "accept_info": True, **changes}
    )


def test_the_form_is_public_data(client):
    form = client.get("/v1/household-form").json()
    fields = {f["id"]: f for f in form["fields"]}
    assert fields["rooms"]["bounds"]["urban"] == {"minimum": 1, "maximum": 20}
    assert fields["water_bills"]["feeds"] == ["water_electricity_year"]
    assert set(fields["relation"]["labels"]) == {"ar", "fr", "zgh", "en"}
    assert fields["occupation"]["condition"]["when"] == {"activity": ["employed"]}


def test_from_a_draft_to_a_score_that_adds_up(machine, family):
    fill(machine, family)
    receipt = submit(machine)
    assert receipt.status_code == 201, receipt.content
    assert (receipt.json()["state"], receipt.json()["household_state"]) == ("processed", "active")
    assert receipt.json()["members"] == len(family.all)

    score = machine.client.get("/v1/my-household/score?language=fr").json()
    assert score["score"] == score["shown"] == receipt.json()["score"]
    terms = [Decimal(t["contribution"]) for g in score["groups"] for t in g["terms"]]
    assert sum(terms) == Decimal(score["score"])
    outcomes = {e["programme"]: e["outcome"] for e in score["eligibilities"]}
    assert outcomes == {"asd": "eligible", "amo_tadamon": "not_eligible"}


def test_the_same_answers_give_the_same_score_as_on_the_pages(machine, family):
    fill(machine, family)
    assert submit(machine).json()["score"] == "9.3814775"


def test_where_the_person_stands(machine, family):
    assert machine.client.get("/v1/my-household").json()["has_draft"] is True
    fill(machine, family)
    submit(machine)
    mine = machine.client.get("/v1/my-household").json()
    assert (mine["has_draft"], mine["household_state"], len(mine["members"])) == (False, "active", 5)
    assert machine.client.get("/v1/my-household/receipt").content.startswith(b"%PDF")


def test_a_wrong_answer_is_kept_and_told(machine):
    saved = machine.put(f"{DRAFT}/answers", {"answers": {"rooms": 99}}).json()[0]
    assert saved["problem"]["code"] == "social_register.answer_out_of_bounds"
    draft = machine.client.get(DRAFT).json()
    assert draft["answers"]["rooms"]["value"] == "99"
    assert "rooms" in {p["field"] for p in draft["problems"]}


def test_a_newer_answer_of_another_device_stands(machine):
    seen = machine.put(f"{DRAFT}/answers", {"answers": {"bath": 1}}).json()[0]["saved_at"]
    machine.put(f"{DRAFT}/answers", {"answers": {"rooms": 4}})
    saved = machine.put(f"{DRAFT}/answers", {"answers": {"rooms": 5}, "seen_at": seen}).json()[0]
    assert (saved["kept_other"], saved["value"]) == (True, "4")


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("PUT", "/answers", {"answers": {"colour": 1}}, 422, "social_register.field_unknown"),
        (
            "PUT",
            "/members/77/answers",
            {"answers": {"relation": "child"}},
            404,
            "social_register.member_unknown",
        ),
        ("DELETE", "/members/77", None, 404, "social_register.member_unknown"),
        (
            "POST",
            "/members",
            {"idcs": "6175865813", "birth": "1990"},
            422,
            "social_register.person_not_confirmed",
        ),
        ("POST", "/members", {"idcs": "1", "birth": "x"}, 422, "kernel.idcs_invalid"),
        ("PUT", "/place", {"commune_code": "99"}, 422, "geography.place_unknown"),
        ("PUT", "/answers", {"answers": {"rooms": 1.5}}, 422, "api.fields_invalid"),
        (
            "PUT",
            "/answers",
            {"answers": {"rooms": 1}, "seen_at": "2026-01-01T10:00:00"},
            422,
            "social_register.answer_invalid",
        ),
    ],
)
def test_refusals_are_problems(machine, method, path, body, status, code):
    answer = machine.call(method, DRAFT + path, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"].startswith("application/problem+json")


def test_an_incomplete_draft_names_the_field(machine):
    refused = submit(machine)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "relation")


def test_a_version_not_read_is_refused(machine, family):
    fill(machine, family)
    assert submit(machine, version=0).json()["code"] == "social_register.draft_changed"
    assert social.find_household_of(family.head.key) is None


def test_guessing_is_slowed_down(machine):
    tries = [
        machine.post(f"{DRAFT}/members", {"idcs": draw_idcs(), "birth": "1990"}).status_code
        for _ in range(13)
    ]
    assert tries == [422] * 12 + [429]


def test_a_member_and_a_draft_can_be_deleted(machine, family):
    machine.post(f"{DRAFT}/members", {"idcs": family.wife, "birth": str(KHADIJA.birth)})
    assert machine.call("DELETE", f"{DRAFT}/members/{place_of(family.wife)}").status_code == 204
    assert machine.call("DELETE", DRAFT).status_code == 204
    assert machine.client.get(DRAFT).status_code == 404


@pytest.mark.parametrize(
    "path", ["/v1/my-household", DRAFT, "/v1/my-household/score", "/v1/my-household/receipt"]
)
def test_a_token_is_needed(client, path):
    assert client.get(path).status_code == 401


def test_nothing_yet_is_a_404(family):
    stranger = Machine(family.wife)
    for path in (DRAFT, "/v1/my-household/score", "/v1/my-household/receipt"):
        assert stranger.client.get(path).status_code == 404
