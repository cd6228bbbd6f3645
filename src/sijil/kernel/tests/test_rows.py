"""Which constraint the database held against a write."""

import datetime as dt

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from sijil.kernel.rows import violated

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
