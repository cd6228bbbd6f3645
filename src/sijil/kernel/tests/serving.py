"""A server of a test, in a thread until the test is done."""

from __future__ import annotations

import contextlib
import threading


@contextlib.contextmanager
def serving(server):
    """Run a server in a thread until the test is done."""
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
