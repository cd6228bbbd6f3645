"""Registering, changing the secret, suspending; pseudonyms."""

import datetime as dt
from dataclasses import replace
from functools import partial

import pytest
from django.db import DatabaseError, connection

from sijil.domains.partners import models
from sijil.domains.partners.queries import authenticate_client, get_pairwise_token, get_partner, list_partners
from sijil.domains.partners.services import (
    add_key,
    register_partner,
    remove_key,
    resume_partner,
    rotate_secret,
    suspend_partner,
)
from sijil.domains.partners.states import PARTNER, PartnerState
from sijil.domains.partners.types import Purpose
from sijil.kernel.actors import PUBLIC, citizen, officer, partner, system
from sijil.kernel.casework import ROLE_REFUSED, Role
from sijil.kernel.casework.watch import count_stock
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.machine import TRANSITION_REFUSED

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC)
ADMIN = officer("admin", roles=["administrator"])
CONSOLE = system("sijil partner")
ROLES_OF = {  # every actor that may come, and what it is to a partner
    "administrator": (ADMIN, Role.MANAGER),
    "administrator of a centre": (officer("admin", centre="C1", roles=["administrator"]), Role.MANAGER),
    "console": (CONSOLE, Role.SYSTEM),
    "other officer": (officer("salma", roles=["csc_officer", "programme_manager"]), None),
    "the partner": (partner("bank-atlas"), None),
    "citizen": (citizen("2574081631"), None),
    "public": (PUBLIC, None),
}
CREDIT = Purpose("credit", "دراسة طلب قرض", "étude d’une demande de crédit", "study of a loan request")


def register(**changes):
    given = {
        "code": "bank-atlas", "name_ar": "بنك الأطلس", "name_fr": "Banque Atlas", "scopes": ["verification"],
        "purposes": [CREDIT], "actor": ADMIN, "now": NOW,
    }  # fmt: skip
    return register_partner(**{**given, **changes})


def test_a_partner_is_registered_and_known_by_its_secret():
    given = register()
    found = authenticate_client(given.client_id, given.secret)
    assert (found.code, found.scopes, found.state) == ("bank-atlas", ("verification",), "active")
    assert found.purpose("credit") == CREDIT
    assert found.purpose("other") is None


def test_the_secret_is_long_and_kept_nowhere():
    given = register()
    row = models.Partner.objects.values().get()
    assert len(given.secret) >= 43
    assert given.secret not in str(row)
    assert len(bytes(row["secret_hash"])) == 32


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("code", "A", "partners.code_invalid"),
        ("code", "1bank", "partners.code_invalid"),
        ("code", "bank atlas", "partners.code_invalid"),
        ("scopes", ["everything"], "partners.scope_unknown"),
        ("purposes", [], "partners.purpose_invalid"),
        ("purposes", [CREDIT, CREDIT], "partners.purpose_invalid"),
        ("purposes", [replace(CREDIT, ar=" ")], "partners.purpose_invalid"),
        ("purposes", [replace(CREDIT, fr="")], "partners.purpose_invalid"),
        ("purposes", [replace(CREDIT, code="Two words")], "partners.purpose_invalid"),
    ],
)
def test_a_registration_is_refused_at_the_field(field, value, code):
    with pytest.raises(Refused) as refused:
        register(**{field: value})
    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_code_is_given_once():
    register()
    with pytest.raises(Refused, match=r"partners.code_taken"):
        register()


@pytest.mark.parametrize(
    ("client", "secret"), [("nobody", "x"), (None, "x"), (None, ""), (None, "é"), ("", "")]
)
def test_wrong_credentials_are_refused_alike(client, secret):
    given = register()
    with pytest.raises(Refused, match=r"partners.client_refused"):
        authenticate_client(given.client_id if client is None else client, secret)


def test_a_new_secret_replaces_the_old_at_once():
    old = register()
    new = rotate_secret(code="bank-atlas", actor=ADMIN, now=NOW)
    assert new.client_id == old.client_id
    assert authenticate_client(new.client_id, new.secret).code == "bank-atlas"
    with pytest.raises(Refused, match=r"partners.client_refused"):
        authenticate_client(old.client_id, old.secret)


def test_a_suspended_partner_is_refused_and_can_come_back():
    given = register()
    suspend_partner(code="bank-atlas", reason="audit", actor=ADMIN, now=NOW)
    with pytest.raises(Refused, match=r"partners.client_refused"):
        authenticate_client(given.client_id, given.secret)
    resume_partner(code="bank-atlas", actor=ADMIN, now=NOW)
    assert authenticate_client(given.client_id, given.secret).state == "active"


