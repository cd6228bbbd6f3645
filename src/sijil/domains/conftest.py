"""Tests of one domain keep the notices of its files: whom they go to is known to the journeys alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def notices() -> Iterator[list[Any]]:
    """Give the notices of the test, oldest first."""
    from sijil.kernel.casework.files import kept_notices

    with kept_notices() as kept:
        yield kept
