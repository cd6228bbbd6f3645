"""One-time links and the second factor: used once, in time, and counted."""

import base64
import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest
from django.db import IntegrityError, connection, transaction

from sijil.domains.accounts import errors, rules, services
from sijil.domains.accounts.models import Account, OneTimeLink, StaffFile
from sijil.domains.accounts.tests.staff import (
    COMMAND,
    NOW,
    PASSWORD,
    active,
    ask,
    code,
    file_of,
    ready,
    with_telephone,
)
from sijil.domains.accounts.types import Wants
from sijil.kernel.errors import Refused

pytestmark = pytest.mark.django_db
MINUTE, STEP = dt.timedelta(minutes=1), dt.timedelta(seconds=30)


def refusal(use, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        use(*args, **kwargs)
    return refused.value


# --- links --------------------------------------------------------------------------------------------------


def use(token, at=NOW, password=PASSWORD):
    return services.use_link(token=token, password=password, now=at)


def test_a_link_is_good_for_an_hour():
    made = ask()
    assert made.expires_at == NOW + 60 * MINUTE
    assert refusal(use, made.token, NOW + 60 * MINUTE).error is errors.LINK_INVALID
    assert use(made.token, NOW + 59 * MINUTE).login == "n.tazi"


def test_a_link_of_a_wrong_clock_is_good_in_its_own_hour_alone():
    made = ask()
    assert refusal(use, made.token, NOW - 2 * MINUTE).error is errors.LINK_INVALID
    assert use(made.token, NOW - MINUTE).login == "n.tazi"


def test_a_link_is_good_once():
    made = ready()
    assert refusal(use, made.token).error is errors.LINK_INVALID
    assert refusal(services.check_link, token=made.token, now=NOW).error is errors.LINK_INVALID


@pytest.mark.django_db(transaction=True)
def test_a_link_opened_by_two_at_once_is_good_for_one(log):
    made = ask()

    def attempt(password):
        try:
            return use(made.token, password=password).login
        except Refused as refused:
            return refused.error
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(attempt, ["le figuier du jardin", "une autre phrase"]))
    assert sorted(found, key=str) == sorted(["n.tazi", errors.LINK_INVALID], key=str)


def test_looking_at_a_link_and_a_refused_password_leave_it_good():
    made = ask()
    assert services.check_link(token=made.token, now=NOW) == ("n.tazi", False)
    assert refusal(use, made.token, password="short").error is errors.PASSWORD_SHORT
    assert use(made.token).login == "n.tazi"


def test_a_link_is_kept_as_a_digest():
    made = ask()
    row = OneTimeLink.objects.values().get()
    assert len(row["tag"]) == 32
    assert made.token not in str(row)
    with pytest.raises(IntegrityError, match="one_is_good"), transaction.atomic():
        OneTimeLink.objects.create(account_id=row["account_id"], tag=b"x", made_at=NOW, expires_at=NOW)


def test_only_the_first_two_say_their_name():
    use(ask().token)
    assert services.sign_in(login="n.tazi", password=PASSWORD, now=NOW).name == "Nadia Tazi"
    Account.objects.filter(login="amal").update(is_active=False)
    made = services.found(actor=COMMAND, now=NOW)
    told = {"password": PASSWORD, "now": NOW}
    assert refusal(services.use_link, token=made[0].token, **told).error is errors.NAME_MISSING
    assert services.use_link(token=made[0].token, name=" Amal  Idrissi ", **told).name == "Amal Idrissi"


# --- the second factor --------------------------------------------------------------------------------------

RFC_6238 = [(59, "94287082"), (1111111109, "07081804"), (1234567890, "89005924"), (2000000000, "69279037")]


@pytest.mark.parametrize(("seconds", "digits"), RFC_6238)
def test_codes_are_those_of_rfc_6238(seconds, digits):
    secret = base64.b32encode(b"12345678901234567890").decode()
    at = dt.datetime.fromtimestamp(seconds, dt.UTC)
    assert rules.find_step(secret, digits[-6:], at) == seconds // 30


@pytest.mark.parametrize(("steps", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off(steps, is_taken):
    secret = rules.draw_secret()
    assert (rules.find_step(secret, code(secret, NOW + steps * STEP), NOW) is not None) is is_taken


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "é12345", "abcdef"])
def test_what_is_no_code_is_refused(typed):
    assert rules.find_step(rules.draw_secret(), typed, NOW) is None


