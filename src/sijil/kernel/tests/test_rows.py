"""Rows by the thousand, and which constraint the database held against a write."""

import datetime as dt

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from sijil.kernel.rows import among, insert_all, violated

NOW = dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC)


@pytest.mark.django_db
def test_the_constraint_is_named_by_the_database_not_read_out_of_a_sentence():
    account = {"login": "member_in_one_household", "kind": "staff", "roles": [], "password": "!"}
    get_user_model().objects.create(created_at=NOW, **account)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        get_user_model().objects.create(created_at=NOW, **account)
    assert "member_in_one_household" in str(refused.value)
    assert violated(refused.value) not in ("", "member_in_one_household")


def test_an_error_without_a_diagnosis_names_none():
    assert violated(IntegrityError("member_in_one_household")) == ""


HARD = [
    "plain",
    "tab\tand\nline",
    "back\rthere",
    "all %s of 100 %",
    "back\\slash \\N",
    "قلم",
    "'quoted\"",
    "",
]


@pytest.mark.django_db
def test_rows_inserted_at_once_are_what_as_many_objects_are():
    table = get_user_model()
    shared = {"kind": "staff", "roles": ["auditor"], "password": "\\N", "created_at": NOW}
    for n, name in enumerate(HARD):
        table.objects.create(login=f"one-{n}", centre_code=name, **shared)
    insert_all(table, {"login": [f"all-{n}" for n in range(len(HARD))], "centre_code": HARD}, shared)
    names = [field.attname for field in table._meta.concrete_fields if field.attname not in ("id", "login")]
    one, at_once = (table.objects.filter(login__startswith=w).order_by("login") for w in ("one", "all"))
    assert [[getattr(row, name) for name in names] for row in at_once] == [
        [getattr(row, name) for name in names] for row in one
    ]
    assert [row.centre_code for row in at_once] == HARD


@pytest.mark.django_db
def test_of_rows_inserted_at_once_a_constraint_refuses_all():
    shared = {"kind": "staff", "roles": [], "password": "!", "created_at": NOW}
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        insert_all(get_user_model(), {"login": ["a", "b", "a"]}, shared)
    assert violated(refused.value)
    assert not get_user_model().objects.exists()


@pytest.mark.django_db
def test_one_of_thousands_of_values_is_one_parameter():
    get_user_model().objects.create(login="here", kind="staff", roles=[], password="!", created_at=NOW)
    get_user_model().objects.create(login='a "b\\ {c},', kind="staff", roles=[], password="!", created_at=NOW)
    chosen = get_user_model().objects.filter(among("login", ["there", "here", "it's", 'a "b\\ {c},', "a"]))
    assert sorted(row.login for row in chosen) == ['a "b\\ {c},', "here"]
    assert not get_user_model().objects.filter(among("login", [])).exists()
