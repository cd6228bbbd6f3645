"""A new domain passes the contracts, the migration check and its own tests as it is made."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """Return a copy of the house with a domain 'inspections' in it."""
    copy = tmp_path_factory.mktemp("house")
    skip = shutil.ignore_patterns("__pycache__", "*.mo")
    for name in ("src", "tools", "docs"):
        shutil.copytree(ROOT / name, copy / name, ignore=skip)
    for name in ("pyproject.toml", "conftest.py"):
        shutil.copy2(ROOT / name, copy / name)
    done = command(copy, sys.executable, "tools/new_domain.py", "inspections")
    assert done.returncode == 0, done.stdout + done.stderr
    return copy


def command(house, *words, settings="sijil.config.settings"):
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("SIJIL_", "PYTEST", "DJANGO_"))}
    environ |= {"PYTHONPATH": str(house / "src"), "SIJIL_HOME": str(house / ".sijil")}
    environ |= {"DJANGO_SETTINGS_MODULE": settings} if settings else {}
    return subprocess.run(words, cwd=house, env=environ, capture_output=True, text=True, check=False)


def test_it_is_registered_drawn_and_in_the_glossary(house):
    assert '"sijil.domains.inspections",' in (house / "src/sijil/config/settings.py").read_text()
    assert '    "inspections",' in (house / "src/sijil/config/wiring.py").read_text()
    assert "opened --> closed: close" in (house / "docs/journeys/inspections.md").read_text()
    assert "inspections.InspectionState" in (house / "docs/glossary.yaml").read_text()


def test_its_steps_are_immutable_and_no_migration_is_missing(house):
    assert (
        "Immutable('inspection_step')"
        in (house / "src/sijil/domains/inspections/migrations/0001_initial.py").read_text()
    )
    check = [sys.executable, "-W", "ignore", "-m", "django", "makemigrations", "--check", "inspections"]
    done = command(house, *check)
    assert done.returncode == 0, done.stdout


def test_it_keeps_the_contracts(house):
    done = command(house, str(Path(sys.executable).parent / "lint-imports"), "--no-cache")
    assert done.returncode == 0, done.stdout


def test_its_own_tests_pass(house):
    words = ["-m", "pytest", "-p", "no:randomly", "-p", "no:cacheprovider", "src/sijil/domains/inspections"]
    done = command(house, sys.executable, *words, settings="")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert "7 passed" in done.stdout