def test_arabic_digits_and_spaces_are_read():
    secret = rules.draw_secret()
    shown = code(secret)
    arabic = shown.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert rules.find_step(secret, f"{arabic[:3]} {arabic[3:]}", NOW) == int(NOW.timestamp()) // 30


def who(at=NOW, login="n.tazi"):
    account = Account.objects.get(login=login)
    return {"account_id": account.pk, "round_": account.session_round, "now": at}


def test_a_telephone_is_added_by_its_first_code_and_then_asked_for():
    active()
    found = services.sign_in(login="n.tazi", password=PASSWORD, needs_factor=True, now=NOW)
    assert found.wants is Wants.FACTOR
    enrolment = services.begin_factor(**who())
    assert services.begin_factor(**who()) == enrolment
    assert enrolment.address.startswith("otpauth://totp/Sijil:n.tazi?secret=")
    signed, is_first = services.prove_factor(code=code(enrolment.secret), **who())
    assert (signed.wants, is_first) == (Wants.NOTHING, True)
    for needs in (True, False):
        found = services.sign_in(login="n.tazi", password=PASSWORD, needs_factor=needs, now=NOW)
        assert found.wants is Wants.CODE
    assert refusal(services.begin_factor, **who()).error is errors.SIGN_IN_REFUSED


def test_who_waits_for_activation_adds_the_telephone_before():
    ready()
    secret = services.begin_factor(**who()).secret
    signed, _ = services.prove_factor(code=code(secret), **who())
    assert signed.wants is Wants.ACTIVATION
    assert Account.objects.get(login="n.tazi").signed_in_at is None


def test_a_code_is_taken_once_and_none_before_it():
    active()
    secret = with_telephone()
    later = NOW + STEP
    assert refusal(services.prove_factor, code=code(secret), **who()).error is errors.FACTOR_WRONG
    services.prove_factor(code=code(secret, later), **who(later))
    for old in (NOW, later):
        found = refusal(services.prove_factor, code=code(secret, old), **who(later))
        assert found.error is errors.FACTOR_WRONG
    services.prove_factor(code=code(secret, later + STEP), **who(later + STEP))


@pytest.mark.django_db(transaction=True)
def test_one_code_sent_by_two_at_once_lets_in_one(log):
    active()
    secret = with_telephone()
    at = NOW + STEP

    def attempt(_):
        try:
            return services.prove_factor(code=code(secret, at), **who(at))[0].login
        except Refused as refused:
            return refused.error
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(attempt, range(2)))
    assert sorted(found, key=str) == sorted(["n.tazi", errors.FACTOR_WRONG], key=str)


def test_five_wrong_codes_then_a_pause_that_the_right_one_does_not_end():
    active()
    secret = with_telephone()
    at = NOW + STEP
    wrong = [refusal(services.prove_factor, code="000000", **who(at)) for _ in range(6)]
    assert [w.error for w in wrong] == [errors.FACTOR_WRONG] * 5 + [errors.FACTOR_LOCKED]
    assert [w.facts["left"] for w in wrong[:5]] == [4, 3, 2, 1, 0]
    assert refusal(services.prove_factor, code=code(secret, at), **who(at)).error is errors.FACTOR_LOCKED
    later = at + 16 * MINUTE
    assert services.prove_factor(code=code(secret, later), **who(later))[0].is_let_in


def test_signing_in_again_gives_no_more_codes_to_try():
    active()
    with_telephone()
    for _ in range(5):
        refusal(services.prove_factor, code="000000", **who())
    services.sign_in(login="n.tazi", password=PASSWORD, now=NOW)
    assert refusal(services.prove_factor, code="000000", **who()).error is errors.FACTOR_LOCKED


def test_what_was_proved_before_another_round_is_proved_no_more():
    active()
    secret = with_telephone()
    before = who(NOW + STEP)
    Account.objects.filter(login="n.tazi").update(session_round=before["round_"] + 1)
    found = refusal(services.prove_factor, code=code(secret, NOW + STEP), **before)
    assert found.error is errors.SIGN_IN_REFUSED


def test_the_secret_is_sealed_and_a_step_needs_one():
    active()
    secret = with_telephone()
    assert secret.encode() not in bytes(file_of().sealed)
    with pytest.raises(IntegrityError, match="step_of_a_secret"), transaction.atomic():
        StaffFile.objects.filter(pk=file_of().pk).update(sealed=b"")


def test_a_secret_has_160_bits():
    assert len(base64.b32decode(rules.draw_secret())) == 20
    assert pyotp.TOTP(rules.draw_secret()).interval == rules.FACTOR_SECONDS
