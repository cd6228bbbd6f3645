"""Tokens, keys, description; what happens when the database or the process goes."""

import asyncio
import datetime as dt
import os
import re
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from openapi_spec_validator import validate

from sijil.domains.audit.queries import list_consultations
from sijil.domains.partners.services import rotate_secret, suspend_partner
from sijil.kernel.ids import new_key
from sijil.kernel.tests.loops import in_a_loop
from sijil.verify.app import address_of
from sijil.verify.batches import Batches, Line, Unavailable
from sijil.verify.directory import Bucket, Directory
from sijil.verify.statement import Question
from sijil.verify.tests.conftest import WHO, database_url, running

pytestmark = pytest.mark.django_db(transaction=True)
GRANT = {"grant_type": "client_credentials"}


def test_a_token_for_basic_or_form_credentials(http, partner):
    form = {**GRANT, "client_id": partner.client_id, "client_secret": partner.secret, "scope": "verification"}
    for answer in (
        http.post("/oauth2/token", data=form),
        http.post("/oauth2/token", data=GRANT, auth=(partner.client_id, partner.secret)),
    ):
        body = answer.json()
        assert (answer.status_code, body["token_type"], body["expires_in"], body["scope"]) == (
            200,
            "Bearer",
            600,
            "verification",
        )
        assert answer.headers["cache-control"] == "no-store"


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
REFUSED = [
    (b"", 400, "invalid_request"),
    (b"grant_type=password", 400, "unsupported_grant_type"),
    (b"grant_type=client_credentials&scope=everything", 400, "invalid_scope"),
    (b"grant_type=client_credentials&client_secret=x", 400, "invalid_request"),
    (b"a=1&a=2", 400, "invalid_request"),
    (b"%ff&&=", 400, "invalid_request"),
    (b"nothing", 400, "invalid_request"),
]


def test_a_token_refused_in_the_words_of_rfc_6749(http, partner):
    for body, status, error in REFUSED:
        answer = http.post(
            "/oauth2/token", content=body, auth=(partner.client_id, partner.secret), headers=FORM
        )
        assert (answer.status_code, answer.json()["error"]) == (status, error), body


def test_unknown_clients_are_refused(http, partner):
    for header in (
        None,
        "Basic bm9ib2R5Ong=",
        "Basic Og==",
        "Basic x",
        "Basic !!",
        "Digest abc",
        "Basic YQ==",
    ):
        answer = http.post("/oauth2/token", data=GRANT, headers={"Authorization": header} if header else {})
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client"), header
        assert answer.headers["www-authenticate"].startswith("Basic")


def test_json_is_not_the_form_of_rfc_6749(http, partner):
    assert http.post("/oauth2/token", json=GRANT).json()["error"] == "invalid_request"


def test_a_changed_secret_counts_at_once(http, partner):
    new = rotate_secret(code="bank-atlas", **WHO)
    assert http.post("/oauth2/token", data=GRANT, auth=(new.client_id, new.secret)).status_code == 200
    assert http.post("/oauth2/token", data=GRANT, auth=(partner.client_id, partner.secret)).status_code == 401


def test_a_token_of_a_secret_that_was_changed_is_no_token(http, ask, token, partner):
    assert ask(bearer=token).status_code == 200
    new = rotate_secret(code="bank-atlas", **WHO)
    fresh = http.post("/oauth2/token", data=GRANT, auth=(new.client_id, new.secret)).json()["access_token"]
    answer = ask(bearer=token)
    assert (answer.status_code, answer.json()["code"]) == (401, "partners.token_invalid")
    assert ask(bearer=fresh).status_code == 200


def test_a_suspended_partner_gets_no_token(http, partner):
    suspend_partner(code="bank-atlas", **WHO)
    assert http.post("/oauth2/token", data=GRANT, auth=(partner.client_id, "wrong")).status_code == 401
    assert http.post("/oauth2/token", data=GRANT, auth=(partner.client_id, partner.secret)).status_code == 401


