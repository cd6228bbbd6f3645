"""A rotation: every sealed value opens before, during and after; nothing else changes."""

import datetime as dt

import pytest
from django.db import connection, transaction

from sijil import console
from sijil.domains.accounts import services as accounts
from sijil.domains.notifications import services as notifications
from sijil.domains.population_register import services as population
from sijil.kernel.sealing import keyring
from sijil.processes import keys as work

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)


@pytest.fixture
def sealed():
    """Write one value of three domains; return the columns they are in."""
    accounts.create_staff(
        login="officer.one", name="Salma", password="a long enough secret", roles=["csc_officer"], now=NOW
    )
    population.start_draft(now=NOW)
    with transaction.atomic():
        notifications.queue_message(
            channel="email", to="a@example.org", template="otp_open_account", language="fr",
            facts={"code": "123456", "minutes": 5}, subject="x", now=NOW,
        )  # fmt: skip
    return {"accounts_account.sealed", "population_register_draft.sealed", "notifications_message.sealed"}


def raw(name):
    table, column = name.split(".")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table}")
        return [bytes(row[0]) for row in cursor.fetchall()]


def test_every_sealed_column_is_known():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name || '.' || column_name FROM information_schema.columns "
            "WHERE column_name LIKE 'sealed%%' AND data_type = 'bytea' AND table_schema = 'public' "
            "AND table_name <> 'pages_answer'"  # lives a day
        )
        assert {name for (name,) in cursor.fetchall()} == {column.name for column in work.sealed_columns()}


def test_after_a_rotation_all_is_under_the_new_key_and_opens(sealed):
    work.rotate()
    done = {found.column: found for found in work.renew(lambda _: None)}
    assert {name: (done[name].renewed, done[name].broken) for name in sealed} == dict.fromkeys(sealed, (1, 0))
    again = {found.column: found for found in work.renew(lambda _: None)}
    assert {again[name].current for name in sealed} == {1}


def test_a_value_that_does_not_open_is_counted_and_left(sealed):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_account SET sealed = %s", [b"\x01\x00\x01" + bytes(40)])
    keyring().rotate("accounts")
    done = {found.column: found for found in work.renew(lambda _: None)}
    assert done["accounts_account.sealed"].broken == 1
    assert raw("accounts_account.sealed") == [b"\x01\x00\x01" + bytes(40)]


def test_every_row_is_accounted_for(sealed):
    work.rotate(["accounts"])
    for found in work.renew(lambda _: None):
        assert found.seen == found.renewed + found.current + found.kept + found.broken


def test_the_command_says_what_it_did(sealed, capsys):
    assert console.run(["keys", "rotate", "--context", "accounts"]) == 0
    said = capsys.readouterr().out
    assert "accounts: data key" in said
    assert "accounts_account.sealed: 1 sealed anew, 0 current" in said


def test_an_unknown_domain_is_wrong_usage(capsys):
    assert console.run(["keys", "rotate", "--context", "nonsense"]) == 2
    assert "nonsense" in capsys.readouterr().err
