"""Is this installation well? Counts and times only, no person's data (``sijil health``, ``/health/``)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from sijil.domains.appointments.rules import holidays_known_until
from sijil.domains.audit.queries import get_seal_lag
from sijil.domains.biometrics.queries import get_engine_work
from sijil.domains.documents.queries import get_scanning
from sijil.domains.events.queries import count_failed
from sijil.domains.notifications.queries import get_outbox
from sijil.kernel import adapters
from sijil.kernel.casework import Role
from sijil.kernel.casework.watch import Stock, count_stock, find_unmarked
from sijil.kernel.casework.words import ROLES
from sijil.kernel.dates import legal_day
from sijil.kernel.disk import Room
from sijil.kernel.publisher import PublisherInvalid, read_publisher
from sijil.reporting import lateness, law
from sijil.reporting.patience import within

_QUEUE = """
SELECT count(*) FILTER (WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())),
       count(*) FILTER (WHERE status = 'failed'),
       (SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '45 seconds')
FROM procrastinate_jobs
"""

_SERVING = ("web", "worker", "verify")
_OWNERS = """
SELECT (SELECT tableowner FROM pg_tables WHERE schemaname = 'public' AND tablename = 'django_migrations'),
       ARRAY(SELECT rolname::text FROM pg_roles WHERE rolsuper)
