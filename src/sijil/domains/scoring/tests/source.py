"""What scores are made of, in the tests of this domain: a table of inputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import numpy as np
from django.db import connection

from sijil.domains.scoring import rules
from sijil.domains.scoring.services import Made, Source
from sijil.domains.scoring.tests.households import DAY
from sijil.domains.scoring.types import DueMember
from sijil.kernel import copy
from sijil.kernel.law import Pin

PIN = Pin("tried.form", "FORM-1", "f" * 64)
INPUTS = rules.load_inputs("I-2021")


@contextmanager
def table(rows: dict[str, dict[str, int]]) -> Iterator[Source]:
    """Give a source over a table of inputs by household code."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE tried_inputs (household_code varchar PRIMARY KEY, inputs bytea, due bytea)"
        )
    put(rows)
    try:
        yield source()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS tried_inputs")


def put(rows: dict[str, dict[str, int]], due: bytes = b"") -> None:
    """Write inputs; what a household had is replaced. ``due``: the place of the members who are due."""
    values = [(code, _packed(row), due) for code, row in rows.items()]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO tried_inputs VALUES (%s, %s, %s) ON CONFLICT (household_code) "
            "DO UPDATE SET inputs = EXCLUDED.inputs, due = EXCLUDED.due",
            values,
        )


def _packed(row: dict[str, int]) -> bytes:
    return np.array([row.get(i.id, -1) for i in INPUTS], "<i8").tobytes()


def source(pin: Pin = PIN, declaration: bytes = b"d" * 16) -> Source:
    """Return the source; ``declaration``: what every household of it declared last."""
    return Source(
        select="SELECT household_code, inputs, due FROM tried_inputs",
        values=(),
        fixed=(("household_code", copy.CODE),),
        varied=("inputs", "due"),
        pins=(pin,),
        read=partial(read, declaration),
    )


def read(declaration: bytes, rows: Sequence[copy.Records]) -> Made:
    codes = np.concatenate([group["household_code"] for group in rows])
    vectors = np.concatenate([np.frombuffer(g["inputs"].tobytes(), "<i8").reshape(len(g), -1) for g in rows])
    due = [bytes(some) for group in rows for some in group["due"].tolist()]
    return Made(
        codes=codes,
        declarations=np.full(len(codes), np.void(declaration)),
        columns={i.id: vectors[:, i.position].copy() for i in INPUTS},
        refused={},
        due={n: tuple(DueMember(m, ("schooling",)) for m in some) for n, some in enumerate(due) if some},
        settle=lambda: None,
    )


def law():
    return rules.law_on(DAY)
