"""Keys of partners, and what they sign: right, in time, for us; all else is refused in the same words."""

import base64
import datetime as dt
import hmac
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey

from sijil.domains.partners.queries import authenticate_message, get_partner, list_keys
from sijil.domains.partners.services import (
    add_key,
    register_partner,
    remove_key,
    resume_partner,
    suspend_partner,
)
from sijil.domains.partners.types import Purpose
from sijil.kernel.actors import system
from sijil.kernel.errors import Refused

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC)
WHO = {"actor": system("tests"), "now": NOW}
US = "https://registers.example/v1/civil-events"
KEEPING = Purpose("civil-status", "الحالة المدنية", "état civil", "civil status")
KEYS = {
    "EdDSA": OKPKey.generate_key("Ed25519"),
    "ES256": ECKey.generate_key("P-256"),
    "RS256": RSAKey.generate_key(2048),
}
ED = KEYS["EdDSA"]
_WEAK = rsa.generate_private_key(65537, 1024).public_key().public_numbers()
SMALL = {"kty": "RSA", "e": "AQAB", "n": base64.urlsafe_b64encode(_WEAK.n.to_bytes(128, "big")).decode()[:-1]}


def register(code="civil-status", scopes=("source",)):
    register_partner(code=code, name_ar="ح", name_fr="EC", scopes=scopes, purposes=[KEEPING], **WHO)


def trust(key, code="civil-status"):
    return add_key(code=code, jwk=key.as_dict(private=False), **WHO)


@pytest.fixture(autouse=True)
def source():
    register()
    trust(ED)


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def signed(key=ED, alg="Ed25519", head=None, payload=None, **claims):
    """Return a message as a partner's own library would make it: header and payload are free."""
    at = int(NOW.timestamp())
    told = {"iss": "civil-status", "aud": US, "iat": at, "exp": at + 300, **claims}
    text = json.dumps(told).encode() if payload is None else payload
    header = {"alg": "EdDSA" if alg == "Ed25519" else alg, "kid": key.thumbprint(), **(head or {})}
    body = b64(json.dumps(header).encode()) + b"." + b64(text)
    mark = jws.JWSRegistry(algorithms=[alg]).get_alg(alg).sign(body, key)
    return body + b"." + b64(mark)


def read(message, now=NOW):
    return authenticate_message(message, audience=US, now=now)


def refused(message, now=NOW):
    with pytest.raises(Refused) as refusal:
        read(message, now)
    return (refusal.value.code, refusal.value.field, refusal.value.facts)


SAME = ("partners.message_refused", None, {})


@pytest.mark.parametrize(("name", "alg"), [("EdDSA", "Ed25519"), ("ES256", "ES256"), ("RS256", "RS256")])
def test_a_message_of_each_kind_of_key(name, alg):
    if name != "EdDSA":
        assert trust(KEYS[name]) == KEYS[name].thumbprint()
    partner, payload = read(signed(KEYS[name], alg, told=1))
    assert partner.code == "civil-status"
    assert json.loads(payload)["told"] == 1


def test_ed25519_by_its_newer_name_and_an_audience_among_others():
    assert read(signed(head={"alg": "Ed25519", "typ": "JWT"}, aud=["x", US]))[0].code == "civil-status"


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "bank"}, {"iss": None}, {"aud": "https://test.example/v1/civil-events"}, {"aud": []},
        {"aud": 1}, {"iat": None}, {"exp": None}, {"exp": True}, {"iat": "1"}, {"exp": 9e15}, {"iat": 0},
    ],
    ids=str,
)  # fmt: skip
def test_another_issuer_audience_or_time(claims):
    assert refused(signed(**claims)) == SAME


@pytest.mark.parametrize("after", [300, 3600, -61])
def test_out_of_its_time(after):
    message = signed()
    assert refused(message, NOW + dt.timedelta(seconds=after)) == SAME
    assert read(message, NOW + dt.timedelta(seconds=299))


def test_a_message_lives_an_hour_at_most():
    at = int(NOW.timestamp())
    assert read(signed(exp=at + 3600))
    assert refused(signed(exp=at + 3601)) == SAME


@pytest.mark.parametrize(
    "message",
    [
        b"", b"x", b"..", b"a.b.c", b"\xff\xfe", b"a" * 20_000, b"e30.e30.", b"bnVsbA.e30.e30",
        b64(b"[" * 9000) + b".e30.e30",
    ],
    ids=range(9),
)  # fmt: skip
def test_what_is_no_message(message):
    assert refused(message) == SAME


