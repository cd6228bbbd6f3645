"""As each role of the database: what it must not do is refused by the database, and it can do its work."""

import os
import subprocess
import sys
from urllib.parse import parse_qsl, urlsplit

import httpx
import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connection

from sijil.config import settings as written
from sijil.domains.partners.services import register_partner
from sijil.domains.partners.sql import DIRECTORY
from sijil.domains.verification.services import enrol_subject
from sijil.kernel.dates import PartialDate
from sijil.kernel.ids import draw_idcs, draw_person_key
from sijil.processes import grants, roles
from sijil.processes.environment import Environment
from sijil.processes.failure import CannotStart
from sijil.reporting import health
from sijil.verify.app import address_of
from sijil.verify.tests.conftest import CREDIT, WHO, database_url, running

pytestmark = pytest.mark.django_db(transaction=True)
EVERYBODY = [
    "COPY (SELECT 1) TO PROGRAM 'id'",
    "SELECT pg_read_file('/etc/passwd')",
    "SET session_replication_role = replica",
    "SET ROLE sijil",
    "CREATE ROLE another LOGIN",
    "CREATE TABLE public.mine ()",
    "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
    "ALTER TABLE audit_entry DETACH PARTITION audit_entry_default",
    "DROP TABLE audit_entry_default",
    "TRUNCATE audit_entry",
    "TRUNCATE audit_entry_default",
    "TRUNCATE pages_bucket",
    "DELETE FROM audit_entry",
    "DELETE FROM audit_entry_default",
    "UPDATE audit_entry SET subject = 'x'",
    "UPDATE scoring_score SET a = 1",
    "DELETE FROM social_register_declaration",
    "DELETE FROM django_migrations",
    "CREATE OR REPLACE FUNCTION sijil_refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
]
REFUSED = {
    roles.WEB: ["INSERT INTO audit_root VALUES (1)", "SELECT audit_make_partition('2031-01-01')"],
    roles.WORKER: [],
    roles.VERIFY: [
        "SELECT sealed FROM population_register_identity",
        "SELECT password FROM accounts_account",
        "SELECT token_salt FROM partner",
        "SELECT 1 FROM audit_entry",
        "UPDATE verification_subject SET state = 'active'",
        "INSERT INTO audit_entry (id, at, actor_kind, actor_id, action, subject, xid) "
        "VALUES (gen_random_uuid(), now(), 'x', 'x', 'x.y', '1', 5)",
        "SELECT audit_make_partition('2031-01-01')",
    ],
    roles.AUDIT: [
        "SELECT 1 FROM django_session",
        "SELECT 1 FROM pages_answer",
        "INSERT INTO partner (code) VALUES ('x')",
    ],
}
ALLOWED = {
    roles.WEB: [
        "UPDATE pages_bucket SET tokens = 0",
        "DELETE FROM pages_answer",
        "DELETE FROM django_session",
        "SELECT name FROM django_migrations",
    ],
    roles.WORKER: [
        "SELECT audit_make_partition('2031-01-01')",
        "CREATE TEMPORARY TABLE fresh (LIKE scoring_current)",
    ],
    roles.VERIFY: [DIRECTORY],
    roles.AUDIT: ["SELECT subject FROM audit_entry", "SELECT roles FROM accounts_account"],
}


@pytest.fixture
def given(settings):
    """The roles of the private PostgreSQL, with what they may in the database of the tests."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = ANY(%s)", [[*roles.PRIVATE.values()]])
        if cursor.fetchone()[0] < len(roles.PRIVATE):
            pytest.skip("another server than the private one: it has no such roles")
    settings.DATABASE_USERS = roles.PRIVATE
    grants.give()


def run_as(process, statement):
    url = database_url().replace("//sijil:", f"//{roles.PRIVATE[process]}:")
    with psycopg.connect(url) as session:
        session.execute(statement)
        session.rollback()


@pytest.mark.parametrize("process", roles.LIMITED)
def test_what_a_role_must_not_do_is_refused_by_the_database(given, process):
    done = []
    for statement in EVERYBODY + REFUSED[process]:
        try:
            run_as(process, statement)
        except psycopg.errors.InsufficientPrivilege:
            continue
        done.append(statement)
    assert not done


@pytest.mark.parametrize("process", roles.LIMITED)
def test_a_role_can_do_its_work(given, process):
    for statement in ALLOWED[process]:
        run_as(process, statement)


def test_the_owner_of_the_tables_is_no_superuser_either():
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = 'sijil'")
        assert cursor.fetchone() in ((False,), None)


def test_a_verification_is_answered_and_logged_by_the_role_that_reads_two_tables(given):
    partner = register_partner(
        code="bank", name_ar="بنك", name_fr="Banque", scopes=["verification"], purposes=[CREDIT], **WHO
    )
    number = draw_idcs()
    enrol_subject(person=draw_person_key(), idcs=number, birth=PartialDate(1987, 3, 14), sex="F")
    url = database_url().replace("//sijil:", f"//{roles.PRIVATE[roles.VERIFY]}:")
    with (
        running(SIJIL_DATABASE_URL="", SIJIL_VERIFY_DATABASE_URL=url) as (_, address),
        httpx.Client(base_url=address) as http,
    ):
        who = (partner.client_id, partner.secret)
        token = http.post("/oauth2/token", data={"grant_type": "client_credentials"}, auth=who).json()
        head = {"Authorization": f"Bearer {token['access_token']}"}
        claim = {"idcs": number, "birth_date": "1987-03-14", "sex": "F", "purpose": "credit"}
        answer = http.post("/v1/verifications", json=claim, headers=head)
    assert answer.json()["result"] == "match"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_entry WHERE action = 'verification.asked'")
        assert cursor.fetchone() == (1,)


def test_a_role_that_the_server_does_not_know_is_named_with_its_setting(settings):
    settings.DATABASE_USERS = roles.PRIVATE | {roles.WORKER: "nobody_here"}
    with pytest.raises(CannotStart, match="SIJIL_WORKER_DATABASE_URL names the role nobody_here"):
        grants.give()


AS_WEB = """
import sijil.config.asgi
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT current_user")
    print("connected as", *cursor.fetchone())
