"""Below which transaction everything is written: nothing can be added there any more.

What readers in order (a seal, a feed of events) need, so that who commits late is not passed over. Below the
horizon no transaction of this database is under way. Transactions of other databases of the cluster do not
matter: they cannot write here.

Order counts. First the snapshot says which transactions were under way; then the sessions of this database
are read: one of those transactions is either still there, and holds the horizon back, or has ended, and
the next statement sees what it wrote. (``backend_xid`` is set before the number can be in a snapshot.)
"""

from __future__ import annotations

from django.db import connection

_SNAPSHOT = """
SELECT pg_snapshot_xmax(s)::text::bigint, current_setting('transaction_isolation'),
       ARRAY(SELECT x::text::bigint FROM pg_snapshot_xip(s) AS x ORDER BY 1)
FROM pg_current_snapshot() AS s, (SELECT pg_stat_clear_snapshot()) AS fresh
"""
_SESSIONS = """
SELECT array_agg(backend_xid::text::bigint) FILTER (WHERE backend_xid IS NOT NULL),
       bool_or(query = '<insufficient privilege>')
FROM pg_stat_activity WHERE datname = current_database()
"""
_PREPARED = "SELECT transaction::text::bigint FROM pg_prepared_xacts WHERE database = current_database()"
_LOW_HALF = (1 << 32) - 1


def get_horizon() -> int:
    """Return the number of a transaction: all that smaller ones wrote in this database can be read now.

    Inside a transaction it must be READ COMMITTED, or ended work would stay unseen.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SNAPSHOT)
        beyond, isolation, running = cursor.fetchone()
        if isolation != "read committed":
            raise RuntimeError(f"The horizon cannot be read in a {isolation} transaction.")
        cursor.execute(_SESSIONS)
        sessions, is_hidden = cursor.fetchone()
        cursor.execute(_PREPARED)
        here = {*(sessions or ()), *(row[0] for row in cursor.fetchall())}
    ours = (xid for xid in running if is_hidden or xid & _LOW_HALF in here)
    return int(next(ours, beyond))
