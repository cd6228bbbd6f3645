"""The supervisor: back-off, giving up, recovery of the foundation, stopping in order."""

import os
import signal
import sys

import pytest

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


def test_when_the_foundation_dies_the_others_stop_and_all_start_again(tmp_path):
    said, one = [], child(tmp_path, FOREVER)
    ground = Foundation(tmp_path / "pg.log")
    supervisor = Supervisor({"web": one}, foundation=ground, say=said.append, first_wait=0)
    supervisor.start()
    before = one.pid
    ground.status = -9
    supervisor.watch()
    assert ground.starts == 1
    assert one.exit_status() is None
    assert one.pid != before
    assert "PostgreSQL stopped (signal SIGKILL)" in said[0]
    supervisor.stop()


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
