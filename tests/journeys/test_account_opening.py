"""The account journey, step by step: right data, wrong data, a forgotten password."""

from __future__ import annotations

import datetime as dt
import re
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sijil.domains.accounts import queries as accounts
from sijil.domains.accounts.services import sign_in
from sijil.domains.accounts.types import PASSWORDS, Purpose
from sijil.domains.notifications import queries as notifications
from sijil.domains.notifications.services import send_due
from sijil.domains.population_register.tests.samples import known
from sijil.domains.population_register.types import Identity, Sex
from sijil.journeys import account_opening as journey
from sijil.kernel.actors import PUBLIC
from sijil.kernel.dates import PartialDate
from sijil.kernel.errors import Refused
from sijil.kernel.ids import draw_idcs

NOW = dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC)
BIRTH = PartialDate(1984, 2, 3)
HERE = "196.200.1.1"
PHONE, EMAIL = "+212612345678", "aicha@example.ma"
PASSWORD = "le figuier du jardin"
pytestmark = pytest.mark.django_db


def later(minutes):
    return NOW + dt.timedelta(minutes=minutes)


def register(phone=PHONE, email=EMAIL):
    """Put a person into the register and make it verifiable."""
    identity = Identity(
        "بناني", "عائشة", "Bennani", "Aïcha", BIRTH, Sex.FEMALE, "04.421.01.0", phone=phone, email=email
    )
    return known(identity, NOW)


@pytest.fixture
def idcs():
    return register()


def start(idcs, purpose=Purpose.OPEN_ACCOUNT, birth=BIRTH, sex="F", at=NOW, address=HERE, language="fr"):
    return journey.start(
        purpose=purpose,
        idcs=idcs,
        birth=birth,
        sex=sex,
        language=language,
        address=address,
        actor=PUBLIC,
        now=at,
    )


def messages(to=PHONE, at=NOW):
    send_due(at)
    return [m.body for m in notifications.list_inbox(to=to)]


def read_code(to=PHONE, at=NOW):
    return re.search(r"\b\d{6}\b", messages(to, at)[0])[0]


def open_account(idcs, purpose=Purpose.OPEN_ACCOUNT, password=PASSWORD, at=NOW):
    started = start(idcs, purpose, at=at)
    grant = journey.confirm_code(
        challenge_id=started.challenge_id, code=read_code(at=at), address=HERE, actor=PUBLIC, now=at
    )
    return journey.set_password(grant=grant.token, password=password, language="fr", now=at)


def audited():
    with connection.cursor() as cursor:
        cursor.execute("SELECT action, subject, actor_kind, facts::text FROM audit_entry ORDER BY id")
        return [SimpleNamespace(action=a, subject=s, kind=k, facts=f) for a, s, k, f in cursor.fetchall()]


def test_idcs_birth_sex_code_password_account(idcs):
    signed = open_account(idcs)
    assert signed.login == idcs.key
    assert sign_in(login=idcs.key, password=PASSWORD, now=NOW).kind == "citizen"
    assert "votre compte est ouvert" in messages()[0]


def test_every_step_is_in_the_audit_without_identity(idcs):
    open_account(idcs)
    entries = audited()
    assert [e.action for e in entries] == ["account.code_asked", "account.code_confirmed", "account.opened"]
    assert {e.subject for e in entries} == {idcs.key}
    assert entries[-1].kind == "citizen"
    assert not any(PHONE in e.facts or PASSWORD in e.facts for e in entries)


@pytest.mark.parametrize(
    "wrong", [{"birth": PartialDate(1984, 2, 4)}, {"birth": PartialDate(1984)}, {"sex": "M"}]
)
def test_wrong_data_get_the_same_answer_and_no_message(idcs, wrong):
    answer, right = start(idcs, **wrong), start(idcs)
    assert (answer.expires_at, answer.resend_at) == (right.expires_at, right.resend_at)
    assert len(messages()) == 1


def test_an_unknown_number_gets_the_same_answer(idcs):
    answer, right = start(draw_idcs()), start(idcs)
    assert (answer.expires_at, answer.resend_at) == (right.expires_at, right.resend_at)
    assert {type(answer), type(right)} == {journey.Started}


def test_the_next_question_is_refused_alike_for_right_and_wrong_data(idcs):
    for person, birth in ((idcs, BIRTH), (idcs, PartialDate(1990)), (draw_idcs(), BIRTH)):
        start(person, birth=birth)
        with pytest.raises(Refused, match="code_too_soon"):
            start(person, birth=birth, at=later(1))


def test_a_wrong_attempt_is_in_the_audit_of_the_person(idcs):
    start(idcs, sex="M")
    assert [(e.action, e.subject) for e in audited()] == [("account.code_asked", idcs.key)]
    assert "nothing" in audited()[0].facts


@pytest.mark.parametrize(
    ("phone", "email", "to"), [("", EMAIL, EMAIL), ("+212522334455", EMAIL, EMAIL), (PHONE, "", PHONE)]
)
def test_without_a_mobile_phone_the_code_goes_by_email(phone, email, to):
    start(register(phone, email))
    assert read_code(to)


@pytest.mark.parametrize("phone", ["", "+212522334455"])
def test_without_any_contact_the_answer_is_the_same(phone):
    assert start(register(phone, "")).challenge_id
    assert notifications.count_by_state()["queued"] == 0