"""


def test_the_web_process_connects_as_its_role_not_as_the_owner(given):
    own = database_url()
    environ = {
        **os.environ, "SIJIL_HOME": str(django_settings.HOME), "SIJIL_DATABASE_URL": own,
        "SIJIL_WEB_DATABASE_URL": own.replace("//sijil:", f"//{roles.PRIVATE[roles.WEB]}:"),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-c", AS_WEB], env=environ, capture_output=True, text=True)
    assert "connected as sijil_web" in done.stdout, done.stderr[-800:]


URL = "postgresql://own:x@db/sijil"


@pytest.mark.parametrize(
    ("given_settings", "process", "user"),
    [
        ({"database_url": URL}, roles.OWNER, "own"),
        ({"database_url": URL}, roles.WEB, "own"),
        ({"database_url": URL, "web_database_url": "postgresql://pages@db/sijil"}, roles.WEB, "pages"),
        ({"database_url": URL, "web_database_url": "postgresql://pages@db/sijil"}, roles.OWNER, "own"),
        ({"verify_database_url": "postgresql:///sijil?user=v"}, roles.VERIFY, "v"),
        ({}, roles.OWNER, "sijil"),
        ({}, roles.WEB, "sijil_web"),
        ({}, roles.AUDIT, "sijil_audit"),
    ],
)
def test_as_whom_a_process_connects(tmp_path, monkeypatch, given_settings, process, user):
    monkeypatch.delenv("SIJIL_DATABASE_URL", raising=False)
    here = Environment(home=tmp_path, **given_settings)
    assert roles.users(here)[process] == user


def test_what_an_address_says_of_tls_reaches_both_drivers():
    database = written._database(
        f"{URL}?sslmode=verify-full&sslrootcert=/etc/ca.pem&target_session_attrs=primary"
    )
    told = {
        "sslmode": "verify-full",
        "sslrootcert": "/etc/ca.pem",
        "target_session_attrs": "primary",
    }
    assert database["OPTIONS"].items() >= told.items()
    dsn = address_of(database)["dsn"]
    assert dict(parse_qsl(urlsplit(dsn).query)) == told
    assert address_of(written._database(URL))["dsn"] is None


@pytest.mark.parametrize("query", ["sslmod=verify-full", "password=x", "sslcrl="])
def test_what_an_address_says_in_vain_is_refused(query):
    name = query.partition("=")[0]
    with pytest.raises(CannotStart, match=f"says {name}, which Sijil does not pass on"):
        written._database(f"{URL}?host=/run&{query}")


@pytest.mark.parametrize(
    ("listens_on", "hosts"),
    [
        ("127.0.0.1", {"127.0.0.1", "sijil.example"}),
        ("0.0.0.0", {"127.0.0.1", "localhost", "[::1]", "sijil.example"}),
    ],
)
def test_who_listens_everywhere_is_asked_from_the_machine_too(listens_on, hosts):
    assert set(written._hosts(listens_on, "sijil.example")) == hosts


def test_health_says_when_the_roles_are_one(settings):
    settings.DATABASE_USERS = dict.fromkeys(roles.PRIVATE, str(connection.settings_dict["USER"]))
    seen = health._roles()
    assert (seen.well, seen.warns) == (True, True)
    assert "web, worker, verify" in seen.seen
    settings.DATABASE_USERS = roles.PRIVATE
    assert not health._roles().warns


def test_health_is_ill_when_a_process_is_superuser(settings):
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolsuper LIMIT 1")
        superuser = cursor.fetchone()[0]
    settings.DATABASE_USERS = roles.PRIVATE | {roles.WEB: superuser}
    assert not health._roles().well
