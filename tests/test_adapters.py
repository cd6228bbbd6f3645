"""One contract for every adapter of a kind, shipped or toy; what a setting may name; the how-to, executed."""

import contextlib
import datetime as dt
import json
import re
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from joserfc import jws
from joserfc.jwk import OKPKey

from sijil.domains.audit.adapters import SEALS
from sijil.domains.audit.types import Head
from sijil.domains.biometrics import samples
from sijil.domains.biometrics import services as biometrics
from sijil.domains.biometrics.adapters import ENGINES
from sijil.domains.biometrics.adapters.abis import Sample
from sijil.domains.biometrics.adapters.devices import DEVICES
from sijil.domains.biometrics.queries import find_identification
from sijil.domains.biometrics.types import Modality
from sijil.domains.documents.adapters import SCANNERS, ScanFailed
from sijil.domains.documents.adapters.demo import EICAR, OWN
from sijil.domains.documents.tests.scanners import clamd
from sijil.domains.notifications import services as notifications
from sijil.domains.notifications.adapters import EMAIL, SMS, GatewayFailed
from sijil.domains.notifications.models import Message
from sijil.domains.notifications.tests import servers
from sijil.domains.notifications.types import Channel, Outgoing, Taken
from sijil.domains.partners.adapters import SOURCES
from sijil.kernel import adapters
from sijil.kernel.actors import system
from sijil.kernel.errors import Refused
from sijil.kernel.ids import new_key
from sijil.kernel.key_stores import KEY_STORES
from sijil.kernel.publisher import SHIPPED
from sijil.processes.adapters import refuse_unfit
from sijil.processes.environment import Environment
from sijil.processes.failure import CannotStart

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 3, 9, 0, tzinfo=dt.UTC)
HOWTO = Path(__file__).resolve().parents[1] / "docs/how-to/add-an-adapter.md"
MESSAGES = {
    SMS: Outgoing(new_key(), Channel.SMS, "+212612345678", "", "Sijil : une ligne.", "fr"),
    EMAIL: Outgoing(new_key(), Channel.EMAIL, "aicha@example.ma", "Sijil", "Une ligne.", "fr"),
}


@pytest.fixture
def put(monkeypatch):
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW)

    def use(**changes):
        for name, value in changes.items():
            monkeypatch.setattr(settings.ENV, name, value)

    return use


@pytest.fixture(autouse=True)
def toys(tmp_path, monkeypatch):
    """The examples of the how-to, as modules outside the product."""
    for block in re.findall(r"```python\n(.*?)```", HOWTO.read_text(), re.DOTALL):
        name = re.match(r"# (\w+\.py)\n", block)[1]
        (tmp_path / name).write_text(block)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    for name in ("acme_sms", "acme_abis"):
        sys.modules.pop(name, None)


# --- where the adapters find their other side --------------------------------------------------------------


@contextlib.contextmanager
def world(port, name, put, tmp_path):
    """Give the other side of an adapter; None where it has none."""
    starts = {
        (EMAIL, "smtp"): (servers.mail_server, lambda at: {"smtp_url": f"smtp+plain://{at}"}),
        (SMS, "http"): (servers.provider, lambda at: {"sms_http_url": f"http://{at}/"}),
        (SMS, "smpp"): (servers.sms_centre, lambda at: smpp_settings(at, tmp_path)),
        (SMS, "acme_sms:AcmeGateway"): (servers.provider, lambda at: {}),
        (ENGINES, "acme_abis:AcmeEngine"): (servers.provider, lambda at: {}),
        (SCANNERS, "clamd"): (clamd, lambda at: {"clamd": at}),
    }
    if (port, name) not in starts:
        yield None
        return
    start, settle = starts[port, name]
    with start() as server:
        put(**settle(f"127.0.0.1:{server.server_address[1]}"))
        if ":" in name:
            port.find(name).url = f"http://127.0.0.1:{server.server_address[1]}"
        yield server


def smpp_settings(at, tmp_path):
    (tmp_path / "password").write_text("s3cret")
    return {"sms_smpp_url": f"smpp://sijil@{at}", "sms_smpp_password_file": tmp_path / "password"}


def every(*ports, toys=()):
    return [(port, name) for port in ports for name in (*port.shipped, *toys)]


# --- one contract for each kind ----------------------------------------------------------------------------


@pytest.mark.parametrize(("port", "name"), [*every(SMS, toys=["acme_sms:AcmeGateway"]), *every(EMAIL)])
def test_a_gateway(port, name, put, tmp_path):
    gateway, message = port.make(name), MESSAGES[port]
    with world(port, name, put, tmp_path) as server:
        taken = [gateway.send(message, now=NOW) for _ in range(2)]
        assert all(isinstance(one, Taken) for one in taken)
        assert all(0 < len(part) <= 80 for one in taken for part in (one.reference, *one.parts))
        getattr(gateway, "close", lambda: None)()
    if server is None:
        return
    with pytest.raises(GatewayFailed) as failed:  # the other side is gone
        gateway.send(message, now=NOW)
    assert not failed.value.permanent
    assert message.to not in failed.value.reason


