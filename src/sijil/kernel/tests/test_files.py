"""Files that must not be lost: whole, on the disk, for their owner alone."""

import errno
import os

import pytest

from sijil.kernel import files


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("write", [files.put, files.put_once])
def test_a_file_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch, write):
    seen = []
    monkeypatch.setattr(os, "fsync", lambda handle: seen.append((tmp_path / "one").exists()))
    write(tmp_path / "one", b"new")
    assert seen == [False, True]  # the content, then the name
    assert (tmp_path / "one").read_bytes() == b"new"
    assert (tmp_path / "one").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("write", [files.put, files.put_once])
def test_a_full_disk_leaves_what_was_there_and_no_draft(tmp_path, monkeypatch, write):
    if write is files.put:
        (tmp_path / "one").write_bytes(b"old")

    def full(handle):
        raise OSError(errno.ENOSPC, "full")

    before = names(tmp_path)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="full"):
        write(tmp_path / "one", b"new")
    assert names(tmp_path) == before
    assert before == [] or (tmp_path / "one").read_bytes() == b"old"


def test_a_stranger_s_draft_of_the_old_name_is_left_alone(tmp_path):
    (tmp_path / "one.new").symlink_to(tmp_path / "victim")
    (tmp_path / "victim").write_bytes(b"safe")
    files.put(tmp_path / "one", b"new")
    assert (tmp_path / "victim").read_bytes() == b"safe"
