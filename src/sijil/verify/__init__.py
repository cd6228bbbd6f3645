"""The verification process: one question, asked thousands of times a second.

A thin ASGI application (uvicorn, asyncpg) beside the web process; no ORM in it. Questions that arrive
together are answered by one statement that looks up, compares and writes the audit entries, and is
durably committed before any of them is answered (``statement.py``, ``batches.py``). The statement is put
together from pieces of SQL that the three domains export; the settings make the application (``app.Parts``).
"""

from __future__ import annotations


def serve(application: str, *, host: str, port: int, workers: int) -> None:
    """Serve ``package.module:application`` until SIGTERM or SIGINT; what was asked before is answered."""
    import uvicorn

    uvicorn.run(
        application,
        host=host,
        port=port,
        workers=workers,
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
