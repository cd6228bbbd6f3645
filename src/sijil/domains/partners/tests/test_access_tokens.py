"""Tokens: ours, in time, for us; anything else is refused in the same words."""

import base64
import datetime as dt
import hmac
import json

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from sijil.domains.partners.adapters.access_tokens import AccessTokens
from sijil.kernel.errors import Refused
from sijil.kernel.signing import add_key, make_rsa, read_keys

NOW = dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("keys") / "access-tokens"


@pytest.fixture(scope="module")
def tokens(folder):
    return AccessTokens(folder)


def test_a_token_says_who_and_what_for_ten_minutes(tokens):
    token = tokens.read(tokens.issue("client-1", ("verification",), now=NOW), now=NOW + 9 * MINUTE)
    assert (token.client_id, token.scopes) == ("client-1", frozenset({"verification"}))
    assert token.expires_at == NOW.timestamp() + 600


@pytest.mark.parametrize("after", [10 * MINUTE, dt.timedelta(days=1), -2 * MINUTE])
def test_a_token_out_of_its_time_is_refused(tokens, after):
    with pytest.raises(Refused, match=r"partners.token_invalid"):
        tokens.read(tokens.issue("client-1", (), now=NOW), now=NOW + after)


@pytest.mark.parametrize(
    "text", ["", "x", "a.b.c", "é", "..", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.", "a" * 9000]
)
def test_what_is_no_token_is_refused(tokens, text):
    with pytest.raises(Refused, match=r"partners.token_invalid"):
        tokens.read(text, now=NOW)


def test_a_changed_token_is_refused(tokens):
    head, body, mark = tokens.issue("client-1", (), now=NOW).split(".")
    for text in (f"{head}.{body[:-2]}AA.{mark}", f"{head}.{body}.{mark[:-6]}AAAAAA"):
        with pytest.raises(Refused, match=r"partners.token_invalid"):
            tokens.read(text, now=NOW)


def test_a_token_of_another_installation_is_refused(tokens, tmp_path):
    foreign = AccessTokens(tmp_path / "other").issue("client-1", ("verification",), now=NOW)
    with pytest.raises(Refused, match=r"partners.token_invalid"):
        tokens.read(foreign, now=NOW)


CLAIMS = {"iss": "sijil", "aud": "sijil-verify", "client_id": "c", "scope": "verification"}


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "another"},
        {"iss": "another"},
        {"exp": 4_000_000_000},
        {"scope": None},
        {"client_id": None, "iat": "x"},
    ],
)
def test_a_token_of_our_key_for_another_use_is_refused(tokens, change):
    at = int(NOW.timestamp())
    key = tokens._keys[-1]
    text = jwt.encode(
        {"alg": "RS256", "typ": "at+jwt", "kid": key.kid},
        {**CLAIMS, "iat": at, "exp": at + 600, **change},
        key,
    )
    with pytest.raises(Refused, match=r"partners.token_invalid"):
        tokens.read(text, now=NOW)


def test_a_receipt_signed_by_our_key_is_no_access_token(tokens):
    at, key = int(NOW.timestamp()), tokens._keys[-1]
    text = jwt.encode(
        {"alg": "RS256", "typ": "JWT", "kid": key.kid}, {**CLAIMS, "iat": at, "exp": at + 600}, key
    )
    with pytest.raises(Refused, match=r"partners.token_invalid"):
        tokens.read(text, now=NOW)


def test_the_public_key_used_as_a_shared_secret_is_refused(tokens):
    at, key = int(NOW.timestamp()), tokens._keys[-1]
    parts = [{"alg": "HS256", "typ": "at+jwt", "kid": key.kid}, {**CLAIMS, "iat": at, "exp": at + 600}]
    text = ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts
    )
    mark = hmac.digest(key.as_pem(private=False), text.encode(), "sha256")
    with pytest.raises(Refused, match=r"partners.token_invalid"):
        tokens.read(f"{text}.{base64.urlsafe_b64encode(mark).decode().rstrip('=')}", now=NOW)


def test_anyone_verifies_with_the_published_keys_and_nothing_private_is_in_them(tokens):
    (key,) = tokens.jwks()["keys"]
    assert not {"d", "p", "q"} & set(key)
    assert jwt.decode(tokens.issue("c", (), now=NOW), RSAKey.import_key(key)).claims["sub"] == "c"


def test_a_new_key_signs_and_the_old_one_still_verifies(tmp_path):
    old = AccessTokens(tmp_path).issue("c", (), now=NOW)
    add_key(tmp_path, make_rsa)
    changed = AccessTokens(tmp_path)
    assert changed.read(old, now=NOW).client_id == "c"
    assert len(changed.jwks()["keys"]) == 2


def test_keys_are_files_of_their_owner_only(folder, tokens):
    assert [path.stat().st_mode & 0o777 for path in folder.glob("*.pem")] == [0o600]
    assert len(read_keys(folder)) == 1
