"""A worker of a server ends with the server, even when the server is killed."""

import subprocess
import sys

import pytest

SERVER = """
import multiprocessing, time
from sijil.processes.children import end_with_mine
def work():
    end_with_mine()
    print(multiprocessing.current_process().pid, flush=True)
    time.sleep(60)
if __name__ == "__main__":
    multiprocessing.get_context("fork").Process(target=work).start()
    time.sleep(60)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's order is Linux's")
def test_a_worker_ends_with_its_killed_server():
    with subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert int(server.stdout.readline())
        server.kill()
        assert server.stdout.read() == ""  # the pipe closes when its last writer has ended