@pytest.mark.parametrize("name", ENGINES.shipped)
def test_an_engine_that_answers_at_once(name):
    engine, (one, other) = ENGINES.make(name), (uuid4(), uuid4())
    shown = [Sample(Modality.FACE, b"image", "image/jpeg", b"print-of-16-bytes")]
    for reference in (one, other):
        for _ in range(2):  # the same request again changes nothing
            assert engine.insert(request=reference, reference=reference, samples=shown) is None
    for _ in range(2):
        assert [h.reference for h in engine.identify(request=uuid4(), reference=one)] == [other]
    for _ in range(2):
        engine.delete(request=other, reference=other)
    assert list(engine.identify(request=uuid4(), reference=one)) == []
    engine.ping()


@pytest.mark.parametrize("name", SCANNERS.shipped)
def test_a_scanner(name, put, tmp_path):
    scanner = SCANNERS.make(name)
    with world(SCANNERS, name, put, tmp_path) as server:
        getattr(scanner, "check", lambda: None)()
        assert getattr(scanner, "find_silence", str)() == ""
        assert scanner.find_virus(b"a paper" * 50_000) == ""
        assert scanner.find_virus(b"x" * 70_000 + EICAR) == "Eicar-Test-Signature"
        assert scanner.find_virus(b"x" * 70_000 + OWN) == "Sijil.Test.Own"
        if server is None:
            return
        server.told = b"INSTREAM size limit exceeded. ERROR\0"
        with pytest.raises(ScanFailed):
            scanner.find_virus(b"a paper")
    with pytest.raises(ScanFailed):
        scanner.find_virus(b"a paper")
    assert "SIJIL_CLAMD=" in scanner.find_silence()


@pytest.mark.parametrize("name", KEY_STORES.shipped)
def test_a_key_store(name, tmp_path):
    store, key = KEY_STORES.make(name, tmp_path / "keys"), bytes(range(32))
    wrapped = store.wrap(key)
    assert key not in wrapped
    assert KEY_STORES.make(name, tmp_path / "keys").unwrap(wrapped) == key
    with pytest.raises(Exception):  # noqa: B017  (of whatever kind: it must not open)
        KEY_STORES.make(name, tmp_path / "other").unwrap(wrapped)


@pytest.mark.parametrize("name", SEALS.shipped)
def test_a_seal(name, tmp_path):
    seal = SEALS.make(name, tmp_path / "audit", "log")
    signature = seal.sign(b"root")
    assert SEALS.make(name, tmp_path / "audit", "log").is_signed(seal.key_id, b"root", signature)
    assert not seal.is_signed(seal.key_id, b"other", signature)
    assert not seal.is_signed("nobody", b"root", signature)
    assert seal.read_head() is None
    seal.write_head(Head(7, "abc"))
    assert SEALS.make(name, tmp_path / "audit", "log").read_head() == Head(7, "abc")


@pytest.mark.parametrize("name", SOURCES.shipped)
def test_messages_of_sources(name):
    proof, key = SOURCES.make(name), OKPKey.generate_key("Ed25519")
    kid, public = proof.read_public_key(key.as_dict(private=False))
    message = jws.serialize_compact(
        {"alg": "Ed25519", "kid": kid}, json.dumps({"iss": "x"}), key, algorithms=["Ed25519"]
    ).encode()
    assert proof.open_message(message, key_of={kid: public}.get).claims == {"iss": "x"}
    for wrong, keys in ((message[:-8] + b"AAAAAAAA", {kid: public}), (message, {}), (b"", {kid: public})):
        with pytest.raises(Refused):
            proof.open_message(wrong, key_of=keys.get)
    with pytest.raises(Refused):
        proof.read_public_key(key.as_dict(private=True))


def test_every_kind_is_held_to_a_contract_here():
    held = {SMS, EMAIL, ENGINES, DEVICES, SCANNERS, KEY_STORES, SEALS, SOURCES}
    assert set(adapters.declared()) == held
    assert all(port.variable in HOWTO.read_text() for port in held)


