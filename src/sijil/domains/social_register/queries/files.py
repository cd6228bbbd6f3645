"""Registrations, households and what they declared."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from sijil.domains.social_register.errors import HOUSEHOLD_UNKNOWN, REGISTRATION_UNKNOWN
from sijil.domains.social_register.models import (
    CompletionRequest,
    Declaration,
    Draft,
    Household,
    Member,
    Registration,
    RegistrationStateRow,
)
from sijil.domains.social_register.rules import form_of, pack_household, pack_members
from sijil.domains.social_register.states import RegistrationState
from sijil.domains.social_register.types import (
    Addressee,
    Answer,
    DeclaredMember,
    DraftMember,
    FrozenDeclaration,
    HouseholdMember,
    HouseholdView,
    RegistrationDraft,
    RegistrationView,
    Step,
    Value,
)
from sijil.kernel.dates import PartialDate
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey
from sijil.kernel.rows import among
from sijil.kernel.together import Asked, Rows

OPEN = tuple(
    state.value
    for state in (RegistrationState.DRAFTED, RegistrationState.SUBMITTED, RegistrationState.QUARANTINED)
)


def get_draft(registration_id: UUID) -> RegistrationDraft:
    """Return a registration with all that was typed. Raises: Refused(REGISTRATION_UNKNOWN)."""
    found = Registration.objects.filter(pk=registration_id).prefetch_related("drafts").first()
    if found is None:
        raise Refused(REGISTRATION_UNKNOWN)
    return as_draft(found, found.drafts.all())


def find_draft_of(declarant: PersonKey) -> RegistrationDraft | None:
    """Return the registration that this person is filling in, if any."""
    found = Registration.objects.filter(declarant=declarant, state=RegistrationState.DRAFTED)
    first = found.prefetch_related("drafts").first()
    return as_draft(first, first.drafts.all()) if first else None


def list_stuck(*, before: dt.datetime, limit: int = 500) -> list[UUID]:
    """Return the registrations sent before a moment that nobody has decided since, the oldest first."""
    sent = Registration.objects.filter(state=RegistrationState.SUBMITTED, submitted_at__lt=before)
    return list(sent.order_by("submitted_at").values_list("pk", flat=True)[:limit])


def get_registration(registration_id: UUID) -> RegistrationView:
    """Return the file as tracked. Raises: Refused(REGISTRATION_UNKNOWN)."""
    return _one_registration(pk=registration_id)


def get_registration_by_number(number: str) -> RegistrationView:
    """Return the file of a request number (cleaned). Raises: Refused(REGISTRATION_UNKNOWN)."""
    return _one_registration(number=number)


def get_addressee(registration_id: UUID) -> Addressee:
    """Return whom to tell about a registration. Raises: Refused(REGISTRATION_UNKNOWN)."""
    names = ("number", "declarant", "language", "household_id")
    row = Registration.objects.filter(pk=registration_id).values_list(*names).first()
    if row is None:
        raise Refused(REGISTRATION_UNKNOWN)
    return Addressee(row[0], row[1], row[2], row[3] or "")


def list_addressees(completion_ids: Iterable[UUID]) -> dict[UUID, Addressee]:
    """Return whom to tell about requests to complete: who declared, in the language of the registration.

    ``number``: of the registration; empty, and Arabic, for a household that was loaded.
    """
    rows = CompletionRequest.objects.filter(among("pk", list(completion_ids), "uuid")).order_by(
        "household_id"
    )
    asked = {code: (pk, who) for pk, code, who in rows.values_list("pk", "household", "household__declarant")}
    files = Registration.objects.filter(among("household", asked)).order_by("-submitted_at")
    spoken = {code: file for code, *file in files.values_list("household", "number", "language")}
    found = {}
    for code, (pk, who) in asked.items():
        number, language = spoken.get(code, ("", "ar"))
        found[pk] = Addressee(number, who, language, code)
    return found


def find_registration_of_household(code: str) -> RegistrationView | None:
    """Return the registration that made a household, if it was made here (not loaded)."""
    return asked_registration_of_household(code).value


def asked_registration_of_household(code: str) -> Asked[RegistrationView | None]:
    """The same, with other reads."""
    return Asked(
        lambda files, steps: as_registration(files[0], of_file(files[0], steps)) if files else None,
        FILES.of(code),
        STEPS.of(code),
    )


FILES = Rows(lambda code: Registration.objects.filter(household=code).order_by("submitted_at"))
STEPS = Rows(lambda code: RegistrationStateRow.objects.filter(registration__household=code).order_by("pk"))
"""Of the registrations of a household."""


def of_file(file: Registration, steps: Iterable[RegistrationStateRow]) -> list[RegistrationStateRow]:
    """Return the steps of one of them."""
    return [step for step in steps if step.registration_id == file.pk]


def get_household(code: str) -> HouseholdView:
    """Return a household and its present members. Raises: Refused(HOUSEHOLD_UNKNOWN)."""
    found = Household.objects.filter(pk=code).prefetch_related("members").first()
    if found is None:
        raise Refused(HOUSEHOLD_UNKNOWN)
    return _household(found, found.members.all())


def list_households(codes: Iterable[str]) -> dict[str, HouseholdView]:
    """Return {code: household} of those that exist, with their present members."""
    rows = Household.objects.filter(pk__in=list(codes)).prefetch_related("members")
    return {row.code: _household(row, row.members.all()) for row in rows}


def find_household_of(person: PersonKey) -> HouseholdView | None:
    """Return the present household of a person, if any."""
    return asked_household_of(person).value


def asked_household_of(person: PersonKey) -> Asked[HouseholdView | None]:
    """The same, with other reads."""
    return Asked(
        lambda stays: _household(stays[0].household, stays) if stays else None, _STAYS.of(int(person))
    )


def _present(person: Any) -> QuerySet[Member]:
    return Member.objects.filter(person=person, left_on__isnull=True).order_by("pk")


_STAYS = Rows(
    lambda person: Member.objects.filter(
        household__in=_present(person).values("household")[:1], left_on__isnull=True
    ).select_related("household")
)


def list_numbers_of(person: PersonKey) -> list[str]:
    """Return the numbers by which the log knows a person: own registrations, and the present household."""
    own = Registration.objects.filter(declarant=person).values_list("number", flat=True)
    stays = Member.objects.filter(person=person, left_on__isnull=True)
    present = Registration.objects.filter(household__members__in=stays).values_list("number", flat=True)
    return sorted({*own, *present, *stays.values_list("household_id", flat=True)})


def get_declaration(household_code: str) -> FrozenDeclaration:
    """Return what the household declared last. Raises: Refused(HOUSEHOLD_UNKNOWN)."""
    return asked_declaration(household_code).value


def asked_declaration(household_code: str) -> Asked[FrozenDeclaration]:
    """The same, with other reads."""
    return Asked(lambda rows: frozen(_only(rows)), _DECLARED.of(household_code))


def _only(rows: list[Declaration]) -> Declaration:
    if not rows:
        raise Refused(HOUSEHOLD_UNKNOWN)
    return rows[0]


def _declared(household_code: Any) -> QuerySet[Declaration]:
    return Declaration.objects.filter(household=household_code).order_by("-declared_at")[:1]


_DECLARED, _BY_FORM = Rows(_declared), Rows(lambda code: _declared(code).only("form_version"))


def get_declaration_of(registration_id: UUID) -> FrozenDeclaration:
    """Return what was declared with a registration. Raises: Refused(REGISTRATION_UNKNOWN)."""
    found = Declaration.objects.filter(registration_id=registration_id).first()
    if found is None:
        raise Refused(REGISTRATION_UNKNOWN)
    return frozen(found)


def get_form_version(household_code: str) -> str:
    """Return the form by which the household declared last. Raises: Refused(HOUSEHOLD_UNKNOWN)."""
    return asked_form_version(household_code).value


def asked_form_version(household_code: str) -> Asked[str]:
    """The same, with other reads."""
    return Asked(lambda rows: _only(rows).form_version, _BY_FORM.of(household_code))


def iter_declarations(
    *, after: str = "", chunk: int = 2000
) -> Iterator[tuple[HouseholdView, FrozenDeclaration]]:
    """Yield each household (not closed) with its last declaration, by code, from ``after`` on."""
    while page := _page(after, chunk):
        latest = _latest([household.code for household in page])
        yield from (
            (_household(h, h.members.all()), frozen(latest[h.code])) for h in page if h.code in latest
        )
        after = page[-1].code


def open_births(household_codes: Iterable[str]) -> dict[str, dict[PersonKey, PartialDate]]:
    """Return the birth dates of the members, by household and person: one block unsealed for each household.

    For ages only, in a run that shows nobody; the run is written down by who makes it (``acts.ran``).
    """
    found = Household.objects.filter(pk__in=list(household_codes)).only("code", "sealed_births")
    return {household.code: household.births for household in found}


def list_unlike(known: Mapping[PersonKey, tuple[PartialDate, str]]) -> set[PersonKey]:
    """Return those of whom a household keeps another birth date or sex than ``{person: (birth, sex)}``."""
    stays = list(Member.objects.filter(person__in=known))
    births = open_births({stay.household_id for stay in stays})
    return {
        stay.person
        for stay in stays
        if (births[stay.household_id].get(stay.person), stay.sex) != known[stay.person]
    }


def is_sound(declaration_id: UUID) -> bool:
    """Tell whether a declaration still says what was frozen: its digest, and the numbers that scores read."""
    row = Declaration.objects.get(pk=declaration_id)
    found, form = frozen(row), form_of(row.form_version)
    packed = (pack_household(form, found.answers), pack_members(form, found.members))
    return digest_of(row) == row.sha256 and packed == (bytes(row.packed_household), bytes(row.packed_members))


def digest_of(row: Declaration) -> str:
    """Return the SHA-256 of the canonical JSON of what a declaration says."""
    content = {
        "form_version": row.form_version,
        "form_digest": row.form_digest,
        "declared_on": row.declared_on.isoformat(),
        "milieu": row.milieu,
        "milieu_by": row.milieu_by,
        "answers": row.answers,
        "members": row.members,
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def frozen(row: Declaration) -> FrozenDeclaration:
    """Return a declaration row as a value."""
    return FrozenDeclaration(
        id=row.id,
        household_code=row.household_id,
        form_version=row.form_version,
        form_digest=row.form_digest,
        declared_on=row.declared_on,
        milieu=row.milieu,
        milieu_by=row.milieu_by,
        answers=_values(row.answers),
        members=tuple(
            DeclaredMember(PersonKey(m["person"]), m["sex"], m["age"], _values(m["answers"]))
            for m in row.members
        ),
        sha256=row.sha256,
    )


def _page(after: str, chunk: int) -> list[Household]:
    rows = Household.objects.filter(code__gt=after).exclude(state="closed").order_by("code")
    return list(rows.prefetch_related("members")[:chunk])


def _latest(codes: list[str]) -> dict[str, Declaration]:
    rows = Declaration.objects.filter(household_id__in=codes).order_by("household_id", "declared_at")
    return {row.household_id: row for row in rows}


def _values(answers: Mapping[str, Any]) -> dict[str, Value]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in answers.items()}


def answers_of(draft: Draft) -> dict[str, Answer]:
    """Return what is answered in a draft, opened."""
    return {
        name: Answer(body["raw"], dt.datetime.fromisoformat(body["saved_at"]))
        for name, body in draft.answers.items()
    }


def as_draft(row: Registration, typed_so_far: Iterable[Draft]) -> RegistrationDraft:
    """Return a draft as others read it."""
    drafts = sorted(typed_so_far, key=lambda draft: draft.pk)
    members = [(d, d.person) for d in drafts if d.person is not None]
    typed = [answers_of(d) for d in drafts if d.step == "SOC"]
    return RegistrationDraft(
        id=row.id,
        number=row.number,
        declarant=row.declarant,
        state=row.state,
        commune_code=row.commune_code,
        region_code=row.region_code,
        milieu=row.milieu,
        milieu_by=row.milieu_by,
        area=row.area,
        form_version=row.form_version,
        started_at=row.opened_at,
        updated_at=row.updated_at,
        answers=typed[0] if typed else {},
        members=tuple(DraftMember(d.place, person, d.sex, answers_of(d)) for d, person in members),
        version=row.version,
    )


def _household(row: Household, members: Iterable[Member]) -> HouseholdView:
    present = (m for m in members if m.left_on is None)
    stays = sorted(present, key=lambda m: (m.relation != "head", m.pk))
    return HouseholdView(
        code=row.code,
        state=row.state,
        commune_code=row.commune_code,
        region_code=row.region_code,
        milieu=row.milieu,
        milieu_by=row.milieu_by,
        head=row.head,
        declarant=row.declarant,
        declared_at=row.opened_at,
        members=tuple(HouseholdMember(m.person, m.relation, m.sex, m.joined_on) for m in stays),
    )


def _one_registration(**key: Any) -> RegistrationView:
    found = Registration.objects.filter(**key).first()
    if found is None:
        raise Refused(REGISTRATION_UNKNOWN)
    return as_registration(found)


def as_registration(row: Registration, steps: Iterable[Any] | None = None) -> RegistrationView:
    """Return a file as tracked."""
    return RegistrationView(
        id=row.id,
        number=row.number,
        declarant=row.declarant,
        state=row.state,
        household_code=row.household_id or "",
        language=row.language,
        started_at=row.opened_at,
        submitted_at=row.submitted_at,
        answer_due_on=row.due_on,
        steps=_steps(row.steps.all() if steps is None else steps),
    )


def _steps(steps: Iterable[Any]) -> tuple[Step, ...]:
    """Return the steps that changed the state: marks of the clock are for staff."""
    changed = (step for step in steps if step.from_state != step.to_state)
    return tuple(Step(s.action, s.to_state, s.at, s.actor_kind, s.reason) for s in changed)
