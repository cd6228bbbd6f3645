"""What each role of the database may: one table, applied after every migration.

An immutable table is one that its own triggers guard (``kernel.rows.Immutable``): the database is asked, so
there is no second list. Nobody but the owner may TRUNCATE, ALTER, DROP or switch a trigger off.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from sijil.domains.audit import sql as audit
from sijil.domains.partners import sql as partners
from sijil.domains.verification import sql as verification
from sijil.processes import roles
from sijil.processes.failure import CannotStart


@dataclass(frozen=True, slots=True)
class Grant:
    """``tables``, ``immutable``: privileges on the tables of a kind; ``less``: (privileges, tables) instead.

    ``single``: pieces of GRANT that a domain gives with the SQL they are for.
    """

    tables: str = ""
    immutable: str = ""
    less: tuple[str, tuple[str, ...]] = ("", ())
    single: tuple[str, ...] = field(default=())


MIGRATIONS = "django_migrations"
EVERY_WRITE = "SELECT, INSERT, UPDATE, DELETE"
GRANTS = {
    roles.WEB: Grant(EVERY_WRITE, "SELECT, INSERT", ("SELECT", (MIGRATIONS, *audit.SEALED))),
    roles.WORKER: Grant(EVERY_WRITE, "SELECT, INSERT", ("SELECT", (MIGRATIONS,)), (audit.MAKES,)),
    roles.VERIFY: Grant(single=(partners.READS, verification.READS, audit.ADDS)),
    roles.AUDIT: Grant("SELECT", "SELECT", ("", ("django_session", "pages_answer"))),
}
WRITTEN_IN = (
    "processes/grants.py",
    "domains/audit/sql.py",
    "domains/partners/sql.py",
    "domains/verification/sql.py",
)
"""The files whose change makes a database stale, below the folder of the product."""

_TABLES = """
SELECT c.relname, EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname LIKE 'immutable%')
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
AND NOT c.relispartition ORDER BY 1
"""
_UNKNOWN = "SELECT u FROM unnest(%s::text[]) AS u WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = u)"


@transaction.atomic
def give() -> None:
    """Give each role that is not the owner what it may, and take from it what it may not.

    Raises: CannotStart for a role that the server does not know.
    """
    limited = _limited()
    with connection.cursor() as cursor:
        cursor.execute(_UNKNOWN, [sorted(limited.values())])
        unknown = [row[0] for row in cursor.fetchall()]
        if unknown:
            raise CannotStart(_sentence(unknown[0], limited))
        cursor.execute(_TABLES)
        tables = dict(cursor.fetchall())
        for statement in _statements(limited, tables):
            cursor.execute(statement.as_string(cursor.connection))


def _limited() -> dict[str, str]:
    """Return the role of each process that is not the owner's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        owner = cursor.fetchone()[0]
    users: dict[str, str] = settings.DATABASE_USERS
    given = {process: user for process, user in users.items() if process in GRANTS}
    return {process: user for process, user in given.items() if user not in (owner, users[roles.OWNER])}


def _statements(limited: dict[str, str], tables: dict[str, bool]) -> list[sql.Composable]:
    found: list[sql.Composable] = []
    for user in sorted(set(limited.values())):
        found += [sql.SQL(text).format(sql.Identifier(user)) for text in _AFRESH]
    for process, user in limited.items():
        grant, who = GRANTS[process], sql.Identifier(user)
        for privileges, names in _by_privileges(grant, tables).items():
            on = sql.SQL(", ").join(map(sql.Identifier, names))
            found.append(sql.SQL(f"GRANT {privileges} ON {{}} TO {{}}").format(on, who))
        found += [sql.SQL(f"GRANT {piece} TO {{}}").format(who) for piece in grant.single]
        if grant.tables == EVERY_WRITE:
            found.append(sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}").format(who))
    return found


_AFRESH = (
    "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}",
    "REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {}",
    "GRANT USAGE ON SCHEMA public TO {}",
)


def _by_privileges(grant: Grant, tables: dict[str, bool]) -> dict[str, list[str]]:
    """Return the tables by what is granted on them."""
    found: dict[str, list[str]] = {}
    less, fewer = grant.less
    for table, is_immutable in tables.items():
        privileges = less if table in fewer else grant.immutable if is_immutable else grant.tables
        if privileges:
            found.setdefault(privileges, []).append(table)
    return found


def _sentence(unknown: str, limited: dict[str, str]) -> str:
    process = next(process for process, user in limited.items() if user == unknown)
    return (
        f"SIJIL_{process.upper()}_DATABASE_URL names the role {unknown}, which the server does not know. "
        f"Make it as a superuser: CREATE ROLE {unknown} LOGIN PASSWORD '…'"
    )