TARGETS = {
    ("active", "suspend"): "suspended", ("suspended", "resume"): "active",
    **{(state, act): state for state in PartnerState for act in ("rotate_secret", "add_key", "remove_key")},
}  # fmt: skip
KEY = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
OLD_KEY = "x" * 43
USE_CASES = {
    "suspend": suspend_partner,
    "resume": resume_partner,
    "rotate_secret": rotate_secret,
    "add_key": partial(add_key, jwk=KEY),
    "remove_key": partial(remove_key, kid=OLD_KEY),
}


@pytest.mark.parametrize("who", ROLES_OF)
@pytest.mark.parametrize("action", PARTNER.actions)
@pytest.mark.parametrize("state", PartnerState)
def test_every_cell_of_the_table_and_every_role(state, action, who):
    register()
    models.Partner.objects.update(state=state)
    models.PartnerKey.objects.create(kid=OLD_KEY, partner_id="bank-atlas", jwk={}, added_at=NOW)
    target, (actor, role) = TARGETS.get((state.value, action)), ROLES_OF[who]
    assert {(s, a, r) for s, a, r, may in PARTNER.cells() if may and (s, a) == (state, action)} == (
        {(state, action, Role.MANAGER), (state, action, Role.SYSTEM)} if target else set()
    )
    if target and role:
        USE_CASES[action](code="bank-atlas", actor=actor, now=NOW)
    else:
        with pytest.raises(Refused) as refused:
            USE_CASES[action](code="bank-atlas", actor=actor, now=NOW)
        assert refused.value.error is (ROLE_REFUSED if target else TRANSITION_REFUSED)
    assert models.Partner.objects.get().state == (target if role and target else state)


@pytest.mark.parametrize("who", ROLES_OF)
def test_only_an_administrator_or_the_console_registers(who):
    actor, role = ROLES_OF[who]
    if role is None:
        with pytest.raises(Refused) as refused:
            register(actor=actor)
        assert refused.value.error is ROLE_REFUSED
    else:
        register(actor=actor)
    assert models.Partner.objects.exists() is (role is not None)


def test_a_partner_waits_for_nobody():
    register()
    assert [stock for stock in count_stock(on=legal_day(NOW)) if stock.kind == "partner"] == []


@pytest.mark.parametrize("use_case", [rotate_secret, suspend_partner, resume_partner])
def test_an_unknown_partner_is_refused(use_case):
    with pytest.raises(Refused, match=r"partners.partner_missing"):
        use_case(code="nobody", actor=ADMIN, now=NOW)


def test_every_step_is_written_and_immutable():
    register()
    rotate_secret(code="bank-atlas", actor=ADMIN, now=NOW)
    suspend_partner(code="bank-atlas", reason="audit", actor=CONSOLE, now=NOW)
    steps = models.PartnerStep.objects.values_list("action", "from_state", "to_state", "actor_id", "reason")
    assert list(steps) == [
        ("register", "", "active", "admin", ""), ("rotate_secret", "active", "active", "admin", ""),
        ("suspend", "active", "suspended", "sijil partner", "audit"),
    ]  # fmt: skip
    with pytest.raises(DatabaseError, match="immutable"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM partner_step")


def test_every_step_is_in_the_log():
    register()
    rotate_secret(code="bank-atlas", actor=ADMIN, now=NOW)
    suspend_partner(code="bank-atlas", reason="audit", actor=CONSOLE, now=NOW)
    resume_partner(code="bank-atlas", actor=ADMIN, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT action, actor_id, subject, purpose FROM audit_entry ORDER BY id")
        written = cursor.fetchall()
    assert [(action, who) for action, who, _, _ in written] == [
        ("partner.registered", "admin"), ("partner.secret_rotated", "admin"),
        ("partner.suspended", "sijil partner"), ("partner.resumed", "admin"),
    ]  # fmt: skip
    assert {(subject, purpose) for _, _, subject, purpose in written} == {("partner:bank-atlas", "oversight")}


def test_two_partners_know_a_person_by_two_names():
    register()
    register(code="bank-rif")
    atlas, rif = (get_pairwise_token(code, "2574081631") for code in ("bank-atlas", "bank-rif"))
    assert atlas != rif
    assert atlas == get_pairwise_token("bank-atlas", "2574081631")
    assert "2574081631" not in atlas


def test_partners_are_listed_by_code():
    register(code="bank-rif")
    register()
    assert [p.code for p in list_partners()] == ["bank-atlas", "bank-rif"]
    assert [p.code for p in list_partners(["bank-rif", "nobody"])] == ["bank-rif"]
    with pytest.raises(Refused, match=r"partners.partner_missing"):
        get_partner("nobody")


@pytest.mark.parametrize(
    ("language", "label"), [("ar", CREDIT.ar), ("fr", CREDIT.fr), ("en", CREDIT.en), ("zgh", CREDIT.ar)]
)
def test_a_purpose_is_read_in_the_language_of_the_page(language, label):
    assert CREDIT.label(language) == label
