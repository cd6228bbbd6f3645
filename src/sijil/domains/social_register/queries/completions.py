"""Requests to complete a declaration."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db.models import QuerySet

from sijil.domains.social_register.models import CompletionRequest, Draft
from sijil.domains.social_register.queries.files import answers_of
from sijil.domains.social_register.rules import Who
from sijil.domains.social_register.states import CompletionState
from sijil.domains.social_register.types import Answer, Completion, Due
from sijil.kernel.ids import PersonKey
from sijil.kernel.together import Asked, Rows


def find_completion(household_code: str) -> Completion | None:
    """Return the open request to complete a household's declaration, if there is one."""
    return asked_completion(household_code).value


def asked_completion(household_code: str) -> Asked[Completion | None]:
    """The same, with other reads."""
    return Asked(lambda rows: _completion(rows[0]) if rows else None, _COMPLETIONS.of(household_code))


_COMPLETIONS = Rows(lambda code: _asked().filter(household=code).order_by("pk")[:1])


def list_completions(*, limit: int = 100) -> list[Completion]:
    """Return the open requests to complete a declaration, the oldest first."""
    rows = _asked().order_by("opened_at", "household_id")
    return [_completion(row) for row in rows[:limit]]


def count_completions() -> int:
    """Count the households that are asked to complete their declaration."""
    return _asked().count()


def get_typed(completion_id: UUID) -> Mapping[Who, Mapping[str, Answer]]:
    """Return what was typed so far for a request to complete: answers by person (None: the household) and
    field.
    """
    rows = Draft.objects.filter(completion_id=completion_id).order_by("pk")
    return {row.person: answers_of(row) for row in rows}


def _asked() -> QuerySet[CompletionRequest]:
    return CompletionRequest.objects.filter(state=CompletionState.ASKED)


def _completion(row: CompletionRequest) -> Completion:
    due = tuple(Due(at, who and PersonKey(who), tuple(fields)) for at, who, fields in row.due)
    assert row.due_on is not None
    return Completion(row.id, row.household_id, row.opened_at, row.due_on, due, row.version, row.needed_by)
