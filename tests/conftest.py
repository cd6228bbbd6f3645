"""The programs of ``tools/`` and ``bench/`` are importable in the tests of the house."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT)]

from tests.stage import STAGE, big_first, made_once, together, wanted  # noqa: E402, F401 - made_once is a fixture


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    together(items)
    big_first(items)


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: Any, request: Any) -> None:
    """Open the stage of a test just before its own transaction begins."""
    if fixturedef.argname == "_django_db_helper" and (make := wanted(request.node)):
        STAGE.open(make, request.getfixturevalue("django_db_blocker"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    try:
        return (yield)
    finally:
        if wanted(nextitem) is not STAGE.make:
            STAGE.close()