@pytest.mark.parametrize(
    ("language", "word"),
    [("ar", "رمز فتح حسابكم"), ("fr", "votre code"), ("zgh", "ⵜⴰⵏⴳⵉⵍⵜ"), ("en", "your code")],
)
def test_the_code_speaks_the_language_of_the_page(idcs, language, word):
    start(idcs, language=language)
    assert word in messages()[0]


def test_a_person_who_has_an_account_is_told_so_after_the_code_only(idcs):
    open_account(idcs)
    started = start(idcs, at=later(10))
    with pytest.raises(Refused, match="already_open"):
        journey.confirm_code(
            challenge_id=started.challenge_id,
            code=read_code(at=later(10)),
            address=HERE,
            actor=PUBLIC,
            now=later(10),
        )


def test_a_forgotten_password_is_replaced(idcs):
    open_account(idcs)
    open_account(idcs, Purpose.RESET_PASSWORD, "une autre phrase", at=later(10))
    assert sign_in(login=idcs.key, password="une autre phrase", now=later(11)).login == idcs.key
    assert "mot de passe a été changé" in messages(at=later(11))[0]
    assert audited()[-1].action == "account.password_reset"


def test_nobody_learns_that_there_is_no_account_to_reset(idcs):
    assert start(idcs, Purpose.RESET_PASSWORD).challenge_id
    assert messages() == []


def test_a_refused_password_keeps_the_grant_and_sends_nothing(idcs):
    started = start(idcs)
    grant = journey.confirm_code(
        challenge_id=started.challenge_id, code=read_code(), address=HERE, actor=PUBLIC, now=NOW
    ).token
    with pytest.raises(Refused, match="password_common"):
        journey.set_password(grant=grant, password="1234567890", language="fr", now=NOW)
    assert not accounts.has_account(idcs.key)
    assert len(messages()) == 1
    assert journey.set_password(grant=grant, password=PASSWORD, language="fr", now=NOW).login == idcs.key


def test_one_address_cannot_ask_for_many_people():
    for _ in range(60):
        start(draw_idcs())
    with pytest.raises(Refused, match="too_many_from_address"):
        start(draw_idcs())
    assert start(draw_idcs(), address="196.200.9.9")


def test_a_refusal_does_not_give_the_trial_of_the_address_back(idcs):
    start(idcs)
    for _ in range(59):
        with pytest.raises(Refused, match="code_too_soon"):
            start(idcs)
    with pytest.raises(Refused, match="too_many_from_address"):
        start(idcs)


def test_the_code_is_nowhere_in_clear(idcs):
    start(idcs)
    code = read_code()
    with connection.cursor() as cursor:
        for table in (
            "notifications_message",
            "notifications_demo_delivery",
            "procrastinate_jobs",
            "audit_entry",
        ):
            cursor.execute(f"SELECT coalesce(string_agg((to_jsonb(t) - 'id')::text, ' '), '') FROM {table} t")
            assert f'"{code}"' not in cursor.fetchone()[0]


# --- limits and equal work (security 7, 26, 30) -----------------------------------------------------------


def statements(ask):
    """Return what a call asks of the database, without its values."""
    with CaptureQueriesContext(connection) as found:
        ask()
    seen = [q["sql"] for q in found if "SAVEPOINT" not in q["sql"]]  # released or taken back: one each
    return [re.sub(r"'[^']*'| ?-?\d+", "?", sql).split("VALUES")[0].split("WHERE")[0] for sql in seen]


@pytest.mark.parametrize("purpose", PASSWORDS)
def test_right_wrong_and_unknown_data_ask_the_same_of_the_database(idcs, purpose):
    if purpose is Purpose.RESET_PASSWORD:
        open_account(idcs, at=later(-60))
    start(draw_idcs(), purpose)  # whatever is read once
    right = statements(lambda: start(idcs, purpose, at=later(1)))
    wrong = statements(lambda: start(idcs, purpose, birth=PartialDate(1984, 2, 4), at=later(2)))
    unknown = statements(lambda: start(draw_idcs(), purpose, at=later(3)))
    assert right == wrong == unknown


def test_a_year_only_person_gets_one_message_for_all_days_of_the_year():
    identity = Identity(
        "بناني", "عائشة", "Bennani", "Aïcha", PartialDate(1984), Sex.FEMALE, "04.421.01.0", phone=PHONE
    )
    number = known(identity, NOW)
    answers = [start(number, birth=PartialDate(1984, 2, day)) for day in range(1, 26)]
    assert len({(a.expires_at, a.resend_at) for a in answers}) == 1
    assert len(messages()) == 1


@pytest.mark.django_db(transaction=True)
def test_the_present_password_is_counted_where_another_is_chosen(idcs):
    account = open_account(idcs)
    change = {"account_id": account.id, "password": "une autre phrase", "language": "fr", "now": later(1)}
    change |= {"address": "192.0.2.7"}
    left = []
    for _ in range(5):
        with pytest.raises(Refused, match="sign_in_refused") as refused:
            journey.change_password(present="nope", **change)
        left.append(refused.value.facts["left"])
    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(Refused, match="sign_in_locked") as refused:
        journey.change_password(present=PASSWORD, **change)
    assert refused.value.field == "present"
    journey.change_password(present=PASSWORD, **change | {"now": later(20)})
