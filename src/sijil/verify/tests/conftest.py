"""A real verify process over the database of the tests, a partner and a person."""

import contextlib
import datetime as dt
import os
import socket
import subprocess
import sys
import time
from urllib.parse import quote

import httpx
import pytest
from django.conf import settings
from django.db import connection

from sijil.domains.partners.services import register_partner
from sijil.domains.partners.types import Purpose
from sijil.domains.population_register.tests.samples import Idcs
from sijil.domains.verification.services import enrol_subject
from sijil.kernel.actors import system
from sijil.kernel.dates import PartialDate
from sijil.kernel.ids import draw_idcs, draw_person_key

WHO = {"actor": system("tests"), "now": dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC)}
CREDIT = Purpose("credit", "دراسة طلب قرض", "étude d’une demande de crédit", "study of a loan request")


def database_url():
    """Return the address of the database of the tests, for another process."""
    given = connection.settings_dict
    user, password, name = (quote(str(given[key]), safe="") for key in ("USER", "PASSWORD", "NAME"))
    port = f":{given['PORT']}" if given["PORT"] else ""
    return f"postgresql://{user}:{password}@{port}/{name}?host={quote(str(given['HOST']), safe='')}"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(**environment):
    """Run ``sijil verify``; yield (process, address)."""
    port = free_port()
    environ = {
        **os.environ, "SIJIL_HOME": str(settings.HOME), "SIJIL_DATABASE_URL": database_url(),
        "SIJIL_HOST": "127.0.0.1",
        "SIJIL_VERIFY_PORT": str(port), "SIJIL_VERIFY_WORKERS": "1",
        "PYTHONPATH": os.pathsep.join(sys.path), **environment,
    }  # fmt: skip
    process = subprocess.Popen([sys.executable, "-m", "sijil.console", "verify"], env=environ)
    try:
        wait_until_open(port, process)
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def wait_until_open(port, process):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        time.sleep(0.05)
    raise RuntimeError("the verify process did not start")


@pytest.fixture(scope="module")
def address(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), running() as (_, at):
        yield at


@pytest.fixture
def http(address):
    with httpx.Client(base_url=address, timeout=20) as client:
        yield client


@pytest.fixture
def partner(transactional_db):
    return register_partner(
        code="bank-atlas", name_ar="بنك الأطلس", name_fr="Banque Atlas", scopes=["verification"],
        purposes=[CREDIT], rate_limit=100_000, **WHO,
    )  # fmt: skip


@pytest.fixture
def token(http, partner):
    answer = http.post(
        "/oauth2/token", data={"grant_type": "client_credentials"}, auth=(partner.client_id, partner.secret)
    )
    return answer.json()["access_token"]


@pytest.fixture
def idcs(transactional_db):
    number = Idcs(draw_idcs())
    number.key = draw_person_key()
    enrol_subject(person=number.key, idcs=number, birth=PartialDate(1987, 3, 14), sex="F")
    return number


@pytest.fixture
def ask(http, token, idcs):
    """Ask about the person; keywords replace fields, ``content`` the whole body."""

    def ask(*, bearer=token, content=None, **changes):
        body = {"idcs": idcs, "birth_date": "1987-03-14", "sex": "F", "purpose": "credit", **changes}
        more = {"json": body} if content is None else {"content": content}
        return http.post("/v1/verifications", headers={"Authorization": f"Bearer {bearer}"}, **more)

    return ask
