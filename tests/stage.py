"""What the tests of a module begin with, made once: each test finds it as it was made.

A module names a function in ``MADE_ONCE`` and asks for the fixture ``made_once``. What the function writes
stands in a transaction around those of the tests, and is taken back before any test that does not ask for it.
A test that commits has it made for itself alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from typing import Any

import pytest
from django.db import transaction

Make = Callable[[], Any]


class Stage:
    """``made``: what the function returned; a test is given a copy."""

    def __init__(self) -> None:
        self.make: Make | None = None
        self.made: Any = None
        self._open = ExitStack()

    def open(self, make: Make, blocker: Any) -> None:
        """Make it, unless it stands."""
        if make is not self.make:
            self.close()
            self._open.enter_context(blocker.unblock())
            self._open.enter_context(_taken_back())
            self.made, self.make = make(), make

    def close(self) -> None:
        """Take it back."""
        self.make = self.made = None
        self._open.close()


@contextmanager
def _taken_back() -> Iterator[None]:
    """A transaction that is never committed, and counts as one of the tests' own."""
    around = transaction.atomic()
    around._from_testcase = True  # type: ignore[attr-defined]
    with around:
        yield
        transaction.set_rollback(True)


STAGE = Stage()


def wanted(item: pytest.Item | None) -> Make | None:
    """Return the function whose work a test wants around it."""
    if item is None or "made_once" not in getattr(item, "fixturenames", ()):
        return None
    mark = item.get_closest_marker("django_db")
    return None if mark is None or mark.kwargs.get("transaction") else item.module.MADE_ONCE  # type: ignore[attr-defined,no-any-return]


def together(items: list[pytest.Item]) -> None:
    """Put the tests of a module that want it side by side; the rest of the order stays as it was drawn."""
    place: dict[object, int] = {}
    for number, item in enumerate(items):
        place.setdefault((item.path, wanted(item)) if wanted(item) else item, number)
    items.sort(key=lambda item: place[(item.path, wanted(item)) if wanted(item) else item])


BIG = {"browser", "site", "world"}


def big_first(items: list[pytest.Item]) -> None:
    """Put what makes a country for a whole module before the small tests that touch no database.

    Two processes that share a run come to its end with small tests, and neither makes a country for a few.
    """
    alone = [n for n, item in enumerate(items) if not reaches_database(item)]
    ordered = sorted((items[n] for n in alone), key=lambda item: BIG.isdisjoint(_asked(item)))
    for n, item in zip(alone, ordered, strict=True):
        items[n] = item


def reaches_database(item: pytest.Item) -> bool:
    """Whether pytest-django opens the database for a test, and so has put it before others."""
    asked = {"db", "transactional_db", "live_server"}
    return item.get_closest_marker("django_db") is not None or not asked.isdisjoint(_asked(item))


def _asked(item: pytest.Item) -> list[str]:
    return getattr(item, "fixturenames", [])


@pytest.fixture
def made_once(request: pytest.FixtureRequest) -> Any:
    """Give what ``MADE_ONCE`` of the module returned."""
    make = wanted(request.node)
    return deepcopy(STAGE.made) if make else request.module.MADE_ONCE()
