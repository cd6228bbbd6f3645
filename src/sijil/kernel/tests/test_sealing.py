"""Sealed values open only with their key and in their place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijil.kernel import sealing
from sijil.kernel.files import put_once
from sijil.kernel.sealing import Keyring, SealBroken


@pytest.fixture
def ring(tmp_path):
    return Keyring(tmp_path)


@given(st.binary(max_size=200))
def test_what_is_sealed_opens(tmp_path_factory, plain):
    ring = Keyring(tmp_path_factory.mktemp("keys"))
    assert ring.unseal("a", ring.seal("a", plain, aad="t:1"), aad="t:1") == plain


def test_a_value_moved_to_another_row_does_not_open(ring):
    sealed = ring.seal("a", b"name", aad="t:1")
    with pytest.raises(SealBroken):
        ring.unseal("a", sealed, aad="t:2")


def test_a_value_of_another_context_does_not_open(ring):
    ring.seal("b", b"", aad="")
    with pytest.raises(SealBroken):
        ring.unseal("b", ring.seal("a", b"name", aad="t:1"), aad="t:1")


@pytest.mark.parametrize("broken", [b"", b"\x01", b"\x02" * 40])
def test_rubbish_is_said_to_be_broken(ring, broken):
    with pytest.raises(SealBroken):
        ring.unseal("a", broken, aad="")


def test_one_changed_bit_is_seen(ring):
    sealed = bytearray(ring.seal("a", b"name", aad="t:1"))
    sealed[-1] ^= 1
    with pytest.raises(SealBroken):
        ring.unseal("a", bytes(sealed), aad="t:1")


def test_rotation_keeps_old_values_open_and_seals_new_ones_by_the_new_key(ring):
    old = ring.seal("a", b"name", aad="")
    assert ring.rotate("a") == 2
    assert ring.unseal("a", old, aad="") == b"name"
    assert not ring.is_current("a", old)
    assert ring.is_current("a", ring.seal("a", b"x", aad=""))


def test_keys_survive_a_restart_and_another_process_sees_a_rotation(ring, tmp_path):
    sealed, index = ring.seal("a", b"name", aad=""), ring.blind_index("a", "phone", "+2126")
    other = Keyring(tmp_path)
    ring.rotate("a")
    newer = ring.seal("a", b"new", aad="")
    assert other.unseal("a", sealed, aad="") == b"name"
    assert other.unseal("a", newer, aad="") == b"new"
    assert other.blind_index("a", "phone", "+2126") == index


def test_blind_indexes_differ_by_field_context_and_value(ring):
    made = {ring.blind_index(c, f, v) for c in "ab" for f in ("x", "y") for v in ("1", "2")}
    assert len(made) == 8
    assert {len(index) for index in made} == {16}


def test_key_files_are_private_and_hold_no_key_in_clear(ring, tmp_path):
    ring.seal("a", b"", aad="")
    assert {p.stat().st_mode & 0o077 for p in tmp_path.glob("*.*") if p.suffix != ".lock"} == {0}
    assert (tmp_path / "master.key").read_bytes() not in (tmp_path / "keyring.json").read_bytes()


def test_a_secret_is_written_once_for_its_owner(tmp_path):
    for content in (b"first", b"second"):
        put_once(tmp_path / "keys" / "one", content)
    assert (tmp_path / "keys" / "one").read_bytes() == b"first"
    assert (tmp_path / "keys" / "one").stat().st_mode & 0o077 == 0
    assert [p.name for p in (tmp_path / "keys").iterdir()] == ["one"]


def test_a_keyring_is_opened_once_and_at_its_first_use(tmp_path, monkeypatch):
    monkeypatch.setattr(sealing, "_opened", None)
    with pytest.raises(RuntimeError):
        sealing.keyring()
    sealing.configure(lambda: Keyring(tmp_path / "keys"))
    assert not (tmp_path / "keys").exists()
    assert sealing.keyring() is sealing.keyring()
    assert (tmp_path / "keys" / "master.key").exists()
