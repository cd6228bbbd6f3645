"""``sijil verify-state``: nothing differs in a country that was used, and each kind of tampering is named."""

import json
from functools import partial

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from tests.journeys import small_country
from typer.testing import CliRunner

from sijil.console import build
from sijil.domains.accounts.services import create_staff
from sijil.domains.audit.adapters.file_seal import FileSeal
from sijil.domains.audit.queries import find_proven
from sijil.domains.audit.services import seal_pending
from sijil.domains.law.queries import EnactedLaws
from sijil.domains.partners.rules import VERIFICATION
from sijil.domains.partners.services import add_key, register_partner, remove_key, rotate_secret
from sijil.domains.partners.types import Purpose
from sijil.domains.programmes.queries import list_published
from sijil.journeys import law_enactment
from sijil.journeys.programme_support import check_list
from sijil.kernel.actors import COUNTRY, officer
from sijil.kernel.tests.guards import falsify
from sijil.kernel.tests.shelves import copy_of_the_law, reading
from sijil.reporting.state import list_differences

NOW = small_country.NOW
CREDIT = Purpose("credit", "دراسة طلب قرض", "étude d’une demande de crédit", "study of a loan request")
TAMPERINGS = {
    "a current score": ("current score", "UPDATE scoring_current SET score = 8.0, a = 1"),
    "a current score removed": ("current score", "DELETE FROM scoring_current"),
    "a decision": ("decision", "UPDATE programmes_decision SET numerator = numerator + 1"),
    "a household of a list": ("list", "UPDATE programmes_list_row SET household_code = '99999999999'"),
    "the rank of a list, with its checksum": (
        "list",
        "UPDATE programmes_list SET header = header || 'x', checksum = 'x'",
    ),
    "roles of staff": (
        "staff_account",
        "UPDATE accounts_account SET roles = '{administrator}' WHERE login = 's.alami'",
    ),
    "the area of staff": ("staff_account", "UPDATE accounts_account SET area = '01' WHERE login = 's.alami'"),
    "an account that lets in": ("account", "UPDATE accounts_account SET is_active = NOT is_active"),
    "a head": ("household", "UPDATE social_register_household SET head = head + 1"),
    "the milieu of a household": (
        "household",
        "UPDATE social_register_household SET milieu = 'rural' WHERE milieu = 'urban'",
    ),
    "a member taken away": ("household", "DELETE FROM social_register_member WHERE relation <> 'head'"),
    "a member who is another": (
        "household",
        "UPDATE social_register_member SET person = person + 1 WHERE relation <> 'head'",
    ),
    "a member put in": (
        "household",
        "INSERT INTO social_register_member (household_id, person, relation, sex, joined_on) "
        "SELECT household_id, 7, 'child', 'F', joined_on FROM social_register_member LIMIT 1",
    ),
    "the state of a person": ("person", "UPDATE population_register_person SET state = 'deceased'"),
    "what banks are answered": (
        "verification_subject",
        "UPDATE verification_subject SET state = 'closed' WHERE state = 'active'",
    ),
    "a file with a step of its own making": (
        "person",
        "WITH p AS (UPDATE population_register_person SET state = 'deceased' RETURNING id) "
        "INSERT INTO population_register_person_step (action, from_state, to_state, actor_kind, actor_id,"
        " actor_for, at, reason, person_id)"
        " SELECT 'die', 'active', 'deceased', 'officer', 'x', '', now(), '', id FROM p",
    ),
    "an answer, with its digest": (
        "declaration",
        "UPDATE social_register_declaration SET sha256 = 'x', answers = answers || '{\"x\": 1}'",
    ),
    "what scores read of the answers": (
        "declaration",
        "UPDATE social_register_declaration SET packed_members = packed_members || '\\x00'",
    ),
    "a declaration taken away": ("declaration", "DELETE FROM social_register_declaration"),
    "where a person is reached": (
        "identity",
        "UPDATE population_register_identity v SET sealed = o.sealed FROM population_register_identity o"
        " WHERE o.id <> v.id",
    ),
    "a person with the identity of another": (
        "person",
        "UPDATE population_register_person p SET current_id = o.id FROM population_register_identity o"
        " WHERE o.person_id <> p.id",
    ),
    "a request with the telephone of another": (
        "request",
        "UPDATE population_register_request r SET sealed = o.sealed FROM population_register_request o"
        " WHERE o.id <> r.id AND o.sealed <> '' AND r.sealed <> ''",
    ),
    "where a message goes": (
        "message",
        "UPDATE notifications_message m SET sealed = o.sealed FROM notifications_message o"
        " WHERE o.id <> m.id",
    ),
    "the day of an appointment": ("appointment", 'UPDATE appointments_appointment SET "on" = "on" + 1'),
    "the hour of everybody at once": (
        "appointment",
        "UPDATE appointments_slot SET at = at + interval '15 minutes'",
    ),
    "a step removed": ("registration", "DELETE FROM social_register_registrationstaterow"),
}


