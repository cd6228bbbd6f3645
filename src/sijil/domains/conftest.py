"""Tests of one domain keep the notices of its files: whom they go to is known to the journeys alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sijil.kernel.casework.files import Moved, kept_notices


@pytest.fixture(autouse=True)
def notices() -> Iterator[list[Moved]]:
    with kept_notices() as kept:
        yield kept
