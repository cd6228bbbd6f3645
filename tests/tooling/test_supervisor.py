"""The supervisor: back-off, giving up, recovery of the foundation, stopping in order."""

import os
import signal
import sys
from pathlib import Path

import psycopg
import pytest

import sijil
from sijil.kernel.disk import Room
from sijil.processes.beats import Beat, Beats
from sijil.processes.failure import CannotStart
from sijil.processes.supervisor import Child, Supervisor


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


class Foundation:
    def __init__(self, log):
        self.log, self.status, self.starts, self.stops = log, None, 0, 0

    def start(self):
        self.starts, self.status = self.starts + 1, None

    def stop(self, *, within=0):
        self.stops += 1

    def exit_status(self):
        return self.status


def child(tmp_path, code, name="child"):
    return Child([sys.executable, "-S", "-c", code], log=tmp_path / f"{name}.log", environ=os.environ)


FOREVER = "import signal; print('up', flush=True); signal.pause()"


def test_a_full_disk_is_said_in_plain_words_and_tried_until_there_is_room(tmp_path):
    said, clock, ground, free = [], Clock(), Foundation(tmp_path / "log"), [0]
    room = Room([tmp_path], 100, free=lambda _: free[0], clock=clock)
    supervisor = Supervisor({}, ground, said.append, clock, room=room, is_settled=True)
    supervisor.start()
    for _ in range(8):
        ground.status = 1
        supervisor.watch()
        clock.now += 61
        supervisor.watch()
    assert all(line.startswith("PostgreSQL stopped (disk full: 0 MB left") for line in said[:1])
    free[0] = 100
    assert (ground.starts, ground.exit_status()) == (8, None)
    assert said[-1] == "PostgreSQL runs again; its data is as of the last commit."


def wait_end(one):
    one._process.wait(20)


def test_a_crash_is_said_and_started_again_after_a_growing_wait(tmp_path):
    said, clock, one = [], Clock(), child(tmp_path, "raise SystemExit(3)")
    supervisor = Supervisor({"web": one}, say=said.append, clock=clock)
    supervisor.start()
    for second in (1, 3, 7):
        wait_end(one)
        supervisor.watch()
        clock.now = second
        supervisor.watch()
    assert [line.split("again in ")[1] for line in said] == ["1 s.", "2 s.", "4 s."]
    assert "web stopped (exit code 3)" in said[0]
    supervisor.stop()


def test_five_crashes_stop_everything_with_the_end_of_the_log(tmp_path):
    clock, one = Clock(), child(tmp_path, "raise SystemExit('the reason')")
    supervisor = Supervisor({"web": one}, say=lambda _: None, clock=clock, first_wait=0)
    supervisor.start()
    with pytest.raises(CannotStart, match=r"web stopped 5 times(.|\n)*the reason"):
        watch_crashes(supervisor, one, times=6)
    supervisor.stop()


def watch_crashes(supervisor, one, times):
    for _ in range(times):
        wait_end(one)
        supervisor.watch()


def test_a_process_that_was_well_for_a_minute_starts_its_count_anew(tmp_path):
    clock, one = Clock(), child(tmp_path, "pass")
    supervisor = Supervisor({"web": one}, say=lambda _: None, clock=clock, first_wait=0)
    supervisor.start()
    for _ in range(8):
        wait_end(one)
        clock.now += 61
        supervisor.watch()
    assert supervisor._posts[0].crashes == 1
    supervisor.stop()


def test_a_killed_process_is_named_by_its_signal(tmp_path):
    said, one = [], child(tmp_path, FOREVER)
    supervisor = Supervisor({"worker": one}, say=said.append)
    supervisor.start()
    os.kill(one.pid, signal.SIGKILL)
    wait_end(one)
    supervisor.watch()
    assert "worker stopped (signal SIGKILL)" in said[0]
    supervisor.stop()


def test_once_all_was_ready_nothing_is_given_up_and_no_wait_is_longer_than_a_minute(tmp_path):
    said, clock, one = [], Clock(), child(tmp_path, "raise SystemExit('the reason')")
    supervisor = Supervisor({"web": one}, say=said.append, clock=clock)
    supervisor.is_settled = True
    supervisor.start()
    for _ in range(9):
        wait_end(one)
        supervisor.watch()
        clock.now = supervisor._posts[0].start_at
        supervisor.watch()
    waits = [line.split("again in ")[1] for line in said if "again in" in line]
    assert waits == [f"{seconds} s." for seconds in (1, 2, 4, 8, 16, 32, 60, 60, 60)]
    assert sum("the reason" in line for line in said) == 1
    supervisor.stop()


def test_when_the_foundation_dies_the_others_stay_and_it_is_started_again(tmp_path):
    said, one = [], child(tmp_path, FOREVER)
    ground = Foundation(tmp_path / "pg.log")
    supervisor = Supervisor({"web": one}, foundation=ground, say=said.append, first_wait=0)
    supervisor.start()
    before = one.pid
    ground.status = -9
    supervisor.watch()
    assert ground.starts == 1
    assert (one.exit_status(), one.pid) == (None, before)
    assert "PostgreSQL stopped (signal SIGKILL)" in said[0]
    assert "runs again" in said[1]
    supervisor.stop()


