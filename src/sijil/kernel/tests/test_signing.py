"""Key folders: made once, the newest signs, private to their owner."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from sijil.kernel.signing import (
    add_key,
    ensure_keys,
    key_id,
    make_ed25519,
    make_rsa,
    public_pem,
    read_keys,
    read_withdrawn,
    withdraw_key,
)


def test_a_key_is_made_once_by_whoever_comes_first(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: key_id(ensure_keys(tmp_path / "keys", make_ed25519)[-1]), range(16)))
    assert len(set(found)) == 1


def test_the_newest_key_is_last(tmp_path):
    first = ensure_keys(tmp_path, make_ed25519)[0]
    second = add_key(tmp_path, make_ed25519)
    assert [key_id(key) for key in read_keys(tmp_path)] == [key_id(first), key_id(second)]


def test_a_withdrawn_key_is_known_and_signs_no_more(tmp_path):
    first, second = ensure_keys(tmp_path, make_ed25519)[0], add_key(tmp_path, make_ed25519)
    withdraw_key(tmp_path, key_id(second), make_ed25519)
    assert [key_id(key) for key in read_keys(tmp_path)] == [key_id(first)]
    assert [key_id(key) for key in read_withdrawn(tmp_path)] == [key_id(second)]


def test_the_last_key_is_replaced_before_it_is_withdrawn(tmp_path):
    only = key_id(ensure_keys(tmp_path, make_ed25519)[0])
    withdraw_key(tmp_path, only, make_ed25519)
    assert len(read_keys(tmp_path)) == 1
    with pytest.raises(KeyError):
        withdraw_key(tmp_path, only, make_ed25519)


@pytest.mark.parametrize("make", [make_ed25519, make_rsa])
def test_the_id_names_the_public_key(make):
    key = make()
    assert len(key_id(key)) == 16
    assert key_id(key) == key_id(key)
    assert public_pem(key).startswith(b"-----BEGIN PUBLIC KEY-----")


def test_files_are_private_and_no_half_written_one_stays(tmp_path):
    ensure_keys(tmp_path / "keys", make_ed25519)
    assert {p.stat().st_mode & 0o777 for p in tmp_path.glob("keys/*.pem")} == {0o600}
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert sorted(p.suffix for p in tmp_path.glob("keys/*")) == ["", ".pem"]  # the lock and the key


def test_a_folder_that_is_not_there_has_no_keys(tmp_path):
    assert read_keys(tmp_path / "nowhere") == []


def test_a_key_of_another_kind_is_refused(tmp_path):
    other = generate_private_key(SECP256R1())
    (tmp_path / "x.pem").write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(ValueError, match="only Ed25519 and RSA"):
        read_keys(tmp_path)