NEW = "018cc251-f400-7000-8000-000000000000"
INSERTS = {
    "a score": ("score", "scoring_score", {"number": 99, "a": 1, "score": "8.0"}),
    "a first score": ("score", "scoring_score", {"household_code": "99999999999"}),
    "a decision": ("decision", "programmes_decision", {"number": 99}),
    "a decision by an older score": ("decision", "programmes_decision", {"number": 99, "score_number": 0}),
    "a list": ("list", "programmes_list", {"id": NEW, "number": 99}),
    "a household on a list": ("list", "programmes_list_row", {"rank": 99, "household_code": "99999999999"}),
    "an account": (
        "account",
        "accounts_account",
        {
            "id": NEW,
            "login": "x.forged",
            "kind": "staff",
            "roles": ["administrator"],
        },
    ),
    "a file of staff": (
        "staff_account",
        "accounts_staff",
        {"account_id": "the account of a citizen"},
    ),
    "a household": ("household", "social_register_household", {"code": "99999999999"}),
    "a person": (
        "person",
        "population_register_person",
        {"id": NEW, "key": 7, "idcs_index": "\\x07"},
    ),
    "a subject of banks": ("verification subject", "verification_subject", {"tag": "\\x07", "person": 7}),
    "an appointment": (
        "appointment",
        "appointments_appointment",
        {"id": 99999, "request_number": "K7QD4M2X9T"},
    ),
}
"""What is put in as a new row, like one that is there but for these columns; its keys are others."""


def forge(table, changes):
    """Insert a row like one that is there; return how many."""
    if changes.get("account_id"):
        citizen = get_user_model().objects.filter(kind="citizen").values_list("id", flat=True).first()
        changes = {"account_id": str(citizen)}
    return falsify(
        f"INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, to_jsonb(t) || %s::jsonb)).* "
        f"FROM (SELECT * FROM {table} LIMIT 1) t",
        json.dumps(changes),
    )


@pytest.fixture
def country(db):
    return small_country.make()


def test_each_tampering_is_named_and_nothing_else_differs(country):
    assert list(list_differences()) == []
    missed = {}
    for name, (kind, statement) in TAMPERINGS.items():
        with transaction.atomic():
            changed = falsify(statement)
            found = {one.of for one in list_differences()}
            transaction.set_rollback(True)
        if not changed or kind not in found:
            missed[name] = (changed, found)
    assert missed == {}


@pytest.mark.parametrize(
    "change",
    [
        "rate_limit = rate_limit + 1", "scopes = '[\"verification\", \"other\"]'", "purposes = '[]'",
        "secret_hash = sha256('x')", "client_id = 'client-x'",
    ],
)  # fmt: skip
def test_what_a_partner_may_ask_is_what_the_log_says(db, change):
    by = {"code": "bank-x", "actor": officer("admin", roles=["administrator"]), "now": small_country.NOW}
    register_partner(name_ar="بنك", name_fr="Banque", scopes=[VERIFICATION], purposes=[CREDIT], **by)
    rotate_secret(**by)
    assert list(list_differences()) == []
    assert falsify(f"UPDATE partner SET {change}")
    assert [(one.of, one.key) for one in list_differences()] == [("partner", "partner:bank-x")]


KEY = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}  # of RFC 8037


@pytest.mark.parametrize(
    "change",
    [
        'UPDATE partner_key SET jwk = jwk || \'{"x": "AAAAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo8"}\'',
        "UPDATE partner_key SET jwk = '{}'",
        "UPDATE partner_key SET partner_id = 'bank-y'",
        "UPDATE partner_key SET removed_at = NULL",
        "INSERT INTO partner_key (kid, partner_id, jwk, added_at)"
        " SELECT 'other', partner_id, jwk, added_at FROM partner_key",
    ],
)
def test_a_key_that_nobody_trusted_is_named(db, change):
    by = {"actor": officer("admin", roles=["administrator"]), "now": NOW}
    for code in ("bank-x", "bank-y"):
        register_partner(code=code, name_ar="ب", name_fr="B", scopes=[VERIFICATION], purposes=[CREDIT], **by)
    kid = add_key(code="bank-x", jwk=KEY, **by)
    if "removed_at" in change:
        remove_key(code="bank-x", kid=kid, **by)
    assert list(list_differences()) == []
    assert falsify(change)
    assert {one.of for one in list_differences()} == {"partner key"}