@pytest.mark.parametrize("fault", [CannotStart, OSError, psycopg.OperationalError])
def test_a_foundation_that_cannot_start_yet_is_tried_again(tmp_path, fault):
    said, clock, ground = [], Clock(), FullDisk(tmp_path / "pg.log")
    ground.fault = fault
    supervisor = Supervisor({}, foundation=ground, say=said.append, clock=clock)
    supervisor.is_settled = True
    supervisor.start()
    ground.status = 1
    for seconds in (0, 1, 3, 7, 15, 31, 63, 123):
        clock.now = seconds
        ground.is_full = seconds < 123
        supervisor.watch()
    assert ground.status is None
    assert sum("the disk is full" in line for line in said) == 6
    assert "runs again" in said[-1]


class FullDisk(Foundation):
    is_full = True
    fault = CannotStart

    def start(self):
        if self.is_full:
            raise self.fault("the disk is full")
        super().start()


STRIKE_ONCE = """
import pathlib, sys
sys.path.insert(0, {source!r})
from sijil.processes.beats import Beat
Beat(pathlib.Path({home!r}), "web").strike()
"""


def test_a_process_that_shows_no_life_is_ended_and_replaced(tmp_path):
    said, clock = [], Clock()
    code = STRIKE_ONCE.format(source=str(Path(sijil.__file__).parents[1]), home=str(tmp_path))
    one = child(tmp_path, code + FOREVER)
    beats = Beats(tmp_path, still_after=30, clock=clock)
    supervisor = Supervisor({"web": one}, say=said.append, clock=clock, beats=beats, first_wait=0)
    supervisor.start()
    while "up" not in one.log.read_text():
        pass
    before = one.pid
    for clock.now in range(0, 40, 10):
        supervisor.watch()
        assert not said
    clock.now = 41
    supervisor.watch()
    assert f"web stands still (process {before})" in said[0]
    wait_end(one)
    supervisor.watch()
    assert one.pid != before
    supervisor.stop()


def test_only_a_process_of_the_own_group_is_ended(tmp_path):
    one, other = child(tmp_path, FOREVER), child(tmp_path, FOREVER, "other")
    one.start(), other.start()
    assert not one.kill_one(other.pid)
    assert other.exit_status() is None
    one.stop(within=5), other.stop(within=5)


def test_who_stood_still_itself_judges_nobody(tmp_path):
    clock, beat = Clock(), Beat(tmp_path, "web")
    beats = Beats(tmp_path, still_after=30, clock=clock)
    beat.strike()
    assert beats.look() == []
    clock.now = 3600  # the machine slept
    assert beats.look() == []
    assert not beats.is_silent("web")


def test_all_of_a_name_are_silent_when_none_of_them_is_left(tmp_path):
    clock, beat = Clock(), Beat(tmp_path, "web")
    beats = Beats(tmp_path, still_after=30, clock=clock)
    beat.strike()
    beats.look()
    beat.path.unlink()
    for clock.now in range(0, 80, 10):
        beats.look()
    assert beats.is_silent("web")
    assert not beats.is_silent("worker")


def test_signs_of_an_earlier_run_are_nobodys(tmp_path):
    beat = Beat(tmp_path, "web")
    beat.strike()
    Beats(tmp_path)
    assert not beat.path.exists()


def test_stop_ends_every_child_and_the_foundation_last(tmp_path):
    children = {name: child(tmp_path, FOREVER, name) for name in ("web", "worker")}
    ground = Foundation(tmp_path / "pg.log")
    supervisor = Supervisor(children, foundation=ground, say=lambda _: None)
    supervisor.start()
    pids = [one.pid for one in children.values()]
    supervisor.stop()
    assert ground.stops == 1
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_child_that_ignores_the_order_is_ended_by_force(tmp_path):
    one = child(tmp_path, "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + FOREVER)
    one.start()
    while "up" not in one.log.read_text():
        pass
    one.stop(within=0.1)
    assert one.exit_status() == 0


def test_a_large_log_is_put_aside(tmp_path):
    one = child(tmp_path, "pass")
    one.log.write_bytes(b"x" * 10_000_001)
    one.start()
    wait_end(one)
    assert one.log.stat().st_size < 100
    assert (tmp_path / "child.log.1").exists()


def test_a_child_may_wait_for_the_next_start(tmp_path):
    children = {name: child(tmp_path, FOREVER, name) for name in ("web", "worker")}
    supervisor = Supervisor(children, say=lambda _: None)
    supervisor.start(later=["worker"])
    supervisor.watch()
    assert (children["web"].pid is None, children["worker"].pid is None) == (False, True)
    before = children["web"].pid
    supervisor.start()
    assert children["worker"].pid is not None
    assert children["web"].pid == before
    supervisor.stop()
