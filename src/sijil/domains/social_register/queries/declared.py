"""Last declarations as columns, with the ages of the day that counts: one sealed block opened a household."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from sijil.domains.social_register.models import SEALED, Household, births_aad
from sijil.domains.social_register.rules import BIRTH, Declarations, ages_on, layout_of
from sijil.domains.social_register.rules.derive import NO_AGE
from sijil.domains.social_register.sql import DECLARED, FIELDS, VARIED
from sijil.domains.social_register.types import Form
from sijil.kernel.copy import Records
from sijil.kernel.sealing import keyring

__all__ = ["DECLARED", "FIELDS", "VARIED", "Days", "count_households", "list_form_versions", "read_declared"]

Days = NDArray[np.datetime64]
_EPOCH = np.datetime64("2000-01-01", "D")
_VERSIONS = """
    WITH RECURSIVE used AS (
        (SELECT form_version FROM social_register_declaration ORDER BY form_version LIMIT 1)
        UNION ALL
        SELECT (SELECT d.form_version FROM social_register_declaration d
                WHERE d.form_version > used.form_version ORDER BY d.form_version LIMIT 1)
        FROM used WHERE used.form_version IS NOT NULL
    ) SELECT form_version FROM used WHERE form_version IS NOT NULL
"""


def list_form_versions() -> list[str]:
    """Return the versions of the form by which households declared, the first name first."""
    with connection.cursor() as cursor:
        cursor.execute(_VERSIONS)
        return [str(row[0]) for row in cursor.fetchall()]


def count_households() -> int:
    """Count the households that are not closed."""
    return Household.objects.exclude(state="closed").count()


def read_declared(form: Form, rows: Sequence[Records], days_of: Callable[[Days], Days]) -> Declarations:
    """Return rows of ``DECLARED`` as columns. ``days_of``: days whose ages count, by those of declaration.

    For ages only, in a run that shows nobody; the run is written down by who makes it (``acts.ran``).
    Raises: SealBroken; ValueError for answers that are not of this form.
    """
    layout = layout_of(form)
    members = [_bytes_as(group["members"], layout.member) for group in rows]
    declared_on = [_EPOCH + group["declared_on"].astype("m8[D]") for group in rows]
    ages = [
        _ages(group, m["person"], days_of(d)) for group, m, d in zip(rows, members, declared_on, strict=True)
    ]
    sizes = np.concatenate([np.full(len(m), m.shape[1]) for m in members])
    people = np.concatenate([m.reshape(-1) for m in members])
    return Declarations(
        form=form,
        codes=np.concatenate([group["household_code"] for group in rows]),
        ids=np.concatenate([group["declaration_id"] for group in rows]),
        milieu=np.concatenate([group["milieu"] for group in rows]).astype(np.int64),
        region=np.concatenate([group["region"] for group in rows]).astype(np.int64),
        household=np.concatenate([_bytes_as(group["household"], np.dtype("<i4")) for group in rows]),
        of=np.repeat(np.arange(len(sizes)), sizes),
        person=people["person"],
        declared_age=people["age"].astype(np.int64),
        age=np.concatenate([a.reshape(-1) for a in ages]),
        members=people["answers"],
    )


def _bytes_as(column: NDArray[np.void], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return a column of bytes as rows of a type: (rows, how many in each)."""
    return np.frombuffer(column.tobytes(), dtype).reshape(len(column), -1)


def _ages(group: Records, person: NDArray[np.int64], days: Days) -> NDArray[np.int64]:
    """Return the ages (n, members) on each household's day, NO_AGE for whom no birth date is kept."""
    codes = [births_aad(code.decode()) for code in group["household_code"].tolist()]
    opened = keyring().unseal_many(SEALED, group["births"].tolist(), codes)
    births = np.frombuffer(b"".join(opened), BIRTH).reshape(len(group), -1)
    size = person.shape[1]
    if births.shape[1] >= size and (births["person"][:, :size] == person).all():
        return ages_on(births[:, :size], days[:, None])
    found = person[:, :, None] == births["person"][:, None, :]
    if not births.shape[1]:
        return np.full(person.shape, NO_AGE)
    mine = np.take_along_axis(births, found.argmax(axis=2), axis=1)
    return np.where(found.any(axis=2), ages_on(mine, days[:, None]), NO_AGE)
