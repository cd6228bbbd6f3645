"""Asking a running verify process: answers, entries, and every refusal."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from django.conf import settings
from django.db import connection

from sijil.domains.audit.queries import list_consultations
from sijil.domains.partners.adapters.access_tokens import AccessTokens
from sijil.domains.partners.rules import hash_secret, mark_of
from sijil.domains.partners.services import register_partner, suspend_partner
from sijil.domains.verification.rules import number_tag
from sijil.domains.verification.services import close_subject
from sijil.kernel.ids import draw_idcs
from sijil.kernel.sealing import keyring
from sijil.verify.tests.conftest import CREDIT, WHO

pytestmark = pytest.mark.django_db(transaction=True)


# Cases of one test share a database: emptying it between them would take far longer than asking.
CLAIMS = [
    ({}, "match"),
    ({"sex": "M"}, "no_match"),
    ({"birth_date": "1987-03-15"}, "no_match"),
    ({"birth_date": "1987-03"}, "no_match"),
    ({"birth_date": "1987"}, "no_match"),
    ({"idcs": draw_idcs()}, "no_match"),
]
WRONG = [
    ({"idcs": "2574081630"}, "idcs"), ({"idcs": ""}, "idcs"), ({"idcs": 2574081639}, "idcs"),
    ({"idcs": None}, "idcs"),
    ({"birth_date": "1987-02-30"}, "birth_date"), ({"birth_date": "14/03/1987"}, "birth_date"),
    ({"birth_date": 1987}, "birth_date"),
    ({"sex": "f"}, "sex"), ({"sex": 1}, "sex"), ({"purpose": ["credit"]}, "purpose"), ({"name": "x"}, "name"),
]  # fmt: skip
TWICE = (
    b'{"idcs":"2574081639","birth_date":"1987-03-14","sex":"F","purpose":"credit","\\u0069dcs":"2574081639"}'
)
NO_QUESTION = [TWICE, b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"idcs":', b"[" * 3000]
NO_TOKEN = [None, "", "Bearer", "Bearer  x", "Bearer x.y.z", "Basic eDp5", "bearer é".encode()]


def test_the_answer_is_yes_or_no(ask):
    for changes, result in CLAIMS:
        answer = ask(**changes)
        assert (answer.status_code, answer.json()["result"]) == (200, result), changes
        assert answer.headers["cache-control"] == "no-store"


def test_an_entry_is_in_the_log_before_the_answer(ask, idcs):
    answer = ask().json()
    (entry,) = list_consultations(idcs.key)
    assert str(entry.id) == answer["id"]
    assert (entry.actor_kind, entry.actor_id, entry.actor_label) == ("partner", "bank-atlas", "Banque Atlas")
    assert (entry.action, entry.purpose, entry.facts) == ("verification.asked", "credit", {"result": "match"})
    assert abs(entry.at - dt.datetime.fromisoformat(answer["at"])) < dt.timedelta(milliseconds=1)


def test_an_unknown_number_is_answered_and_logged_like_a_mismatch(ask, idcs):
    stranger = draw_idcs()
    unknown, mismatch = ask(idcs=stranger), ask(sex="M")
    assert (unknown.status_code, set(unknown.headers)) == (mismatch.status_code, set(mismatch.headers))
    assert list(unknown.json()) == list(mismatch.json()) == ["result", "id", "at"]
    assert len(unknown.content) == len(mismatch.content)
    first, second = list_consultations(tag(stranger))[0], list_consultations(idcs.key)[0]
    assert (first.facts, first.action, first.purpose) == (second.facts, second.action, second.purpose)


def test_a_closed_person_is_answered_like_a_mismatch(ask, idcs):
    close_subject(person=idcs.key, **WHO)
    assert ask().json()["result"] == "no_match"


def test_a_wrong_field_is_named_and_nothing_is_logged(ask, idcs):
    for changes, field in WRONG:
        answer = ask(**changes)
        problem = answer.json()
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), (
            changes
        )
        assert problem["type"] == "urn:sijil:problem:" + problem["code"]
        assert [error["field"] for error in problem["errors"]] == [field], changes
    assert list_consultations(idcs.key) == []


def test_a_body_that_is_no_question_is_refused(ask):
    for content in NO_QUESTION:
        answer = ask(content=content)
        assert (answer.status_code, answer.json()["code"]) == (422, "verify.body_invalid"), content
        assert answer.json()["errors"][0]["field"] == "body"


def test_a_missing_field_is_named(http, token):
    for missing in ("idcs", "birth_date", "sex", "purpose"):
        body = {"idcs": draw_idcs(), "birth_date": "1987", "sex": "F", "purpose": "credit"}
        del body[missing]
        answer = http.post("/v1/verifications", json=body, headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, missing)


def test_a_large_body_is_refused(ask):
    answer = ask(content=b"{" + b" " * 5000 + b"}")
    assert (answer.status_code, answer.json()["code"]) == (413, "verify.body_too_large")


def test_a_purpose_not_agreed_is_refused(ask):
    answer = ask(purpose="curiosity")
    assert (answer.status_code, answer.json()["code"]) == (403, "verify.purpose_refused")
    assert answer.json()["errors"][0]["field"] == "purpose"


def test_without_a_valid_token_nobody_asks(http):
    for header in NO_TOKEN:
        answer = http.post(
            "/v1/verifications", json={}, headers={} if header is None else {"Authorization": header}
        )
        assert (answer.status_code, answer.json()["code"]) == (401, "partners.token_invalid"), header
        assert answer.headers["www-authenticate"].startswith("Bearer")


def tag(idcs):
    return f"asked:{number_tag(keyring(), idcs).hex()}"


def issue(partner, scopes=("verification",), *, folder=None, age=0):
    keys = AccessTokens(folder or settings.HOME / "keys" / "access-tokens")
    mark = mark_of(hash_secret(partner.secret))
    at = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=age)
    return keys.issue(partner.client_id, scopes, mark=mark, now=at)


def test_an_expired_token_is_refused(ask, partner):
    assert ask(bearer=issue(partner, age=601)).status_code == 401


def test_a_token_of_another_installation_is_refused(ask, partner, tmp_path):
    assert ask(bearer=issue(partner, folder=tmp_path / "keys")).status_code == 401


def test_a_token_of_a_partner_that_is_gone_is_refused(ask, partner):
    stranger = type(partner)("x", "client-nobody", "")
    assert ask(bearer=issue(stranger)).status_code == 401


def test_a_token_without_the_scope_is_refused(ask, partner):
    answer = ask(bearer=issue(partner, scopes=()))
    assert (answer.status_code, answer.json()["code"]) == (403, "verify.scope_missing")


def test_a_suspended_partner_is_refused_with_the_token_it_holds(ask, idcs):
    assert ask().status_code == 200
    suspend_partner(code="bank-atlas", **WHO)
    deadline = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=5)
    while (answer := ask()).status_code == 200 and dt.datetime.now(dt.UTC) < deadline:
        pass
    assert (answer.status_code, answer.json()["code"]) == (403, "verify.partner_suspended")


def test_more_than_agreed_is_refused_until_later(http, idcs, transactional_db):
    slow = register_partner(
        code="slow", name_ar="ب", name_fr="S", scopes=["verification"], purposes=[CREDIT], rate_limit=2, **WHO
    )
    form = {"grant_type": "client_credentials", "client_id": slow.client_id, "client_secret": slow.secret}
    bearer = http.post("/oauth2/token", data=form).json()["access_token"]
    body = {"idcs": idcs, "birth_date": "1987", "sex": "F", "purpose": "credit"}
    answers = [
        http.post("/v1/verifications", json=body, headers={"Authorization": f"Bearer {bearer}"})
        for _ in range(6)
    ]
    assert [a.status_code for a in answers[:2]] == [200, 200]
    late = next(a for a in answers if a.status_code == 429)
    assert (late.json()["code"], late.headers["retry-after"]) == ("verify.rate_exceeded", "1")


def test_a_birthday_is_not_found_and_the_next_person_is_answered(ask):
    days = [dt.date(1987, 5, 1) + dt.timedelta(days=n) for n in range(13)]
    answers = [ask(birth_date=day.isoformat()) for day in days]
    assert [a.status_code for a in answers] == [200] * 10 + [429] * 3
    refused = answers[-1]
    assert (refused.json()["code"], refused.headers["retry-after"]) == ("verify.wrong_too_often", "600")
    assert ask().status_code == 429  # the right day is no way to learn that it is right
    stranger = draw_idcs()
    strange = [ask(idcs=stranger, birth_date=day.isoformat()) for day in days]
    assert [a.status_code for a in strange] == [200] * 10 + [429] * 3


def test_many_at_once_share_commits_and_each_gets_its_own_answer(address, token, idcs):
    strangers = [draw_idcs() for _ in range(240)]

    def ask(n):
        body = {
            "idcs": idcs if n % 2 else strangers[n],
            "birth_date": "1987-03-14",
            "sex": "F",
            "purpose": "credit",
        }
        answer = client.post("/v1/verifications", json=body, headers={"Authorization": f"Bearer {token}"})
        return answer.json()["result"] == ("match" if n % 2 else "no_match")

    with (
        httpx.Client(base_url=address, timeout=20) as client,
        ThreadPoolExecutor(8) as pool,
    ):  # fewer than may be wrong
        assert all(pool.map(ask, range(240)))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(DISTINCT xid) FROM audit_entry WHERE action = 'verification.asked'"
        )
        entries, commits = cursor.fetchone()
    assert entries == 240
    assert commits < 240
