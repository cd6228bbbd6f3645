"""What is asked after the declaration, over the HTTP API with a bearer token: read, answered, completed."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.journeys.household import NOW, Family, settle
from tests.journeys.test_household_over_http import DRAFT, Machine, fill, submit
from tests.law.test_two_laws import write_law_of_2027

from sijil.domains.scoring import queries as scoring
from sijil.domains.social_register import queries as social
from sijil.journeys import household_registration as journey
from sijil.kernel import law
from sijil.kernel.dates import legal_day
from sijil.kernel.tests.shelves import copy_of_the_law, reading
from sijil.pages import clock

pytestmark = pytest.mark.django_db
ASKED = "/v1/my-household/completion"
SIX = dt.datetime(2029, 8, 18, 9, tzinfo=dt.UTC)  # the last child is six; the law of 2027 asks for tablets


@pytest.fixture
def family(monkeypatch) -> Family:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return settle()


@pytest.fixture
def machine(family, tmp_path, monkeypatch):
    """The head's program, on a day on which a question of the home and one of a child are open."""
    machine = Machine(family.head)
    machine.post(DRAFT)
    fill(machine, family)
    assert submit(machine).status_code == 201
    root = copy_of_the_law(tmp_path)
    with reading(root):
        write_law_of_2027(root, seal=False)
        law.current().forget()
        journey.rescore_all(day=legal_day(SIX), actor=journey.NIGHTLY, clock=lambda: SIX)
        monkeypatch.setattr(clock, "now", lambda: SIX)
        yield Machine(family.head)


def complete(machine, **changes):
    version = machine.client.get(ASKED).json().get("version", 0)
    body = {"version": version, "accept_law": True, "accept_info": True, **changes}
    return machine.post(f"{ASKED}/submission", body)


def answer_all(machine) -> None:
    machine.put(f"{ASKED}/answers", {"answers": {"tablets": "٢"}})
    machine.put(f"{ASKED}/members/5/answers", {"answers": {"schooling": "public"}})


def test_read_answered_completed(machine, family):
    asked = machine.client.get(ASKED).json()
    assert (asked["form_version"], asked["keeps_score"], asked["may_answer"]) == ("RSU-2027-1", True, True)
    assert [(p["place"], p["idcs"], p["age"], [q["id"] for q in p["questions"]]) for p in asked["parts"]] == [
        (0, "", None, ["tablets"]),
        (5, family.children[2], 6, ["schooling"]),
    ]
    assert [(p["field"], p["member"], p["code"]) for p in asked["problems"]] == [
        ("tablets", None, "social_register.answer_missing"),
        ("schooling", 5, "social_register.answer_missing"),
    ]
    answer_all(machine)
    asked = machine.client.get(ASKED).json()
    assert (asked["problems"], asked["version"]) == ([], 2)
    assert asked["parts"][0]["answers"]["tablets"]["value"] == "٢"

    made = complete(machine)
    assert made.status_code == 201, made.content
    code = social.find_household_of(family.head.key).code
    score = scoring.get_current_score(code)
    assert (made.json()["household_code"], made.json()["form_version"]) == (code, "RSU-2027-1")
    assert made.json()["score"] == str(score.points)
    assert (score.inputs["tablets"], score.due) == (2, ())
    assert machine.client.get(ASKED).json()["code"] == "social_register.nothing_asked"


def test_a_wrong_answer_is_kept_and_told_and_nothing_is_completed(machine, family):
    saved = machine.put(f"{ASKED}/answers", {"answers": {"tablets": 99}}).json()[0]
    assert saved["problem"]["code"] == "social_register.answer_out_of_bounds"
    refused = complete(machine)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "tablets")


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/answers", {"answers": {"rooms": 1}}, 422, "social_register.field_unknown"),
        ("/answers", {"answers": {"schooling": "public"}}, 422, "social_register.field_unknown"),
        ("/members/5/answers", {"answers": {"tablets": 1}}, 422, "social_register.field_unknown"),
        ("/members/0/answers", {"answers": {"tablets": 1}}, 404, "social_register.member_unknown"),
        ("/members/6/answers", {"answers": {"schooling": "public"}}, 404, "social_register.member_unknown"),
        ("/answers", {"answers": {"tablets": "9" * 30}}, 422, "social_register.answer_invalid"),
        ("/answers", {"answers": {"tablets": 1.5}}, 422, "api.fields_invalid"),
        ("/answers", {"answers": {"tablets": 1}, "extra": 1}, 422, "api.fields_invalid"),
        ("/answers", {"answers": {"tablets": 1}, "seen_at": "2029-01-01T10:00:00"}, 422,
         "social_register.answer_invalid"),
    ],
)  # fmt: skip
def test_refusals_are_problems(machine, path, body, status, code):
    answer = machine.put(ASKED + path, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"version": 0}, "social_register.draft_changed"),
        ({"accept_law": False}, "social_register.ticks_needed"),
        ({"accept_info": False}, "social_register.ticks_needed"),
    ],
)
def test_what_is_not_confirmed_is_not_completed(machine, changes, code):
    answer_all(machine)
    assert complete(machine, **changes).json()["code"] == code


def test_another_member_reads_who_answers_and_does_not(machine, family):
    wife = Machine(family.wife)
    assert wife.client.get(ASKED).json()["may_answer"] is False
    refused = [wife.put(f"{ASKED}/answers", {"answers": {"tablets": 1}}), complete(wife)]
    assert {(r.status_code, r.json()["code"]) for r in refused} == {(403, "kernel.role_refused")}


def test_without_a_token_without_a_household_and_before_anything_is_asked(client, family):
    assert client.get(ASKED).status_code == 401
    stranger = Machine(family.wife)
    assert stranger.client.get(ASKED).json()["code"] == "social_register.household_unknown"
    machine = Machine(family.head)
    machine.post(DRAFT)
    fill(machine, family)
    submit(machine)
    for refused in (machine.client.get(ASKED), complete(machine)):
        assert (refused.status_code, refused.json()["code"]) == (409, "social_register.nothing_asked")
