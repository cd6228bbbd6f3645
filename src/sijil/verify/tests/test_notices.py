"""That a partner was stopped about a person is in the log once a day; about nobody, nothing."""

import time

from django.db import connection

from sijil.kernel.allowance import WRONG_CLAIMS
from sijil.kernel.ids import draw_idcs


def noted():
    with connection.cursor() as cursor:
        cursor.execute("SELECT actor_id, subject FROM audit_entry WHERE action = 'verification.guessed'")
        return cursor.fetchall()


def guess(ask, **changes):
    return [ask(birth_date="1950-01-01", **changes).status_code for _ in range(WRONG_CLAIMS.burst + 3)]


def wait_for(count, seconds=5.0):
    until = time.monotonic() + seconds
    while len(noted()) < count and time.monotonic() < until:
        time.sleep(0.02)
    return noted()


def test_who_is_guessed_about_is_noted_once(ask, idcs):
    assert guess(ask).count(429) == 3
    assert wait_for(1) == [("bank-atlas", idcs.key)]


def test_nobody_is_noted_for_a_number_that_nobody_has(ask, idcs):
    assert guess(ask, idcs=draw_idcs()).count(429) == 3
    guess(ask)
    assert wait_for(1) == [("bank-atlas", idcs.key)]