def test_the_description_is_valid_openapi(http):
    document = http.get("/openapi.json").json()
    validate(document)
    assert {"/v1/verifications", "/oauth2/token", "/healthz", "/.well-known/jwks.json"} <= set(
        document["paths"]
    )


def test_the_page_fetches_nothing_from_elsewhere(http):
    page = http.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "src=" not in page.text
    assert "<link" not in page.text
    assert re.search(r'href="http://[^"]+/partners/"', page.text), "the way back"


ADDRESSES = [
    ("GET", "/", 404), ("POST", "/v1/", 404), ("GET", "/v1/verifications", 405),
    ("DELETE", "/docs", 405), ("GET", "/healthz", 200),
]  # fmt: skip


def test_addresses_and_methods(http):
    for method, path, status in ADDRESSES:
        answer = http.request(method, path)
        assert answer.status_code == status
        assert ("allow" in answer.headers) is (status == 405)


# --- the database goes -----------------------------------------------------------------------------------


def question():
    return Question(new_key(), new_key().bytes, (bytes(16), b"", b""), "F", "bank", "Bank", "credit")


def clock():
    return dt.datetime.now(dt.UTC)


def asking(address, *, before=None, times=1):
    async def run():
        batches = Batches(address, lines=1, clock=clock)
        if before:
            await before(batches)
        answers = await asyncio.gather(
            *(batches.answer(question()) for _ in range(times)), return_exceptions=True
        )
        await batches.close()
        return answers

    return in_a_loop(run())


@pytest.fixture
def there(db):
    return address_of(settings.DATABASES["default"]) | {"database": connection.settings_dict["NAME"]}


def test_no_database_is_never_no_match(there):
    answers = asking({**there, "host": "/nowhere"}, times=3)
    assert [type(a) for a in answers] == [Unavailable] * 3


@pytest.mark.parametrize(("wanted", "is_found"), [("primary", True), ("standby", False)])
def test_what_the_address_asks_of_the_server_is_held(there, wanted, is_found):
    database = {**settings.DATABASES["default"], "OPTIONS": {"target_session_attrs": wanted}}
    asked = there | {"dsn": address_of(database)["dsn"]}
    assert (type(asking(asked)[0]) is not Unavailable) is is_found


def test_an_unknown_database_is_unavailable(there):
    assert type(asking({**there, "database": "nowhere"})[0]) is Unavailable


def test_a_lost_connection_is_opened_again(there):
    async def lose(batches):
        await batches.answer(question())
        line = batches._idle[0]
        killer = Line(there)
        pid = line._connection.get_server_pid()
        await (await killer.connection()).execute(f"SELECT pg_terminate_backend({pid})")
        await killer.drop()
        await asyncio.gather(batches.answer(question()), return_exceptions=True)

    assert asking(there, before=lose)[0].confirmed is False


def test_an_unforeseen_error_is_unavailable_and_the_line_is_used_again(there, monkeypatch):
    async def broken(*_, **__):
        raise AttributeError("unforeseen")

    async def fail_once(batches):
        with monkeypatch.context() as patched:
            patched.setattr("sijil.verify.batches.ask", broken)
            answers = await asyncio.gather(batches.answer(question()), return_exceptions=True)
        assert isinstance(answers[0], Unavailable)

    assert asking(there, before=fail_once)[0].confirmed is False


def test_too_many_waiting_are_turned_away(there, monkeypatch):
    monkeypatch.setattr("sijil.verify.batches.MOST_WAITING", 5)
    answers = asking(there, times=9)
    assert sum(isinstance(a, Unavailable) for a in answers) == 4


def test_batches_larger_than_the_largest_are_split(there, monkeypatch):
    monkeypatch.setattr("sijil.verify.batches.LARGEST", 4)
    assert [a.confirmed for a in asking(there, times=10)] == [False] * 10


def test_durable_even_where_the_server_says_otherwise(there):
    async def setting():
        line = Line(there)
        found = await (await line.connection()).fetchval("SHOW synchronous_commit")
        await line.drop()
        return found

    assert in_a_loop(setting()) == "on"


