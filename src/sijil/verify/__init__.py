"""The verification process: one question, asked thousands of times a second.

A thin ASGI application (uvicorn, asyncpg) beside the web process; no ORM in it. Questions that arrive
together are answered by one statement that looks up, compares and writes the audit entries, and is
durably committed before any of them is answered (``statement.py``, ``batches.py``). It reads three
domains' tables with one statement, which is why it lives on the top floor.
"""

from __future__ import annotations


def serve(*, host: str | None = None, port: int | None = None, workers: int | None = None) -> None:
    """Serve until SIGTERM or SIGINT; what was asked before is answered. Defaults: the environment's."""
    import uvicorn

    from sijil.processes.environment import environment

    settings = environment()
    uvicorn.run(
        "sijil.verify.app:application",
        host=host or settings.host,
        port=settings.verify_port if port is None else port,
        workers=settings.verify_workers if workers is None else workers,
        http="httptools",
        interface="asgi3",
        lifespan="on",
        ws="none",
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=15,
    )