# --- what a setting may name -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (
            "pigeon",
            "SIJIL_SMS_GATEWAY=pigeon: there is no such adapter. Choose one of demo, file, http, smpp;",
        ),
        ("", "SIJIL_SMS_GATEWAY=: there is no such adapter."),
        ("no_such_module:Gateway", "no_such_module cannot be imported"),
        ("acme_sms:Missing", "acme_sms has no Missing."),
        (
            "acme_abis:AcmeEngine",
            "it has no send. Add what sijil.domains.notifications.adapters.Gateway",
        ),
        ("http", "SIJIL_SMS_HTTP_URL="),
        ("smtp", "there is no such adapter"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_a_sentence(put, value, says):
    put(sms_gateway=value)
    with pytest.raises(CannotStart) as stopped:
        refuse_unfit()
    assert says in str(stopped.value)
    assert [line for line in adapters.list_unfit() if says in line]


def test_each_wrong_setting_is_named(put):
    put(sms_gateway="x", abis="y", virus_scan="z", source_messages="u", key_store="v", audit_seal="w")
    assert len(adapters.list_unfit()) == 6


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (("email: contact", "email: nowhere, contact"), "$.email"),
        (("help_line: ", "help_lime: "), "help_lime"),
        (None, "No such file"),
    ],
    ids=["value", "field", "no file"],
)
def test_a_wrong_publisher_stops_the_start_with_field_and_remedy(tmp_path, monkeypatch, wrong, says):
    file = tmp_path / "publisher.yaml"
    if wrong:
        text = SHIPPED.read_text()
        assert wrong[0] in text
        file.write_text(text.replace(*wrong, 1))
    monkeypatch.setenv("SIJIL_PUBLISHER", str(file))
    monkeypatch.setattr("sijil.processes.adapters.environment", Environment)
    monkeypatch.setattr("sijil.processes.adapters.list_unfit", list)
    with pytest.raises(CannotStart) as stopped:
        refuse_unfit()
    for part in (f"SIJIL_PUBLISHER={file}", says, "publisher.yaml, or leave the setting out"):
        assert part in str(stopped.value)


def test_a_right_setting_lets_start(put):
    put(sms_gateway="acme_sms:AcmeGateway", abis="acme_abis:AcmeEngine")
    refuse_unfit()


def test_twins_are_named(put):
    twins = {"SMS_GATEWAY=demo", "EMAIL_GATEWAY=demo", "ABIS=embedded", "VIRUS_SCAN=demo"}
    assert set(adapters.list_twins()) == {f"SIJIL_{twin}" for twin in twins}
    put(abis="acme_abis:AcmeEngine")
    assert "SIJIL_ABIS=embedded" not in adapters.list_twins()


# --- the errand: an adapter and a setting ------------------------------------------------------------------


def tell(system_name, body):
    token = (Path(settings.HOME) / "keys/inbound" / f"{system_name}.token").read_text()
    return Client().post(
        f"/v1/inbound/{system_name}",
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )


def test_an_sms_gateway_costs_a_module_and_a_setting(put, tmp_path):
    put(sms_gateway="acme_sms:AcmeGateway")
    with world(SMS, "acme_sms:AcmeGateway", put, tmp_path) as provider:
        key = notifications.queue_message(
            channel="sms", to="+212612345678", template="household_scored", language="fr",
            facts={"number": "K7QD-4M2X-9T"}, subject="K7QD4M2X9T", now=NOW,
        )  # fmt: skip
        assert notifications.send_message(key, NOW) == "sent"
    assert provider.asked[0][1]["msisdn"] == "+212612345678"
    assert tell("sms", {"ref": str(key), "ok": True}).status_code == 204
    assert Message.objects.get(id=key).state == "delivered"


def test_an_engine_costs_a_module_and_a_setting(put, tmp_path):
    put(abis="acme_abis:AcmeEngine")
    reference, other = uuid4(), uuid4()
    judged = biometrics.judge_capture(modality="face", content=samples.draw(1, "face"), now=NOW)
    biometrics.store_capture(request_number="K7QD4M2X9T", judged=judged, actor=system("t"), now=NOW)
    with world(ENGINES, "acme_abis:AcmeEngine", put, tmp_path) as vendor:
        biometrics.request_comparison(
            request_number="K7QD4M2X9T", reference=reference, then="person_enrolment.resolve", now=NOW
        )
        biometrics.ask_due(NOW)
        answered = {"requestId": vendor.asked[0][1]["requestId"], "returnValue": "1"}
        assert tell("abis", answered).status_code == 204
        biometrics.ask_due(NOW)
        found = {"requestId": vendor.asked[1][1]["requestId"], "candidates": [{"referenceId": str(other)}]}
        assert tell("abis", answered | found).status_code == 204
    assert "images" in vendor.asked[0][1]
    answer = find_identification("K7QD4M2X9T", reference=reference)
    assert ([h.reference for h in answer.hits], answer.engine, answer.is_recognition) == (
        [other],
        "acme",
        True,
    )
