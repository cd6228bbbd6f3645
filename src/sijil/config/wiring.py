"""What stands behind each port of the kernel in this product. Wiring and nothing else."""

from __future__ import annotations

import datetime as dt
from importlib import import_module, util

from sijil.kernel import acts, calendar
from sijil.kernel.actors import Actor
from sijil.kernel.casework import files

DOMAINS = (
    "population_register",
    "appointments",
    "matching",
    "social_register",
    "accounts",
    "partners",
    "events",
    "programmes",
)
"""The domains whose services bind kinds of files to their tables."""

# kind of file -> who writes and queues the notices of its steps
NOTICES: dict[str, str] = {}


def wire() -> None:
    """Choose the log, the holidays and the notices of this process, and load every kind of file."""
    from sijil.domains.appointments.rules import is_holiday
    from sijil.domains.audit.services import Log

    acts.use(Log())
    calendar.use_holidays(is_holiday)
    files.use_notifier(tell)
    for domain in DOMAINS:
        import_module(f"sijil.domains.{domain}.services")
        if util.find_spec(f"sijil.domains.{domain}.acts"):
            import_module(f"sijil.domains.{domain}.acts")


def tell(moved: files.Moved, *, actor: Actor, now: dt.datetime) -> None:
    """Queue the notice of a step, in its transaction, through the journey that knows whom to tell.

    Raises: KeyError for a kind whose table names a notice and that nobody is wired for.
    """
    module, _, name = NOTICES[moved.kind].partition(":")
    getattr(import_module(module), name)(moved, actor=actor, now=now)