def test_without_a_database_the_process_says_503(partner, tmp_path):
    away = database_url().replace("host=", "host=%2Fnowhere")
    with running(SIJIL_DATABASE_URL=away) as (_, address), httpx.Client(base_url=address) as http:
        health = http.get("/healthz")
        refused = http.post("/oauth2/token", data=GRANT, auth=(partner.client_id, partner.secret))
    assert (health.status_code, health.json()) == (503, {"status": "unavailable", "database": False})
    assert (refused.status_code, refused.json()["code"]) == (503, "verify.unavailable")
    assert refused.headers["retry-after"]


def test_a_table_held_for_long_is_unavailable_and_nothing_is_logged(there, monkeypatch):
    monkeypatch.setattr("sijil.verify.batches.PATIENCE_SECONDS", 0.3)
    with transaction.atomic():
        lock_entries()
        assert type(asking(there)[0]) is Unavailable


# --- the process goes ------------------------------------------------------------------------------------


def lock_entries():
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE audit_entry IN EXCLUSIVE MODE")


def waiting_for_lock():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'audit_entry'::regclass"
        )
        return cursor.fetchone()[0]


def test_asked_before_the_end_is_answered(partner, idcs):
    answers = []
    body = {"idcs": idcs, "birth_date": "1987-03-14", "sex": "F", "purpose": "credit"}
    with running() as (process, address), httpx.Client(base_url=address, timeout=20) as http:
        token = http.post("/oauth2/token", data=GRANT, auth=(partner.client_id, partner.secret)).json()[
            "access_token"
        ]
        headers = {"Authorization": f"Bearer {token}"}
        asking = threading.Thread(
            target=lambda: answers.append(http.post("/v1/verifications", json=body, headers=headers))
        )
        with transaction.atomic():
            lock_entries()
            asking.start()
            while not waiting_for_lock():
                pass
            process.send_signal(signal.SIGTERM)
        asking.join(20)
        assert process.wait(20) in (0, -signal.SIGTERM)
    connections.close_all()
    assert answers[0].json()["result"] == "match"
    assert len(list_consultations(idcs.key)) == 1


def test_workers_end_when_their_supervisor_is_killed(partner):
    with running(SIJIL_VERIFY_WORKERS="2") as (process, address), httpx.Client(base_url=address) as http:
        assert http.get("/healthz").status_code == 200
        http.close()
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
        port, deadline = int(address.rsplit(":", 1)[1]), clock() + dt.timedelta(seconds=15)
        while is_open(port) and clock() < deadline:
            pass
        assert not is_open(port)


def is_open(port):
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_bucket_fills_again_with_time():
    bucket = Bucket(2.0)
    start = bucket.at
    assert [bucket.take(start) for _ in range(3)] == [True, True, False]
    assert [bucket.take(start + 0.5), bucket.take(start + 0.5)] == [True, False]
    assert [bucket.take(start + 100) for _ in range(3)] == [True, True, False]


def test_the_commands_of_the_how_to_run_as_they_stand(address, partner, idcs):
    text = (Path(settings.SOURCE).parents[1] / "docs/how-to/verify-an-identity.md").read_text(
        encoding="utf-8"
    )
    script = text.split("```sh\n")[1].split("```")[0]
    claim = {"IDCS": idcs, "BIRTH_DATE": "1987-03-14", "SEX": "F", "PURPOSE": "credit"}
    who = {"VERIFY": address, "CLIENT_ID": partner.client_id, "CLIENT_SECRET": partner.secret}
    done = subprocess.run(
        ["sh", "-euc", script], env={**os.environ, **claim, **who}, capture_output=True, text=True, timeout=30
    )
    assert '"result":"match"' in done.stdout, done.stderr


def test_asking_whether_it_is_well_costs_no_statement():
    directory = Directory({}, workers=1)
    assert not directory.is_reachable()  # nothing was read yet
    directory._read_at = time.monotonic() - 4
    assert directory.is_reachable()
    directory._read_at -= 2
    assert not directory.is_reachable()
