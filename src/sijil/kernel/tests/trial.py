"""A kind of file of the tests, with tables and actors of its own: what casework does, without any domain.

``files_of_trial()`` binds it; the fixtures ``trial``, ``entries`` and ``notices`` stand in the root conftest.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from django.db import connection, models

from sijil.kernel import acts
from sijil.kernel.actors import Actor, citizen, officer, system
from sijil.kernel.casework import END, RESUME, STOP, Delay, Kind, Role, Start, Transition
from sijil.kernel.casework import files as casework
from sijil.kernel.casework.files import Files, staff_roles
from sijil.kernel.casework.rows import CaseFile, file_constraints, file_indexes
from sijil.kernel.casework.table import opening
from sijil.kernel.errors import Category, ErrorCode, Refused
from sijil.kernel.rows import StateRow
from sijil.kernel.texts import Text4

ACT = acts.Act(
    "test.moved", Text4("نقل ملفكم", "A déplacé votre dossier.", "Moved your file."), "account", ""
)
UNKNOWN = ErrorCode("test.unknown", Category.MISSING, "No.", "Look.")
MOMENT = dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC)
ME, OTHER = citizen("2574081631"), citizen("3948201752")
HERE, THERE = officer("salma", centre="C1"), officer("driss", centre="C2")
CLERK = system("clerk")
DELAYS = {"answer": Delay(60)}


class S(StrEnum):
    DRAFTED = "drafted"
    SUBMITTED = "submitted"
    ASKED = "asked"
    DECIDED = "decided"
    REFUSED = "refused"


DECLARANT, OFFICER, SYSTEM = Role.DECLARANT, Role.OFFICER, Role.SYSTEM


def step(action: str, sources: tuple[StrEnum, ...], target: StrEnum, *by: Role, **more: Any) -> Transition:
    return Transition(action, sources, target, by=by, act=ACT, **more)


KIND = Kind(
    "trial",
    S,
    opening=opening("start", S.DRAFTED, by=(DECLARANT, OFFICER), act=ACT),
    transitions=(
        step("submit", (S.DRAFTED,), S.SUBMITTED, DECLARANT, clock=Start("answer"), notice="received"),
        step("ask", (S.SUBMITTED,), S.ASKED, OFFICER, clock=STOP, reasons=("bill_missing",)),
        step("answer", (S.ASKED,), S.SUBMITTED, DECLARANT, clock=RESUME),
        step("decide", (S.SUBMITTED,), S.DECIDED, OFFICER, SYSTEM, clock=END),
        step("refuse", (S.SUBMITTED, S.ASKED), S.REFUSED, OFFICER, clock=END),
    ),
    waits_on={S.DRAFTED: DECLARANT, S.SUBMITTED: OFFICER, S.ASKED: DECLARANT},
    silence="decide",
    title=Text4("ملف تجريبي", "Dossier d’essai", "Trial file"),
    says={S.SUBMITTED: Text4("أرسل", "Envoyé", "Sent")},
)


class TrialFile(CaseFile):
    owner = models.CharField(max_length=10)
    centre = models.CharField(max_length=8, default="C1")
    note = models.CharField(max_length=20, blank=True)

    class Meta:
        app_label = "casework_trial"
        constraints = file_constraints(KIND, "trial")
        indexes = file_indexes(KIND, "trial")


class TrialStep(StateRow):
    file = models.ForeignKey(TrialFile, models.PROTECT, related_name="steps")

    class Meta(StateRow.Meta):
        app_label = "casework_trial"


def roles(row: TrialFile, actor: Actor) -> set[Role]:
    mine = {Role.DECLARANT} if actor.id == row.owner else set()
    return mine | staff_roles(actor, centre=row.centre)


def guard(row: TrialFile) -> None:
    if row.note == "blocked":
        raise Refused(UNKNOWN)


def make_tables() -> None:
    with connection.schema_editor() as editor:
        editor.create_model(TrialFile)
        editor.create_model(TrialStep)


def files_of_trial() -> Files[TrialFile]:
    """Bind the kind to its tables."""
    return Files(
        KIND,
        TrialFile,
        TrialStep,
        "file",
        UNKNOWN,
        roles=roles,
        delay=lambda name, on: DELAYS[name],
        subject=lambda row: f"trial:{row.pk}",
        guards={"decide": guard},
        centre="centre",
    )


@contextmanager
def kept_entries() -> Iterator[list[tuple[str, str, str, dict[str, Any]]]]:
    """Keep what is written in the log in a list."""
    kept: list[tuple[str, str, str, dict[str, Any]]] = []

    class Keep:
        def record(self, act, *, actor, subject, facts, now):  # type: ignore[no-untyped-def]
            kept.append((act.code, str(actor), subject, dict(facts)))

        counted = record

        def record_each(self, act, *, subjects, **more):  # type: ignore[no-untyped-def]
            for subject in subjects:
                self.record(act, subject=subject, **more)

    before = acts.use(Keep())  # type: ignore[arg-type]
    try:
        yield kept
    finally:
        acts.use(before)


def make_submitted(number: int, *, first: dt.date, centre: str = "C1") -> list[TrialFile]:
    """Insert files that were sent on ``first`` and the days after it, one a day, without their steps."""
    rows = [TrialFile(owner=ME.id, centre=centre, state=S.SUBMITTED, opened_at=MOMENT) for _ in range(number)]
    for place, row in enumerate(rows):
        day = first + dt.timedelta(days=place)
        row.set_clock(casework.clock.start("answer", DELAYS["answer"], day))
    return TrialFile.objects.bulk_create(rows)
