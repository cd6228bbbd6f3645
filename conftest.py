"""The database of the tests: a throw-away PostgreSQL, started once per run and always stopped.

``SIJIL_DATABASE_URL`` set: that server is used instead. With pytest-xdist the controller starts the server
and its workers inherit the address; each worker makes its own database on it.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from sijil.processes.home import furnish
from sijil.processes.postgres import Postgres

# how quickly data are drawn says more of the machine than of the product
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    """Prepare everything that Django's settings read, before pytest-django reads them.

    Raises: pytest.UsageError when it has read them already, for lack of a database.
    """
    if "DJANGO_SETTINGS_MODULE" in os.environ and not os.environ.get("SIJIL_DATABASE_URL"):
        raise pytest.UsageError("Unset DJANGO_SETTINGS_MODULE, or name a server in SIJIL_DATABASE_URL.")
    os.environ["DJANGO_SETTINGS_MODULE"] = "sijil.config.settings"
    os.environ.setdefault("SIJIL_DEMO", "1")
    if "PYTEST_XDIST_WORKER" not in os.environ:
        _make_home()
    if not os.environ.get("SIJIL_DATABASE_URL"):
        _start_database()
    from django.conf import settings

    assert settings.DATABASES  # read now: pytest-django sets Django up when its settings are known


def pytest_collection() -> None:
    """Read shipped law alone: a test that asks for a version enacted on an installation says so.

    Static files are those that are served: collected, as at the start of the web process.
    """
    from sijil.kernel import law
    from sijil.processes.static_files import collect_for_settings

    collect_for_settings()

    law.use_enacted(None)


def _make_home() -> None:
    home = Path(tempfile.mkdtemp(prefix="sijil-test-"))
    home.chmod(0o711)
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    os.environ["SIJIL_HOME"] = str(home)
    furnish(home)


def _start_database() -> None:
    server = Postgres(Path(os.environ["SIJIL_HOME"]), durable=False)
    atexit.register(server.remove)  # runs after stop: last in, first out
    atexit.register(server.stop)
    os.environ["SIJIL_DATABASE_URL"] = server.start()
    with psycopg.connect(server.superuser_url) as connection:  # what the owner of a throw-away database may
        connection.execute("ALTER ROLE sijil CREATEDB")
        connection.execute("GRANT SET ON PARAMETER session_replication_role TO sijil")


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_keepdb: bool,
    django_db_createdb: bool,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """Make the test database whichever tests were chosen.

    pytest-django makes it only when a chosen test is marked ``django_db``; the browser tests reach it through
    a server instead, and without this would empty the database of the installation.
    """
    from django.test.utils import setup_databases, teardown_databases

    from sijil.kernel.tests.guards import emptied_unguarded

    keep = django_db_keepdb and not django_db_createdb
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False, keepdb=keep, aliases={"default"})
    with emptied_unguarded():
        yield
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            teardown_databases(made, verbosity=0)


@pytest.fixture
def entries() -> Iterator[list[Any]]:
    """What is written in the log, kept in a list instead."""
    from sijil.kernel.tests.trial import kept_entries

    with kept_entries() as kept:
        yield kept


@pytest.fixture
def notices() -> Iterator[list[Any]]:
    """The notices of files, kept in a list instead of being sent."""
    from sijil.kernel.casework.files import kept_notices

    with kept_notices() as kept:
        yield kept


@pytest.fixture
def trial(db: None, monkeypatch: pytest.MonkeyPatch, entries: list[Any], notices: list[Any]) -> Any:
    """The files of a kind made for tests, alone in the registry of kinds."""
    from sijil.kernel.casework import files
    from sijil.kernel.tests.trial import files_of_trial, make_tables

    monkeypatch.setattr(files, "_registered", {})
    make_tables()
    return files_of_trial()
