"""What was asked of the person of a file: kept, answered, or left without an answer.

The case waits; its delay does not, so that asking never makes an answer later than the law says. With the
last thing answered, or with the day passed, it stands in the queue again at its age, and two officers decide
anew: what they decided before rested on less.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from sijil.domains.matching import errors, models
from sijil.domains.matching.rules.adjudication import Said
from sijil.domains.matching.services.files import CASES
from sijil.domains.matching.states import CaseState
from sijil.domains.matching.types import CaseVerdict
from sijil.kernel import law
from sijil.kernel.actors import Actor, system
from sijil.kernel.calendar import add_days
from sijil.kernel.casework.files import Moved
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import new_key

CLOCK = system("clock")


def ask(case: models.Case, answers: Iterable[Said], *, actor: Actor, now: dt.datetime) -> None:
    """Ask everything that the officers could not tell without; the caller has the case alone."""
    delay = law.delay("matching.answer", legal_day(now))
    until = add_days(legal_day(now), delay.days, working=delay.is_working)
    wanted = {(s.file, s.ask) for s in answers if s.verdict is CaseVerdict.CANNOT_TELL and s.file}
    models.Ask.objects.bulk_create(
        models.Ask(id=new_key(), case=case, round=case.round, of=file, what=what, until=until, asked_at=now)
        for file, what in sorted(wanted, key=str)
    )
    CASES.move_row(case, "ask", actor=actor, now=now, asked_until=until, is_unanswered=False)


@transaction.atomic
def answer(ask_id: UUID, *, of: UUID, actor: Actor, now: dt.datetime) -> bool:
    """Keep that one thing was brought for the file ``of``; tell whether the case is back in the queue.

    Raises: Refused(ASK_NOT_OPEN): of another file, answered already, or the case went on;
    kernel.role_refused.
    """
    found = models.Ask.objects.filter(id=ask_id, of=of).first()
    if found is None:
        raise Refused(errors.ASK_NOT_OPEN)
    case = CASES.lock(found.case_id)
    waiting = list(_waiting(case))
    if found.id not in {row.id for row in waiting}:
        raise Refused(errors.ASK_NOT_OPEN)
    CASES.require(case, "answer", actor=actor)
    models.Ask.objects.filter(id=ask_id).update(
        answered_at=now, answered_kind=actor.kind.value, answered_by=actor.id
    )
    if len(waiting) > 1:
        return False
    _back(case, "answer", actor=actor, now=now, is_unanswered=False)
    return True


def return_unanswered(*, now: dt.datetime) -> int:
    """Put the cases back into the queue whose day to answer has passed; return how many."""
    due = models.Case.objects.filter(state=CaseState.ASKED, asked_until__lt=legal_day(now))
    return sum(_lapse(key, now) for key in due.values_list("id", flat=True))


@transaction.atomic
def _lapse(case_id: UUID, now: dt.datetime) -> bool:
    case = CASES.lock(case_id)
    if case.asked_until is None or case.asked_until >= legal_day(now):
        return False  # answered, or put back, meanwhile
    _back(case, "lapse", actor=CLOCK, now=now, is_unanswered=True)
    return True


def _back(case: models.Case, action: str, *, actor: Actor, now: dt.datetime, is_unanswered: bool) -> Moved:
    """Put a case back at its age, to be decided anew."""
    return CASES.move_row(
        case,
        action,
        actor=actor,
        now=now,
        asked_until=None,
        round=case.round + 1,
        is_unanswered=is_unanswered,
    )


def _waiting(case: models.Case) -> Iterable[models.Ask]:
    if case.state != CaseState.ASKED:
        return []
    return case.asks.filter(round=case.round, answered_at=None)