REASONS_OF_2027 = """law: matching.reason
version: REASON-2
from: 2027-01-01
source: our own rule
last_checked_on: 2026-11-22
doubt: none

least: 20
most: 1000
"""


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        (
            "UPDATE law_version SET content = replace(content, 'least: 20', 'least: 1')",
            "is not what was enacted",
        ),
        ("UPDATE law_version SET content = replace(content, 'our own', 'the')", "is not what was enacted"),
        ("UPDATE law_version SET digest = md5('x') || md5('y')", "is not what was enacted"),
        ("UPDATE law_version SET signed_by = 'x'", "is not what was enacted"),
        ("UPDATE law_version SET version = 'REASON-3'", "was enacted, and is gone"),
        ("DELETE FROM law_version", "was enacted, and is gone"),
    ],
)
def test_a_law_that_is_not_the_one_enacted_is_named(db, tmp_path, change, seen):
    who = {"name": "Q", "password": "le figuier", "roles": ["administrator"], "area": COUNTRY}
    for login in ("first.admin", "second.admin"):
        create_staff(login=login, now=NOW, **who)
    first = officer("first.admin", roles=["administrator"])
    with reading(copy_of_the_law(tmp_path), EnactedLaws()):
        law_enactment.enact(content=REASONS_OF_2027, second="second.admin", actor=first, now=NOW)
        assert list(list_differences()) == []
        assert falsify(change)
        assert seen in {one.seen for one in list_differences() if one.of == "law"}


def forge_with_step():
    put_in = forge("social_register_household", {"code": "99999999999"})
    forge("social_register_householdstaterow", {"id": 99999, "household_id": "99999999999"})
    return put_in


def put_in_by():
    """Give each way of adding a row past the guards: what it is, what names it, how it is done."""
    for name, (kind, table, changes) in INSERTS.items():
        yield name, kind, partial(forge, table, changes)
    yield "a household with its step", "household", forge_with_step
    one = "UPDATE scoring_score SET a = a + 1 WHERE ctid = (SELECT min(ctid) FROM scoring_score)"
    yield "a score that is another", "score", partial(falsify, one)


def test_each_row_put_in_is_named(country):
    missed = {}
    for name, kind, put_in in put_in_by():
        with transaction.atomic():
            count = put_in()
            found = {one.of for one in list_differences()}
            transaction.set_rollback(True)
        if count != 1 or kind not in found:
            missed[name] = (count, found)
    assert missed == {}


def test_the_command_names_what_differs(country):
    run = CliRunner().invoke(build(["verify-state"]), ["verify-state"])
    assert (run.exit_code, run.output) == (0, "Everything is as it was decided.\n")
    falsify("UPDATE scoring_current SET score = 8.0, a = 1")
    run = CliRunner().invoke(build(["verify-state"]), ["verify-state"])
    assert run.exit_code == 1
    assert "DIFFERS: current score" in run.output


def test_the_page_of_a_list_asks_the_sealed_log_not_the_row(country):
    (made, *_) = list_published()
    who = {"actor": officer("manager.asd", centre="", area="country"), "now": small_country.NOW}
    assert check_list(list_id=made.id, **who)
    with connection.cursor() as cursor:
        cursor.execute("SELECT checksum FROM programmes_list WHERE id = %s", [made.id])
    falsify("UPDATE programmes_list_row SET score_number = score_number + 1")
    from sijil.domains.programmes.queries import checksum_of

    falsify("UPDATE programmes_list SET checksum = %s", checksum_of(made.id))
    assert not check_list(list_id=made.id, **who)


@pytest.mark.django_db(transaction=True)
def test_an_altered_entry_proves_nothing(tmp_path, settings):
    small_country.make()
    (made, *_) = list_published()
    settings.HOME = tmp_path
    signer = FileSeal(tmp_path / "audit", "test")
    seal_pending(now=small_country.NOW, by=signer)
    ask = ("list.published", f"list:{made.id}")
    assert find_proven(*ask, by=signer)["checksum"] == made.checksum
    falsify("UPDATE audit_entry SET facts = facts || '{\"count\": 0}' WHERE action = 'list.published'")
    assert find_proven(*ask, by=signer) == {}
