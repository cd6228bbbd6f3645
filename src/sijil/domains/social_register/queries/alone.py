"""What stands of a person without a household: a draft, what was sent, why the last one was closed."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from sijil.domains.social_register.models import (
    Draft,
    Member,
    Registration,
    RegistrationStateRow,
    ScoreReviewStateRow,
)
from sijil.domains.social_register.queries.files import as_draft, as_registration, of_file
from sijil.domains.social_register.states import RegistrationState, ReviewState
from sijil.domains.social_register.types import RegistrationDraft, RegistrationView, Step
from sijil.kernel.ids import PersonKey
from sijil.kernel.together import Asked, Rows


def asked_draft_of(declarant: PersonKey) -> Asked[RegistrationDraft | None]:
    """Return the registration that this person is filling in, if any, with other reads."""

    def read(files: list[Registration], drafts: list[Draft]) -> RegistrationDraft | None:
        mine = [draft for draft in drafts if files and draft.registration_id == files[0].pk]
        return as_draft(files[0], mine) if files else None

    return Asked(read, _OPEN.of(int(declarant)), _TYPED.of(int(declarant)))


def find_registration_of(declarant: PersonKey) -> RegistrationView | None:
    """Return the last registration that this person sent and that was not withdrawn, if any."""
    return asked_registration_of(declarant).value


def asked_registration_of(declarant: PersonKey) -> Asked[RegistrationView | None]:
    """The same, with other reads."""

    def read(files: list[Registration], steps: list[RegistrationStateRow]) -> RegistrationView | None:
        return as_registration(files[0], of_file(files[0], steps)) if files else None

    return Asked(read, _SENT.of(int(declarant)), _STEPS.of(int(declarant)))


def find_refusal(person: PersonKey) -> Step | None:
    """Return why the household that this person belonged to last was closed by an officer, if it was."""
    return asked_refusal(person).value


def asked_refusal(person: PersonKey) -> Asked[Step | None]:
    """The same, with other reads."""

    def read(steps: list[ScoreReviewStateRow]) -> Step | None:
        last = steps[0] if steps else None
        return Step(last.action, last.to_state, last.at, last.actor_kind, last.reason) if last else None

    return Asked(read, _REFUSED.of(int(person)))


def _left(person: Any) -> QuerySet[Any]:
    """Return the household that somebody belonged to last."""
    return Member.objects.filter(person=person).order_by("-joined_on", "-pk").values("household")[:1]


_OPEN = Rows(
    lambda declarant: Registration.objects.filter(declarant=declarant, state=RegistrationState.DRAFTED)[:1]
)
_TYPED = Rows(
    lambda declarant: Draft.objects.filter(
        registration__declarant=declarant, registration__state=RegistrationState.DRAFTED
    )
)
_SENT = Rows(
    lambda declarant: Registration.objects.filter(declarant=declarant, submitted_at__isnull=False).order_by(
        "-submitted_at"
    )[:1]
)
_STEPS = Rows(
    lambda declarant: RegistrationStateRow.objects.filter(registration__declarant=declarant).order_by("pk")
)
_REFUSED = Rows(
    lambda person: ScoreReviewStateRow.objects.filter(
        review__state=ReviewState.REFUSED, review__household__in=_left(person)
    ).order_by("-pk")[:1]
)
