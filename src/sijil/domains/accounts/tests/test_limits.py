"""Limits protect the person, keep nobody out, and last no longer than they say when a clock was wrong."""

import datetime as dt

import pytest

from sijil.domains.accounts import errors, queries, services
from sijil.domains.accounts.models import Account, OtpChallenge
from sijil.domains.accounts.services import trial
from sijil.domains.accounts.services.password import keep_password
from sijil.domains.accounts.types import Purpose
from sijil.kernel.errors import Refused
from sijil.kernel.ids import draw_person_key

NOW = dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC)
AHEAD = NOW + dt.timedelta(days=400)
PASSWORD = "le figuier du jardin"
pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    key = draw_person_key()
    Account.objects.create(
        login=key, kind="citizen", password=keep_password(key, PASSWORD), created_at=NOW, password_set_at=NOW
    )
    return key


def sign_in(person, password=PASSWORD, address="196.200.1.1", at=NOW):
    return services.sign_in(login=person, password=password, address=address, now=at)


def refused(use, *args, **kwargs):
    with pytest.raises(Refused) as found:
        use(*args, **kwargs)
    return found.value


def ask(person, claim, at=NOW, purpose=Purpose.OPEN_ACCOUNT):
    return services.start_challenge(purpose=purpose, subject=person, claim=claim, is_known=True, now=at)


# --- codes per person (security 7) --------------------------------------------------------------------------


def test_every_day_of_a_year_gives_one_code_in_three_minutes(person):
    given = [ask(person, f"day {n}") for n in range(25)]
    assert [c.code is not None for c in given] == [True] + [False] * 24
    assert len({(c.expires_at, c.resend_at) for c in given}) == 1
    assert OtpChallenge.objects.exclude(code_tag=b"").count() == 1


def test_a_person_gets_ten_codes_a_day_whatever_is_declared(person):
    at = [NOW + dt.timedelta(minutes=3 * n) for n in range(40)]
    given = [ask(person, f"day {n}", at=moment) for n, moment in enumerate(at)]
    assert sum(c.code is not None for c in given) == 10
    assert ask(person, "day 0", at=NOW + dt.timedelta(days=1, minutes=30)).code


def test_another_person_is_sent_a_code_meanwhile(person):
    ask(person, "day 1")
    assert ask(draw_person_key(), "day 1 of another").code


# --- the owner is not kept out (27), the present password is counted (26) -----------------------------------


def test_who_knows_a_number_does_not_keep_its_owner_out(person):
    for _ in range(7):
        refused(sign_in, person, "nope", address="41.140.1.1")
    assert refused(sign_in, person, address="41.140.1.1").error is errors.SIGN_IN_LOCKED
    assert sign_in(person).login == person


def test_many_addresses_together_have_one_trial_each_and_the_owner_comes_in(person, monkeypatch):
    limit = trial.rules.limit
    monkeypatch.setattr(trial.rules, "limit", lambda n, now: 8 if n == "login_trials" else limit(n, now))
    for n in range(9):
        refused(sign_in, person, "nope", address=f"41.140.1.{n}")
    assert refused(sign_in, person, "nope", address="41.140.2.1").error is errors.SIGN_IN_REFUSED
    assert refused(sign_in, person, "nope", address="41.140.2.1").error is errors.SIGN_IN_LOCKED
    assert sign_in(person).login == person


def test_a_new_password_ends_the_pause_of_every_address(person):
    for _ in range(7):
        refused(sign_in, person, "nope")
    grant = services.confirm_code(challenge_id=(c := ask(person, "x", purpose=Purpose.RESET_PASSWORD)).id,
                                  code=c.code, now=NOW)  # fmt: skip
    services.set_password(grant=grant.token, password="une autre phrase", idcs_of=lambda _: "1", now=NOW)
    assert sign_in(person, "une autre phrase").login == person


def test_the_present_password_is_guessed_five_times(person):
    assert [services.count_present(person, NOW) for _ in range(5)] == [4, 3, 2, 1, 0]
    found = refused(services.count_present, person, NOW)
    assert (found.error, found.field) == (errors.SIGN_IN_LOCKED, "present")
    assert services.count_present(person, NOW + dt.timedelta(minutes=16)) == 4


# --- a clock that was wrong (25) ----------------------------------------------------------------------------


def test_wrong_passwords_of_a_wrong_clock_lock_nobody_afterwards(person):
    for _ in range(7):
        refused(sign_in, person, "nope", at=AHEAD)
    assert sign_in(person).login == person


def test_a_pause_holds_while_clocks_differ_by_seconds(person):
    for _ in range(7):
        refused(sign_in, person, "nope", at=NOW + dt.timedelta(seconds=20))
    assert refused(sign_in, person).error is errors.SIGN_IN_LOCKED


def test_a_code_asked_under_a_wrong_clock_stops_no_other_and_opens_nothing(person):
    early = ask(person, "claim", at=AHEAD)
    assert ask(person, "claim").code
    found = refused(services.confirm_code, challenge_id=early.id, code=early.code, now=NOW)
    assert found.error is errors.CODE_SPENT


def test_a_token_of_a_wrong_clock_opens_nothing_before_its_own_hours(person):
    given = services.create_token(account=sign_in(person), now=AHEAD).token
    with pytest.raises(Refused) as found:
        queries.get_token_account(given, now=NOW)
    assert found.value.error is errors.TOKEN_INVALID
    assert queries.get_token_account(given, now=AHEAD - dt.timedelta(seconds=50)).login == person


def test_a_grant_of_a_wrong_clock_sets_no_password(person):
    early = ask(person, "claim", at=AHEAD)
    grant = services.confirm_code(challenge_id=early.id, code=early.code, now=AHEAD)
    found = refused(
        services.set_password, grant=grant.token, password="un figuier", idcs_of=lambda key: "", now=NOW
    )
    assert found.error is errors.GRANT_INVALID