"""
# Longer means that the worker is not sealing.
SEALED_WITHIN_SECONDS = 60
# Earlier than that somebody has to know that data of a coming year is missing.
WARN_DAYS = 90
PATIENCE_SECONDS = 5
MESSAGE_WAITS_AT_MOST = dt.timedelta(minutes=15)
ENGINE_ANSWERS_WITHIN = dt.timedelta(minutes=30)
SCANNED_WITHIN = dt.timedelta(minutes=15)
TRIED_AGAIN_WITHIN = dt.timedelta(minutes=5)  # the queue has given up a failing step by then


@dataclass(frozen=True, slots=True)
class Check:
    """One finding: ``well``, and a sentence that says what was seen.

    ``warns``: the installation is well, and somebody has something to do.
    """

    name: str
    well: bool
    seen: str
    warns: bool = False


def examine(*, now: dt.datetime) -> list[Check]:
    """Return the findings, the disk and the database first; without it there are no others."""
    disk = _disk(settings.ROOM)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0]
    except DatabaseError:
        return [disk, Check("database", False, "The database does not answer."), _law()]
    found = [disk, Check("database", True, f"PostgreSQL {version}"), _migrations(), _roles(), *_queue()]
    found += [_audit(now), _law()]
    found += [*_adapters(), _messages(now), _engine(now), _scanning(now)]
    return [*found, _files(legal_day(now)), _holidays(legal_day(now)), _events(now), _publisher()]


def _disk(room: Room) -> Check:
    seen = room.least()
    free = f"{seen[0] // 1024**2} MB free" if seen else "not asked"
    return Check("disk", not room.is_full, room.sentence() or free)


def _law() -> Check:
    found = law.list_faults()
    return Check("law", not found, "; ".join(found) or "every version is as it was sealed")


def is_ready() -> bool:
    """Tell whether pages can be answered: the database answers, and its tables are those of this tree."""
    try:
        return not _waiting()
    except DatabaseError:
        return False


def _publisher() -> Check:
    """Tell whether the pages of a real installation name an invented publisher, address and help line."""
    try:
        found = read_publisher(settings.ENV.publisher)
    except PublisherInvalid as error:
        return Check("publisher", False, str(error))
    if found.invented and not settings.ENV.demo:
        seen = "publisher, address and help line on every page are invented: write SIJIL_PUBLISHER"
        return Check("publisher", True, seen, warns=True)
    return Check("publisher", True, f"{found.publisher.en}, updated {found.updated_on}")


def _migrations() -> Check:
    waiting = _waiting()
    return Check("migrations", waiting == 0, f"{waiting} waiting" if waiting else "all applied")


def _waiting() -> int:
    return len(_shipped() - MigrationRecorder(connection).applied_migrations().keys())


@cache
def _shipped() -> frozenset[tuple[str, str]]:
    """Return the migrations of this tree: read once, a quarter of a second of work."""
    return frozenset(MigrationLoader(None).graph.nodes)


def _roles() -> Check:
    """Tell which processes may more than they need: an owner lifts guards, a superuser runs programs."""
    with connection.cursor() as cursor:
        cursor.execute(_OWNERS)
        owner, superusers = cursor.fetchone()
    users = {name: user for name, user in settings.DATABASE_USERS.items() if name in _SERVING}
    above = [name for name, user in users.items() if user in superusers]
    if above:
        return Check("roles", False, f"superuser of the database: {', '.join(above)}")
    same = [name for name, user in users.items() if user == owner]
    if same:
        seen = f"connect as the owner of the tables: {', '.join(same)} (SIJIL_WEB_DATABASE_URL …)"
        return Check("roles", True, seen, warns=True)
    return Check("roles", True, "no process owns the tables")


def _queue() -> list[Check]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(_QUEUE)
            waiting, failed, workers = cursor.fetchone()
    except DatabaseError:
        return [Check("queue", False, "The queue's tables are missing: run sijil migrate.")]
    return [
        Check("workers", workers > 0, f"{workers} at work"),
        Check("jobs waiting", waiting < 10_000, str(waiting)),
        Check("jobs given up", failed == 0, f"{failed} failed after every try" if failed else "none"),
    ]


def _audit(now: dt.datetime) -> Check:
    try:
        seconds = get_seal_lag(now=now).total_seconds()
    except DatabaseError:
        return Check("audit", False, "The audit's tables are missing: run sijil migrate.")
    if seconds < SEALED_WITHIN_SECONDS:
        return Check("audit", True, "sealed up to the last seconds")
    return Check("audit", False, f"the oldest entry without a seal is {seconds:.0f} s old")


def _files(today: dt.date) -> Check:
    """Tell what waits and what is late; ill when nobody looks at the clocks any more."""
    try:
        with within(PATIENCE_SECONDS):
            stock, unmarked = count_stock(on=today), find_unmarked(on=today)
    except DatabaseError:
        return Check("files", False, "They cannot be counted: run sijil migrate, or look at what is slow.")
    if unmarked:
        return Check("files", False, f"No clock was looked at since {unmarked}: is the worker at work?")
    return Check("files", True, _sentence(stock), warns=any(s.late for s in stock))


def _sentence(stock: Sequence[Stock]) -> str:
    all_files = lateness.total(stock)
    counts = f"{all_files.waiting} waiting, {all_files.near} near, {all_files.late} late"
    if not all_files.late:
        return counts
    turns = [f"{ROLES[Role(t.name)].en.lower()} {t.late}" for t in lateness.by_turn(stock) if t.late]
    return f"{counts} (oldest since {all_files.late_since}; on {', '.join(turns)})"


def _adapters() -> list[Check]:
    """Tell which outside systems cannot be spoken to, and which are only played by a twin."""
    unfit = adapters.list_unfit()
    if unfit:
        return [Check("adapters", False, " ".join(unfit))]
    if silent := adapters.list_silent():
        return [Check("adapters", False, " ".join(silent))]
    twins = [] if settings.ENV.demo else adapters.list_twins()
    seen = f"twins stand in for outside systems: {', '.join(twins)}" if twins else "each can be spoken to"
    return [Check("adapters", True, seen, warns=bool(twins))]


def _messages(now: dt.datetime) -> Check:
    """Tell what reaches nobody: messages that wait too long, and those given up."""
    try:
        outbox = get_outbox(now=now)
    except DatabaseError:
        return Check("messages", False, "The tables of messages are missing: run sijil migrate.")
    if outbox.oldest and outbox.oldest > MESSAGE_WAITS_AT_MOST:
        minutes = outbox.oldest.total_seconds() // 60
        why = f" ({outbox.reason})" if outbox.reason else ""
        return Check("messages", False, f"the oldest waits since {minutes:.0f} minutes{why}")
    if outbox.dead:
        return Check("messages", True, f"{outbox.dead} reached nobody: sijil messages dead", warns=True)
    return Check("messages", True, "all on their way")


def _engine(now: dt.datetime) -> Check:
    """Tell whether files wait for the recognition engine."""
    try:
        work = get_engine_work()
    except DatabaseError:
        return Check("engine", False, "The tables of biometrics are missing: run sijil migrate.")
    if work.oldest and now - work.oldest > ENGINE_ANSWERS_WITHIN:
        why = f" ({work.reason})" if work.reason else ""
        seen = f"{work.waiting} requests wait, the oldest since {work.oldest:%Y-%m-%d %H:%M}{why}"
        return Check("engine", False, seen)
    if work.refused or work.contradicted:
        seen = f"{work.refused} refused (sijil engine refused), {work.contradicted} answers belied later"
        return Check("engine", True, seen, warns=True)
    return Check("engine", True, f"{work.waiting} requests wait")


def _scanning(now: dt.datetime) -> Check:
    """Tell whether papers wait for the virus scanner."""
    try:
        work = get_scanning()
    except DatabaseError:
        return Check("papers", False, "The tables of documents are missing: run sijil migrate.")
    if work.oldest and now - work.oldest > SCANNED_WITHIN:
        seen = f"{work.waiting} wait for the virus scan, the oldest since {work.oldest:%Y-%m-%d %H:%M}"
        return Check("papers", False, seen)
    return Check("papers", True, f"{work.waiting} wait for the virus scan")


def _holidays(today: dt.date) -> Check:
    """Working days are counted wrong, and in silence, once the days that follow the moon are not known."""
    until = holidays_known_until()
    left = (until - today).days
    if left > WARN_DAYS:
        return Check("holidays", True, f"known until the end of {until.year}")
    if left >= 0:
        seen = f"known until {until}: add the days of {until.year + 1} that follow the moon"
        return Check("holidays", True, seen, warns=True)
    return Check("holidays", False, f"known until {until} only: working days are counted wrong since")


def _events(now: dt.datetime) -> Check:
    try:
        failed = count_failed(before=now - TRIED_AGAIN_WITHIN)
    except DatabaseError:
        return Check("events", False, "The events' tables are missing: run sijil migrate.")
    seen = f"{failed} failed steps: sijil events list --failed" if failed else "no step failed"
    return Check("events", failed == 0, seen)
