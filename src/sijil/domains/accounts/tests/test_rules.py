import datetime as dt
import re

import pytest

from sijil.domains.accounts import errors, rules
from sijil.domains.accounts.states import CHALLENGE, ChallengeState
from sijil.kernel.errors import Refused

NOW = dt.datetime(2026, 11, 3, 9, 0, tzinfo=dt.UTC)
IDCS = "4827193650"
TABLE = {("sent", "confirm"): "confirmed", ("confirmed", "use"): "used"}


@pytest.mark.parametrize("action", CHALLENGE.actions)
@pytest.mark.parametrize("state", [s.value for s in ChallengeState])
def test_every_cell_of_a_code(state, action):
    if (state, action) in TABLE:
        assert CHALLENGE.target(state, action) == TABLE[state, action]
    else:
        with pytest.raises(Refused):
            CHALLENGE.target(state, action)


@pytest.mark.parametrize(
    ("password", "error"),
    [
        ("court", errors.PASSWORD_SHORT),
        ("", errors.PASSWORD_SHORT),
        ("1234567890123", errors.PASSWORD_COMMON),
        ("٠١٢٣٤٥٦٧٨٩١", errors.PASSWORD_COMMON),
        ("aaaaaaaaaaaa", errors.PASSWORD_COMMON),
        ("Password123", errors.PASSWORD_COMMON),
        ("moi 4827 193 650", errors.PASSWORD_COMMON),
        ("x" * 60 + "yzw" + "a1" * 40, errors.PASSWORD_COMMON),
    ],
)
def test_a_password_is_refused(password, error):
    with pytest.raises(Refused) as refused:
        rules.check_password(password, login=IDCS, length=10, common=frozenset({"password123"}))
    assert (refused.value.error, refused.value.field) == (error, "password")


@pytest.mark.parametrize("password", ["le figuier du jardin", "شجرة التين في الحديقة", "k7#fL-29xQz"])
def test_a_password_is_taken(password):
    rules.check_password(password, login=IDCS, length=10, common=frozenset())


def test_a_login_is_read_as_people_type_it():
    assert rules.clean_login(" S.Alami ") == "s.alami"


@pytest.mark.parametrize("login", ["s.alami", "csc-204", "a12"])
def test_a_staff_login_is_taken(login):
    assert rules.check_staff_login(login) == login


@pytest.mark.parametrize("login", ["", "ab", "4827193650", "S.Alami", "a b c", "é.alami", "a" * 65, "-abc"])
def test_a_staff_login_is_refused(login):
    with pytest.raises(Refused) as refused:
        rules.check_staff_login(login)
    assert refused.value.error is errors.LOGIN_INVALID


def test_roles_are_known_ordered_and_once():
    assert rules.check_roles(("administrator", "csc_officer", "csc_officer")) == [
        "csc_officer",
        "administrator",
    ]
    with pytest.raises(Refused, match="role_unknown"):
        rules.check_roles(("king",))


def test_codes_have_six_digits_and_differ():
    codes = {rules.draw_code(6) for _ in range(200)}
    assert len(codes) > 190
    assert all(re.fullmatch(r"\d{6}", code) for code in codes)


def test_every_limit_is_dated_and_positive():
    for name in rules.Limits.__struct_fields__:
        assert rules.limit(name, NOW) > 0


def test_a_code_may_be_typed_in_arabic_digits():
    assert rules.clean_code(" ٤٨٢ ٩١٣ ") == "482913"
