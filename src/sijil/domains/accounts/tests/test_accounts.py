"""Accounts, passwords, sign-in, tokens."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth import hashers
from django.db import IntegrityError, connection, transaction

from sijil.domains.accounts import errors, queries, services
from sijil.domains.accounts.models import Account, ApiToken
from sijil.domains.accounts.rules import actor_of
from sijil.domains.accounts.services.password import keep_password
from sijil.domains.accounts.services.trial import forget_before
from sijil.domains.accounts.types import AccountKind
from sijil.kernel import actors
from sijil.kernel.errors import Refused
from sijil.kernel.ids import draw_person_key

NOW = dt.datetime(2026, 11, 3, 9, 0, tzinfo=dt.UTC)
PASSWORD = "le figuier du jardin"
HERE = "196.200.1.1"


def minutes(count):
    return NOW + dt.timedelta(minutes=count)


def officer(**changes):
    facts = {
        "login": "s.alami",
        "name": "Salma Alami",
        "password": PASSWORD,
        "roles": ["csc_officer"],
        "now": NOW,
    }
    return services.create_staff(**{"centre_code": "C-204"} | facts | changes)


def sign_in(password=PASSWORD, login="s.alami", at=NOW, address=HERE):
    return services.sign_in(login=login, password=password, address=address, now=at)


def refusal(*args, **kwargs):
    with pytest.raises(Refused) as refused:
        sign_in(*args, **kwargs)
    return refused.value


@pytest.mark.django_db
def test_an_officer_signs_in():
    key = officer()
    signed = sign_in(login=" S.Alami ")
    assert (signed.id, signed.kind, signed.roles, signed.name) == (
        key,
        AccountKind.STAFF,
        ("csc_officer",),
        "Salma Alami",
    )
    assert Account.objects.get().signed_in_at == NOW


@pytest.mark.django_db
def test_an_officer_acts_with_centre_area_and_roles():
    officer(area="04.421")
    actor = actor_of(sign_in())
    assert actor == actors.officer("s.alami", centre="C-204", area="04.421", roles=["csc_officer"])
    assert actor.label == "s.alami"
    assert actor_of(Account.objects.get()) == actor


@pytest.mark.django_db
@pytest.mark.parametrize("column", ["centre_code", "area"])
def test_a_citizen_has_neither_centre_nor_area(column):
    account = Account(login=draw_person_key(), kind="citizen", created_at=NOW, **{column: "04"})
    with pytest.raises(IntegrityError, match="citizen_is_a_person"):
        account.save()


@pytest.mark.django_db
def test_the_name_of_an_officer_is_sealed():
    officer()
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM accounts_account t")
        assert "Salma" not in cursor.fetchone()[0]


@pytest.mark.django_db
@pytest.mark.usefixtures("real_hashes")
def test_a_password_is_kept_as_argon2id_with_the_cost_chosen():
    officer()
    assert "argon2id$v=19$m=19456,t=2,p=1$" in Account.objects.get().password
    assert sign_in().login == "s.alami"


@pytest.mark.django_db
def test_a_login_is_taken_once():
    officer()
    with pytest.raises(Refused, match="login_taken"):
        officer(name="Another")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes", [{"password": "court"}, {"password": "password123"}, {"roles": ["king"]}, {"login": "1"}]
)
def test_an_officer_is_refused(changes):
    with pytest.raises(Refused):
        officer(**changes)
    assert not Account.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "row",
    [
        {"login": "x.y", "kind": "citizen"},
        {"login": "4827193650", "kind": "staff"},
        {"login": "4827193650", "kind": "citizen", "roles": ["administrator"]},
        {"login": "x.y", "kind": "staff", "roles": ["king"]},
        {"login": "x.y", "kind": "robot"},
    ],
)
def test_the_database_refuses_accounts_that_mix_kinds(row):
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.create(created_at=NOW, **row)


@pytest.mark.django_db
def test_a_wrong_password_and_an_unknown_login_read_the_same():
    officer()
    wrong, unknown = refusal("nope nope nope"), refusal(login="nobody.here")
    assert (wrong.error, wrong.facts) == (unknown.error, unknown.facts)
    assert wrong.facts == {"left": 4, "minutes": 15}


@pytest.mark.django_db
@pytest.mark.parametrize("login", ["s.alami", "nobody.here"])
def test_the_sixth_trial_meets_a_pause_with_a_clear_end(login):
    officer()
    errors_met = [refusal("nope", login=login).error for _ in range(6)]
    assert errors_met == [errors.SIGN_IN_REFUSED] * 5 + [errors.SIGN_IN_LOCKED]
    locked = refusal(login=login, at=minutes(3))
    assert (locked.error, locked.facts["until"]) == (errors.SIGN_IN_LOCKED, minutes(15))


@pytest.mark.django_db
def test_after_the_pause_one_may_try_again():
    officer()
    for _ in range(7):
        refusal("nope")
    assert sign_in(at=minutes(16)).login == "s.alami"


@pytest.mark.django_db
def test_a_right_password_forgets_the_wrong_ones():
    officer()
    for _ in range(4):
        refusal("nope")
    sign_in()
    assert refusal("nope").facts["left"] == 4


@pytest.mark.django_db
def test_an_address_that_tries_many_logins_meets_a_pause():
    met = [refusal("nope", login=f"user-{n}").error for n in range(62)]
    assert met[59] is errors.SIGN_IN_REFUSED
    assert met[61] is errors.TOO_MANY_FROM_ADDRESS
    assert refusal("nope", address="196.200.9.9").error is errors.SIGN_IN_REFUSED


@pytest.mark.django_db
def test_right_passwords_from_one_address_never_meet_a_pause():
    officer()
    assert {sign_in(at=NOW).login for _ in range(70)} == {"s.alami"}


@pytest.mark.django_db
def test_counts_of_yesterday_are_forgotten():
    refusal("nope")
    assert forget_before(now=NOW + dt.timedelta(days=2)) == 3


def citizen():
    """Open the account of a citizen; return who it is."""
    person = draw_person_key()
    Account.objects.create(
        login=person,
        kind="citizen",
        password=keep_password(person, PASSWORD),
        created_at=NOW,
        password_set_at=NOW,
    )
    return person


@pytest.mark.django_db
def test_a_closed_account_signs_in_no_more_and_its_tokens_end():
    person = citizen()
    token = services.create_token(account=sign_in(login=person), now=NOW).token
    services.close_account(login=person, now=NOW)
    assert refusal(login=person).error is errors.SIGN_IN_REFUSED
    with pytest.raises(Refused, match="token_invalid"):
        queries.get_token_account(token, now=NOW)


@pytest.mark.django_db
def test_a_reopened_account_signs_in_with_its_password_and_without_its_old_tokens():
    person = citizen()
    token = services.create_token(account=sign_in(login=person), now=NOW).token
    services.close_account(login=person, now=NOW)
    services.reopen_account(login=person)
    assert sign_in(login=person).login == person
    with pytest.raises(Refused, match="token_invalid"):
        queries.get_token_account(token, now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "use", [services.reopen_account, lambda login: services.close_account(login=login, now=NOW)]
)
def test_an_account_of_staff_is_closed_by_its_file_alone(use):
    officer()
    with pytest.raises(Refused, match="account_missing"):
        use(login="s.alami")


@pytest.mark.django_db
def test_a_new_password_must_differ_and_ends_the_tokens():
    key = officer()
    services.create_token(account=sign_in(), now=NOW)
    change = {"account_id": key, "present": PASSWORD, "now": NOW}
    with pytest.raises(Refused, match="password_same"):
        services.change_password(password=PASSWORD, **change)
    services.change_password(password="une autre phrase", **change)
    assert ApiToken.objects.get().revoked_at == NOW
    assert sign_in("une autre phrase").id == key


@pytest.mark.django_db
def test_the_present_password_is_asked():
    key = officer()
    with pytest.raises(Refused) as refused:
        services.change_password(account_id=key, present="wrong", password="une autre phrase", now=NOW)
    assert refused.value.field == "present"


@pytest.mark.django_db
def test_an_administrator_gives_a_new_password_and_ends_the_pause():
    officer()
    for _ in range(6):
        refusal("nope")
    services.reset_staff_password(login="s.alami", password="une autre phrase", now=NOW)
    assert sign_in("une autre phrase").login == "s.alami"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "use", [services.close_account, lambda **k: services.reset_staff_password(password="x" * 12, **k)]
)
def test_an_unknown_account_is_missing(use):
    with pytest.raises(Refused, match="account_missing"):
        use(login="nobody.here", now=NOW)


@pytest.mark.django_db
def test_a_token_opens_until_its_end_and_is_not_kept():
    officer()
    given = services.create_token(account=sign_in(), now=NOW)
    assert queries.get_token_account(given.token, now=NOW).login == "s.alami"
    assert given.token.encode() not in bytes(ApiToken.objects.get().tag)
    with pytest.raises(Refused, match="token_invalid"):
        queries.get_token_account(given.token, now=given.expires_at)


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "left"), [(20, 1), (31, 0)])
def test_tokens_that_ended_a_month_ago_are_forgotten(days, left):
    officer()
    given = services.create_token(account=sign_in(), now=NOW)
    services.forget_old(now=given.expires_at + dt.timedelta(days=days))
    assert ApiToken.objects.count() == left


@pytest.mark.django_db
def test_a_token_is_revoked_once():
    officer()
    token = services.create_token(account=sign_in(), now=NOW).token
    services.revoke_token(token=token, now=NOW)
    for use in (
        lambda: services.revoke_token(token=token, now=NOW),
        lambda: queries.get_token_account(token, now=NOW),
    ):
        with pytest.raises(Refused, match="token_invalid"):
            use()


@pytest.mark.django_db
def test_reads():
    key = officer()
    found = queries.get_account(key, now=NOW)
    assert found == queries.find_account("s.alami") == queries.list_in_force(now=NOW)[0]
    assert queries.find_account("nobody") is None
    assert not queries.has_account(draw_person_key())


@pytest.mark.django_db(transaction=True)
def test_twenty_trials_at_once_are_five_looks_at_the_password(monkeypatch):
    officer()
    looked = []
    real = services.sign_in.__globals__["check_password"]
    monkeypatch.setitem(
        services.sign_in.__globals__, "check_password", lambda *a: looked.append(1) or real(*a)
    )

    def attempt(_):
        try:
            return refusal("nope").error
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        met = list(pool.map(attempt, range(20)))
    assert len(looked) == met.count(errors.SIGN_IN_REFUSED) == 5


@pytest.mark.django_db
def test_the_hash_of_one_account_copied_onto_another_lets_nobody_in():
    """Whoever can write the table has no key: neither a copy nor a hash made elsewhere is a password."""
    officer()
    mine = citizen()
    copied = Account.objects.get(login=mine).password
    for hash_ in (copied, hashers.make_password(PASSWORD)):
        Account.objects.filter(login="s.alami").update(password=hash_)
        assert refusal(PASSWORD).error is errors.SIGN_IN_REFUSED


@pytest.mark.parametrize("use", ["set_password", "check_password"])
def test_the_ways_of_django_that_bind_no_login_are_refused(use):
    with pytest.raises(TypeError, match="this table keeps"):
        getattr(Account(login="s.alami"), use)(PASSWORD)
