"""Room to write: looked at now and then, full under the floor, open again by itself."""

import pytest

from sijil.kernel.disk import LOOK_EVERY, Room

MB = 1024**2


class Disk:
    free, now, looks = 100 * MB, 0.0, 0

    def __call__(self, folder):
        self.looks += 1
        if self.free is None:
            raise OSError
        return self.free

    def clock(self):
        return self.now


@pytest.fixture
def disk():
    return Disk()


@pytest.fixture
def room(disk, tmp_path):
    return Room([tmp_path, tmp_path / "missing"], 100 * MB, free=disk, clock=disk.clock)


def test_under_the_floor_it_is_full_and_it_comes_back_by_itself(room, disk):
    assert (room.is_full, room.sentence()) == (False, "")
    disk.free, disk.now = 100 * MB - 1, LOOK_EVERY
    assert room.is_full
    assert room.sentence().startswith("disk full: 99 MB left")
    disk.free, disk.now = 100 * MB, 2 * LOOK_EVERY
    assert not room.is_full


def test_the_disk_is_asked_once_in_some_seconds(room, disk):
    for _ in range(50):
        assert not room.is_full
    assert disk.looks == 1
    disk.free, disk.now = 0, LOOK_EVERY - 0.1
    assert not room.is_full


def test_a_disk_that_does_not_tell_stops_nobody(room, disk):
    disk.free = None
    assert not room.is_full


def test_the_disk_of_this_folder_is_read(tmp_path):
    assert Room([tmp_path], 1).least()[0] > 0
