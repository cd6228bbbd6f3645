"""What stands behind each port of the kernel in this product. Wiring and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from importlib import import_module, util
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from sijil.kernel import acts, calendar, law
from sijil.kernel.actors import Actor
from sijil.kernel.casework import files

if TYPE_CHECKING:
    from sijil.domains.scoring.types import RecordedScores

DOMAINS = (
    "population_register",
    "appointments",
    "biometrics",
    "documents",
    "matching",
    "social_register",
    "scoring",
    "accounts",
    "partners",
    "events",
    "programmes",
    "notifications",
    "verification",
    "law",
)
"""The domains whose services bind kinds of files and technical rows, or that declare acts."""

# kind of file -> who writes and queues the notices of its steps
NOTICES: dict[str, str] = {
    "enrolment": "sijil.journeys.person_enrolment.notices:tell",
    "re_enrolment": "sijil.journeys.person_enrolment.notices:tell",
    "adjudication": "sijil.journeys.person_enrolment.notices:tell_asked",
    "appointment": "sijil.journeys.person_enrolment.notices:tell",
    "registration": "sijil.journeys.household_registration.notices:tell",
    "completion": "sijil.journeys.household_registration.notices:tell_asked",
    "review": "sijil.journeys.household_registration.notices:tell_of_review",
}
# kind of file -> who queues the notices of the many that a run opened
RUNS: dict[str, str] = {
    "completion": "sijil.journeys.household_registration.notices:tell_all_asked",
    "review": "sijil.journeys.household_registration.notices:tell_all_of_reviews",
}
# what follows each recording of scores, in this order: decided by, then looked at where set aside
RECORDED = (
    "sijil.journeys.programme_decisions:decide_recorded",
    "sijil.journeys.household_registration.review:settle_recorded",
)


def wire() -> None:
    """Choose the log, the holidays and the notices of this process, and load every kind of file."""
    from sijil.domains.appointments.rules import is_holiday
    from sijil.domains.audit.services import Log
    from sijil.domains.law.queries import EnactedLaws
    from sijil.domains.scoring import services as scores

    declare_laws()
    law.use_enacted(EnactedLaws())
    acts.use(Log())
    calendar.use_holidays(is_holiday)
    files.use_notifier(tell)
    files.use_run_notifier(tell_all)
    scores.use_listener(follow)
    for domain in DOMAINS:
        import_module(f"sijil.domains.{domain}.services")
        if util.find_spec(f"sijil.domains.{domain}.acts"):
            import_module(f"sijil.domains.{domain}.acts")


def declare_laws() -> None:
    """Import the rules of every domain that has parameters: they declare their laws."""
    for app in settings.INSTALLED_APPS:
        folder = Path(import_module(app.removesuffix(".apps.Wiring")).__file__ or "").parent
        if app.startswith("sijil.domains.") and (folder / "parameters").is_dir():
            import_module(f"{app}.rules")
            if (folder / "rules/law.py").exists():
                import_module(f"{app}.rules.law")


def follow(scores: RecordedScores, *, trigger: str, actor: Actor, now: dt.datetime) -> None:
    """Do what follows each recording of scores, in its transaction."""
    for target in RECORDED:
        _call(target)(scores, trigger=trigger, actor=actor, now=now)


def tell(moved: files.Moved, *, actor: Actor, now: dt.datetime) -> None:
    """Queue the notice of a step, in its transaction, through the journey that knows whom to tell.

    Raises: KeyError for a kind whose table names a notice and that nobody is wired for.
    """
    _call(NOTICES[moved.kind])(moved, actor=actor, now=now)


def tell_all(moves: Sequence[files.Moved], *, actor: Actor, now: dt.datetime) -> None:
    """Queue the notices of files of one kind that a run opened. Raises: KeyError as :func:`tell`."""
    _call(RUNS[moves[0].kind])(moves, actor=actor, now=now)


def _call(name: str) -> Any:
    module, _, function = name.partition(":")
    return getattr(import_module(module), function)