@pytest.mark.parametrize(
    "head",
    [
        {"kid": "x" * 43}, {"kid": "\x00" * 43}, {"kid": None}, {"kid": 1}, {"kid": ["a"]}, {"alg": "none"},
        {"alg": "HS256"}, {"alg": "ES256"}, {"alg": "RS256"}, {"alg": None}, {"crit": ["exp"], "exp": 1},
        {"b64": False, "crit": ["b64"]}, {"jwk": ED.as_dict(private=False)}, {"jku": "https://evil.example"},
    ],
    ids=lambda head: "jwk" if "jwk" in head else str(head),
)  # fmt: skip
def test_a_header_that_is_not_what_the_key_says(head):
    assert refused(signed(head=head)) == SAME


def test_a_secret_made_of_the_public_key_signs_nothing():
    """The old confusion: HMAC with the text of the public key as its secret."""
    key = KEYS["RS256"]
    trust(key)
    pem = key.as_pem(private=False)
    head = {"alg": "HS256", "kid": key.thumbprint()}
    body = b64(json.dumps(head).encode()) + b"." + signed(key, "RS256").split(b".")[1]
    assert refused(body + b"." + b64(hmac.digest(pem, body, "sha256"))) == SAME


def test_a_key_that_nobody_registered_and_one_that_was_removed():
    assert refused(signed(OKPKey.generate_key("Ed25519"))) == SAME
    remove_key(code="civil-status", kid=ED.thumbprint(), **WHO)
    assert refused(signed()) == SAME


def test_a_changed_message():
    head, body, mark = signed().split(b".")
    other = b64(b'{"iss":"civil-status"}')
    assert refused(b".".join([head, other, mark])) == SAME
    assert refused(b".".join([head, body, mark[:-4] + b"AAAA"])) == SAME
    assert refused(b".".join([head, body, b""])) == SAME


@pytest.mark.parametrize(
    "payload", [b"", b"1", b"[]", b"null", b'{"a":1,"a":1}', b'{"a":NaN}', b"\xff", b"[" * 9000, b"1" * 5000]
)  # fmt: skip
def test_a_payload_that_is_no_object(payload):
    assert refused(signed(payload=payload)) == SAME


def test_a_partner_that_is_suspended_or_no_source():
    suspend_partner(code="civil-status", **WHO)
    assert refused(signed()) == SAME
    resume_partner(code="civil-status", **WHO)
    assert read(signed())
    register("bank", ["verification"])
    trust(KEYS["ES256"], "bank")
    assert refused(signed(KEYS["ES256"], "ES256", iss="bank")) == SAME


def test_a_key_speaks_for_its_own_partner_only():
    register("consulates")
    trust(KEYS["ES256"], "consulates")
    assert refused(signed(KEYS["ES256"], "ES256", iss="civil-status")) == SAME
    assert read(signed(KEYS["ES256"], "ES256", iss="consulates"))[0].code == "consulates"


@pytest.mark.parametrize(
    "jwk",
    [
        {}, {"kty": "OKP"}, {"kty": []}, {"kty": "oct", "k": "AAAA"}, ED.as_dict(private=True),
        ED.as_dict(private=False) | {"use": "enc"}, SMALL,
        ECKey.generate_key("P-384").as_dict(private=False),
        OKPKey.generate_key("X25519").as_dict(private=False),
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}, {"kty": "OKP", "crv": "Ed25519", "x": "é"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
    ],
    ids=range(12),
)  # fmt: skip
def test_what_is_no_public_key_is_refused(jwk):
    with pytest.raises(Refused, match=r"partners\.key_invalid"):
        add_key(code="civil-status", jwk=jwk, **WHO)


def test_a_key_is_registered_once_whoever_has_it():
    register("consulates")
    for code in ("civil-status", "consulates"):
        with pytest.raises(Refused, match=r"partners\.key_taken"):
            trust(ED, code)


def test_keys_are_listed_with_their_days_and_each_change_is_a_step():
    kid = ED.thumbprint()
    remove_key(code="civil-status", kid=kid, **WHO)
    key = list_keys("civil-status")[0]
    assert (key.kid, key.partner, key.added_at, key.removed_at) == (kid, "civil-status", NOW, NOW)
    assert set(key.jwk) == {"kty", "crv", "x"}
    with pytest.raises(Refused, match=r"partners\.key_missing"):
        remove_key(code="civil-status", kid=kid, **WHO)
    assert get_partner("civil-status").state == "active"


def test_nobody_has_a_key():
    with pytest.raises(Refused, match=r"partners\.partner_missing"):
        trust(KEYS["ES256"], "nobody")
