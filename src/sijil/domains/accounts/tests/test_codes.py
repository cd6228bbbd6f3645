"""One-time codes: same answer for all, few trials, one use."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection

from sijil.domains.accounts import errors, queries, services
from sijil.domains.accounts.models import ChallengeStep, OtpChallenge
from sijil.domains.accounts.services.code import CHALLENGES, forget_codes
from sijil.domains.accounts.states import CHALLENGE, ChallengeState
from sijil.domains.accounts.types import Purpose
from sijil.kernel.actors import PUBLIC
from sijil.kernel.errors import Refused
from sijil.kernel.ids import draw_person_key, new_key

NOW = dt.datetime(2026, 11, 3, 9, 0, tzinfo=dt.UTC)
PERSON, IDCS = draw_person_key(), "4827193650"
PASSWORD = "le figuier du jardin"


def minutes(count):
    return NOW + dt.timedelta(minutes=count)


def ask(at=NOW, purpose=Purpose.OPEN_ACCOUNT, is_known=True, claim=f"{PERSON}|1984-02-03|F"):
    return services.start_challenge(purpose=purpose, subject=PERSON, claim=claim, is_known=is_known, now=at)


def confirm(challenge, code=None, at=NOW):
    return services.confirm_code(
        challenge_id=challenge.id, code=challenge.code if code is None else code, now=at
    )


def wrong(challenge):
    return "000000" if challenge.code != "000000" else "111111"


def refusal(use, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        use(*args, **kwargs)
    return refused.value.error


def give(password=PASSWORD, grant="", at=NOW):
    return services.set_password(grant=grant, password=password, idcs_of=lambda _: IDCS, now=at)


def opened(at=NOW):
    return give(grant=confirm(ask(at), at=at).token, at=at).account


@pytest.mark.django_db
def test_a_code_opens_an_account_that_signs_in():
    assert opened().login == PERSON
    assert queries.has_account(PERSON)
    assert services.sign_in(login=PERSON, password=PASSWORD, now=NOW).kind == "citizen"


@pytest.mark.django_db
def test_the_code_is_not_kept():
    challenge = ask()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (to_jsonb(t) - 'id' - 'subject' - 'sent_at' - 'expires_at')::text FROM accounts_otp t"
        )
        assert challenge.code not in cursor.fetchone()[0].replace("\\", "")


@pytest.mark.django_db
def test_an_unknown_person_gets_the_same_answer_and_no_code():
    known, unknown = ask(), ask(is_known=False, claim="other")
    assert (known.expires_at, known.resend_at) == (unknown.expires_at, unknown.resend_at)
    assert known.code
    assert unknown.code is None


@pytest.mark.django_db
def test_no_code_is_right_for_an_unknown_person():
    unknown = ask(is_known=False)
    met = [refusal(confirm, unknown, code) for code in ("", "0", "000000", "123456", "999999", "1")]
    assert met == [errors.CODE_WRONG] * 5 + [errors.CODE_SPENT]


@pytest.mark.django_db
def test_five_wrong_trials_spend_the_code_even_for_the_right_one():
    challenge = ask()
    assert [refusal(confirm, challenge, wrong(challenge)) for _ in range(5)] == [errors.CODE_WRONG] * 5
    assert refusal(confirm, challenge) is errors.CODE_SPENT


@pytest.mark.django_db
def test_the_fifth_trial_may_be_right():
    challenge = ask()
    for _ in range(4):
        refusal(confirm, challenge, wrong(challenge))
    assert confirm(challenge).person == PERSON


TABLE = {("sent", "confirm"): "confirmed", ("confirmed", "use"): "used"}


@pytest.mark.django_db
@pytest.mark.parametrize("action", CHALLENGE.actions)
@pytest.mark.parametrize("state", ChallengeState)
def test_every_cell_of_the_table(state, action):
    key = ask().id
    OtpChallenge.objects.update(state=state, consumed_at=NOW)
    target = TABLE.get((state.value, action))
    moved = CHALLENGES.move(OtpChallenge.objects.all(), action, actor=PUBLIC, now=NOW)
    assert moved == ([key] if target else [])
    assert OtpChallenge.objects.get().state == (target or state)


@pytest.mark.django_db
def test_each_step_is_written_names_nobody_and_outlives_the_code():
    opened()
    forget_codes(now=NOW + dt.timedelta(days=8))
    steps = ChallengeStep.objects.values_list("action", "from_state", "to_state", "actor_kind", "actor_id")
    assert list(steps) == [
        ("ask", "", "sent", "public", "portal"), ("confirm", "sent", "confirmed", "public", "portal"),
        ("use", "confirmed", "used", "public", "portal"),
    ]  # fmt: skip
    assert not OtpChallenge.objects.exists()
    with pytest.raises(IntegrityError, match="immutable"):
        ChallengeStep.objects.all().delete()


@pytest.mark.django_db
@pytest.mark.parametrize(("late", "good"), [(4.99, True), (5, False), (60, False)])
def test_a_code_expires(late, good):
    challenge = ask()
    if good:
        assert confirm(challenge, at=minutes(late))
    else:
        assert refusal(confirm, challenge, at=minutes(late)) is errors.CODE_SPENT


@pytest.mark.django_db
def test_a_code_is_confirmed_once():
    challenge = ask()
    confirm(challenge)
    assert refusal(confirm, challenge) is errors.CODE_SPENT


@pytest.mark.django_db
def test_another_code_is_sent_after_three_minutes_known_or_not():
    for known, claim in ((True, "a"), (False, "b")):
        ask(is_known=known, claim=claim)
        assert refusal(ask, minutes(2.9), is_known=known, claim=claim) is errors.CODE_TOO_SOON
        assert ask(minutes(3), is_known=known, claim=claim)


@pytest.mark.django_db
def test_wrong_data_about_a_person_do_not_keep_that_person_from_asking():
    ask(is_known=False, claim="guess of a stranger")
    assert ask().code


@pytest.mark.django_db
def test_ten_codes_a_day():
    for n in range(10):
        ask(minutes(4 * n))
    assert refusal(ask, minutes(60)) is errors.CODE_TOO_MANY
    assert ask(minutes(60 * 24 + 1))


@pytest.mark.django_db
def test_an_unknown_challenge_is_spent():
    assert refusal(services.confirm_code, challenge_id=new_key(), code="123456", now=NOW) is errors.CODE_SPENT


@pytest.mark.django_db
def test_a_refused_password_leaves_the_grant_good_and_a_taken_one_uses_it():
    grant = confirm(ask()).token
    assert refusal(give, "court", grant) is errors.PASSWORD_SHORT
    give(grant=grant)
    assert refusal(give, grant=grant) is errors.GRANT_INVALID


@pytest.mark.django_db
@pytest.mark.parametrize("grant", ["", "x", "é" * 50])
def test_an_invented_grant_is_invalid(grant):
    ask()
    assert refusal(give, grant=grant) is errors.GRANT_INVALID


@pytest.mark.django_db
def test_a_grant_ends():
    grant = confirm(ask()).token
    assert refusal(give, grant=grant, at=minutes(20)) is errors.GRANT_INVALID


@pytest.mark.django_db
def test_one_account_for_one_number():
    opened()
    grant = confirm(ask(minutes(10)), at=minutes(10)).token
    assert refusal(give, grant=grant, at=minutes(10)) is errors.ALREADY_OPEN


@pytest.mark.django_db
def test_a_forgotten_password_is_replaced_by_another_one_only():
    opened()
    grant = confirm(ask(purpose=Purpose.RESET_PASSWORD)).token
    assert refusal(give, grant=grant) is errors.PASSWORD_SAME
    give("une autre phrase", grant)
    assert services.sign_in(login=PERSON, password="une autre phrase", now=NOW)
    with pytest.raises(Refused, match="sign_in_refused"):
        services.sign_in(login=PERSON, password=PASSWORD, now=NOW)


@pytest.mark.django_db
def test_a_new_password_ends_the_pause_and_the_tokens():
    token = services.create_token(account=opened(), now=NOW).token
    for _ in range(6):
        refusal(services.sign_in, login=PERSON, password="nope", now=NOW)
    give("une autre phrase", confirm(ask(purpose=Purpose.RESET_PASSWORD)).token)
    assert services.sign_in(login=PERSON, password="une autre phrase", now=NOW)
    assert refusal(queries.get_token_account, token, now=NOW) is errors.TOKEN_INVALID


@pytest.mark.django_db
def test_there_is_nothing_to_reset_without_an_account():
    grant = confirm(ask(purpose=Purpose.RESET_PASSWORD)).token
    assert refusal(give, grant=grant) is errors.NO_ACCOUNT


@pytest.mark.django_db
def test_old_codes_are_forgotten():
    ask()
    assert forget_codes(now=NOW + dt.timedelta(days=6)) == 0
    assert forget_codes(now=NOW + dt.timedelta(days=8)) == 1


def at_once(use, count=10):
    def attempt(n):
        try:
            return use(n)
        except Refused as refused:
            return refused.error
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(attempt, range(count)))


@pytest.mark.django_db(transaction=True)
def test_ten_trials_at_once_are_five_comparisons():
    challenge = ask()
    met = at_once(lambda _: confirm(challenge, wrong(challenge)))
    assert (met.count(errors.CODE_WRONG), met.count(errors.CODE_SPENT)) == (5, 5)
    assert OtpChallenge.objects.get().attempts == 5


@pytest.mark.django_db(transaction=True)
def test_the_right_code_five_times_at_once_is_one_grant():
    challenge = ask()
    met = at_once(lambda _: confirm(challenge), 5)
    assert met.count(errors.CODE_SPENT) == 4


@pytest.mark.django_db(transaction=True)
def test_one_grant_from_five_hands_is_one_account():
    grant = confirm(ask()).token
    met = at_once(lambda _: give(grant=grant), 5)
    assert met.count(errors.GRANT_INVALID) == 4


@pytest.mark.django_db(transaction=True)
def test_asking_ten_times_at_once_gives_one_code():
    from django.db import transaction

    def asked(_):
        with transaction.atomic():
            return ask()

    met = at_once(asked)
    assert met.count(errors.CODE_TOO_SOON) == 9
