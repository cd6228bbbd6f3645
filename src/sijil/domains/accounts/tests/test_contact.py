"""A contact proved by a code: for that contact alone, for a while, and never a way to a password."""

import datetime as dt

import pytest

from sijil.domains.accounts import errors, services
from sijil.domains.accounts.models import OtpChallenge
from sijil.domains.accounts.types import Purpose
from sijil.kernel.errors import Refused
from sijil.kernel.ids import draw_person_key

NOW = dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC)
PHONE, OTHER = "+212612345678", "+212698765432"
pytestmark = pytest.mark.django_db


def at(minutes):
    return NOW + dt.timedelta(minutes=minutes)


def ask(contact=PHONE, now=NOW, purpose=Purpose.CONFIRM_CONTACT):
    subject = services.contact_tag(contact) if purpose is Purpose.CONFIRM_CONTACT else draw_person_key()
    return services.start_challenge(purpose=purpose, subject=subject, claim=contact, is_known=True, now=now)


def proved(contact=PHONE, now=NOW):
    asked = ask(contact, now)
    return services.confirm_contact(challenge_id=asked.id, code=asked.code, now=now).token


def require(token, contact=PHONE, now=NOW):
    services.require_proof(token, contact=contact, now=now)


def refused(use, *args, **kwargs):
    with pytest.raises(Refused) as found:
        use(*args, **kwargs)
    return found.value.error


def test_one_proof_serves_a_family_for_two_hours():
    token = proved()
    for minute in (0, 20, 119):
        require(token, now=at(minute))
    assert refused(require, token, now=at(120)) is errors.CONTACT_UNPROVED


@pytest.mark.parametrize(("contact", "field"), [(OTHER, "phone"), ("a@example.ma", "email")])
def test_a_proof_is_of_one_contact(contact, field):
    with pytest.raises(Refused) as found:
        require(proved(), contact)
    assert (found.value.error, found.value.field) == (errors.CONTACT_UNPROVED, field)


@pytest.mark.parametrize("token", ["", "x", "é" * 50])
def test_an_invented_proof_proves_nothing(token):
    proved()
    assert refused(require, token) is errors.CONTACT_UNPROVED


def test_a_proof_of_a_wrong_clock_proves_nothing():
    assert refused(require, proved(now=at(60 * 24 * 400))) is errors.CONTACT_UNPROVED


def test_the_code_is_right_once_and_five_wrong_ones_spend_it():
    asked, wrong = ask(), lambda code: "000000" if code != "000000" else "111111"
    for _ in range(5):
        given = {"challenge_id": asked.id, "code": wrong(asked.code), "now": NOW}
        assert refused(services.confirm_contact, **given) is errors.CODE_WRONG
    right = {"challenge_id": asked.id, "code": asked.code, "now": NOW}
    assert refused(services.confirm_contact, **right) is errors.CODE_SPENT
    again = ask(now=at(3))
    right = {"challenge_id": again.id, "code": again.code, "now": at(3)}
    assert services.confirm_contact(**right).expires_at == at(123)
    assert refused(services.confirm_contact, **right) is errors.CODE_SPENT


def test_a_contact_is_sent_a_code_in_three_minutes_and_ten_a_day():
    for n in range(10):
        ask(now=at(3 * n))
        assert refused(ask, now=at(3 * n + 2)) is errors.CODE_TOO_SOON if n < 9 else True
    assert refused(ask, now=at(60)) is errors.CODE_TOO_MANY
    assert ask(OTHER, now=at(60)).code


# --- crossings: a code of one purpose opens no door of another ----------------------------------------------


def test_the_code_of_a_contact_is_no_code_for_a_password():
    asked = ask()
    given = {"challenge_id": asked.id, "code": asked.code, "now": NOW}
    assert refused(services.confirm_code, **given) is errors.CODE_SPENT
    assert OtpChallenge.objects.get().attempts == 0
    assert services.confirm_contact(**given)


@pytest.mark.parametrize("purpose", [Purpose.OPEN_ACCOUNT, Purpose.RESET_PASSWORD])
def test_the_code_for_a_password_confirms_no_contact(purpose):
    asked = ask(purpose=purpose)
    given = {"challenge_id": asked.id, "code": asked.code, "now": NOW}
    assert refused(services.confirm_contact, **given) is errors.CODE_SPENT
    assert services.confirm_code(**given).purpose is purpose


def test_the_proof_of_a_contact_is_no_grant_for_a_password():
    given = {"password": "le figuier du jardin", "idcs_of": lambda _: "1", "now": NOW}
    assert refused(services.set_password, grant=proved(), **given) is errors.GRANT_INVALID


@pytest.mark.parametrize("purpose", [Purpose.OPEN_ACCOUNT, Purpose.RESET_PASSWORD])
def test_a_grant_for_a_password_proves_no_contact(purpose):
    asked = ask(purpose=purpose)
    grant = services.confirm_code(challenge_id=asked.id, code=asked.code, now=NOW)
    assert refused(require, grant.token) is errors.CONTACT_UNPROVED


def test_the_contact_stands_nowhere_in_the_row():
    ask()
    assert PHONE not in str(OtpChallenge.objects.values().get())
