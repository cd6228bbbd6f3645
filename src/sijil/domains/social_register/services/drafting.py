"""Filling in a registration: start, answer, list the members, leave."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import IntegrityError, transaction

from sijil.domains.social_register import errors, queries
from sijil.domains.social_register.models import Draft, Member, Registration, RegistrationStateRow
from sijil.domains.social_register.rules import form_of, form_on, problem_of
from sijil.domains.social_register.services.files import REGISTRATIONS
from sijil.domains.social_register.states import REGISTRATION, RegistrationState
from sijil.domains.social_register.types import FormField, Raw, RegistrationDraft, Saved
from sijil.kernel.actors import Actor
from sijil.kernel.casework.files import new_step
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import draw_number, show_number
from sijil.kernel.rows import violated

_LONGEST_TEXT = 24  # a figure or a code, never a sentence


@transaction.atomic
def start_draft(
    *,
    declarant_idcs: str,
    declarant_sex: str,
    commune_code: str,
    region_code: str,
    milieu: str,
    milieu_by: str,
    language: str,
    actor: Actor,
    now: dt.datetime,
) -> RegistrationDraft:
    """Start a registration, or resume the one that is open; the declarant is its first member.

    ``region_code``: two digits; ``milieu``: urban or rural (both of the commune of the dwelling);
    ``milieu_by``: census or kind, empty if the household is still to say its area. ``language``: of the
    notices of this file (ar, fr, zgh, en).
    Raises: Refused(MEMBER_ELSEWHERE) if the declarant already has a household;
    Refused(REGISTRATION_OPEN) if one was sent and is not decided.
    """
    if Member.objects.filter(idcs=declarant_idcs, left_on__isnull=True).exists():
        raise Refused(errors.MEMBER_ELSEWHERE, idcs=declarant_idcs)
    opened = Registration.objects.filter(declarant_idcs=declarant_idcs, state__in=queries.OPEN).first()
    if opened is None:
        place = {"commune_code": commune_code, "region_code": region_code}
        place |= {"milieu": milieu, "milieu_by": milieu_by}
        new = Registration(declarant_idcs=declarant_idcs, language=language, updated_at=now, **place)
        opened = _open(new, declarant_sex, actor, now)
    if opened.state != RegistrationState.DRAFTED:
        raise Refused(errors.REGISTRATION_OPEN, number=show_number(opened.number))
    return queries.get_draft(opened.id)


def _open(new: Registration, sex: str, actor: Actor, now: dt.datetime) -> Registration:
    new.number, new.form_version = draw_number(), form_on(legal_day(now)).version
    try:
        with transaction.atomic():
            REGISTRATIONS.open(new, actor=actor, now=now)
    except IntegrityError as error:
        if violated(error) != "registration_one_open_per_declarant":
            raise
        # another device started it in the same moment
        return Registration.objects.get(declarant_idcs=new.declarant_idcs, state__in=queries.OPEN)
    Draft.objects.create(registration=new, step="SOC", updated_at=now)
    _list_member(new, new.declarant_idcs, sex, now)
    return new


@transaction.atomic
def save_answer(
    *,
    registration_id: UUID,
    field: str,
    raw: Raw,
    member_idcs: str = "",
    seen_at: dt.datetime | None = None,
    page: str = "",
    actor: Actor,
    now: dt.datetime,
) -> Saved:
    """Keep one answer as typed, right or wrong, and say what is wrong with it.

    Each answer has its own time: two devices that answer different questions never disturb each
    other. ``seen_at``: when the page was shown; if the stored answer is newer, different and was not
    given on the same ``page`` (a token of the page as shown), it stands and the result says so
    (``kept_other``). ``member_idcs``: for the questions about a member.
    Raises: Refused(FIELD_UNKNOWN, MEMBER_UNKNOWN, TRANSITION_REFUSED, ROLE_REFUSED, ANSWER_INVALID when too
    long).
    """
    registration = _lock_draft(registration_id, actor)
    asked = _field(registration, field, member_idcs)
    draft = _draft(registration, member_idcs)
    saved = keep_answer(draft, asked, raw, registration.milieu, seen_at=seen_at, page=page, now=now)
    if not saved.kept_other:
        _touch(registration, now)
    return saved


def keep_answer(
    draft: Draft,
    field: FormField,
    raw: Raw,
    milieu: str,
    *,
    seen_at: dt.datetime | None,
    page: str,
    now: dt.datetime,
) -> Saved:
    """Write an answer into a draft that the caller has locked, unless a newer one is there."""
    kept = _newer(draft, field, raw, seen_at, page)
    if kept is not None:
        return kept
    _store(draft, field, raw, page, now)
    return Saved(field.id, raw, now, problem_of(field, raw, milieu))


@transaction.atomic
def add_member(*, registration_id: UUID, idcs: str, sex: str, actor: Actor, now: dt.datetime) -> None:
    """List a person, already confirmed by the population register, as a member.

    Raises: Refused(MEMBER_ALREADY_LISTED, MEMBER_ELSEWHERE), field ``idcs``.
    """
    registration = _lock_draft(registration_id, actor)
    if registration.drafts.filter(member_idcs=idcs).exists():
        raise Refused(errors.MEMBER_ALREADY_LISTED, field="idcs", idcs=idcs)
    if Member.objects.filter(idcs=idcs, left_on__isnull=True).exists():
        raise Refused(errors.MEMBER_ELSEWHERE, field="idcs", idcs=idcs)
    _list_member(registration, idcs, sex, now)
    _touch(registration, now)


@transaction.atomic
def remove_member(*, registration_id: UUID, idcs: str, actor: Actor, now: dt.datetime) -> None:
    """Take a person out of the list. Raises: Refused(MEMBER_UNKNOWN, DECLARANT_STAYS)."""
    registration = _lock_draft(registration_id, actor)
    if idcs == registration.declarant_idcs:
        raise Refused(errors.DECLARANT_STAYS)
    _draft(registration, idcs or "-").delete()
    _touch(registration, now)


@transaction.atomic
def move_dwelling(
    *,
    registration_id: UUID,
    commune_code: str,
    region_code: str,
    milieu: str,
    milieu_by: str,
    area: str = "",
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Say in which commune the household lives; it decides the milieu, so which questions are asked.

    ``area``: the household's answer (urban or rural) where its commune holds both; nothing is kept of what
    was answered for another commune. ``milieu_by`` is empty as long as the answer is missing.
    """
    registration = _lock_draft(registration_id, actor)
    registration.commune_code, registration.region_code = commune_code, region_code
    registration.milieu, registration.milieu_by, registration.area = milieu, milieu_by, area
    _touch(registration, now)


@transaction.atomic
def lift_draft(*, registration_id: UUID, form_version: str, actor: Actor, now: dt.datetime) -> None:
    """Go on with another version of the form: the answers stay, what it asks anew is still to answer.

    Raises: Refused(TRANSITION_REFUSED) once sent.
    """
    row = REGISTRATIONS.lock(registration_id)
    REGISTRATION.transition(row.state, "submit")  # refuses when it was sent or withdrawn
    reason = f"{row.form_version} > {form_version}"
    step = new_step(
        RegistrationStateRow, "registration", row, "lift", row.state, row.state, actor, now, reason=reason
    )
    step.save()
    row.form_version, row.updated_at = form_version, now
    row.save()


@transaction.atomic
def withdraw_draft(*, registration_id: UUID, actor: Actor, now: dt.datetime) -> None:
    """Delete what was typed and close the file. Raises: Refused(TRANSITION_REFUSED) once sent."""
    REGISTRATIONS.move(registration_id, "withdraw", actor=actor, now=now, updated_at=now)
    Draft.objects.filter(registration_id=registration_id).delete()


def _lock_draft(registration_id: UUID, actor: Actor) -> Registration:
    """Have a draft alone. Raises: Refused(TRANSITION_REFUSED) when it was sent or withdrawn, ROLE_REFUSED."""
    registration = REGISTRATIONS.lock(registration_id)
    REGISTRATIONS.require(registration, "submit", actor=actor)
    return registration


def _field(registration: Registration, name: str, member_idcs: str) -> FormField:
    step = "COM" if member_idcs else "SOC"
    found = form_of(registration.form_version).fields.get(name)
    if found is None or found.step != step:
        raise Refused(errors.FIELD_UNKNOWN, field=name, name=name)
    return found


def _draft(registration: Registration, member_idcs: str) -> Draft:
    found = registration.drafts.filter(step="COM" if member_idcs else "SOC", member_idcs=member_idcs).first()
    if found is None:
        raise Refused(errors.MEMBER_UNKNOWN, field="idcs")
    return found


def _newer(draft: Draft, field: FormField, raw: Raw, seen_at: dt.datetime | None, page: str) -> Saved | None:
    stored = draft.answers.get(field.id)
    if stored is None or seen_at is None or stored["raw"] == raw:
        return None
    if page and stored.get("page") == page:
        return None
    saved_at = dt.datetime.fromisoformat(stored["saved_at"])
    return Saved(field.id, stored["raw"], saved_at, kept_other=True) if saved_at > seen_at else None


def _store(draft: Draft, field: FormField, raw: Raw, page: str, now: dt.datetime) -> None:
    texts = [raw] if isinstance(raw, str) else raw
    if len(texts) > 3 or any(len(text) > _LONGEST_TEXT for text in texts):
        raise Refused(errors.ANSWER_INVALID, field=field.id, label=field.labels["en"])
    draft.answers[field.id] = {"raw": raw, "saved_at": now.isoformat(), "page": page[:16]}
    draft.updated_at = now
    draft.save(update_fields=["answers", "updated_at"])


def _list_member(registration: Registration, idcs: str, sex: str, now: dt.datetime) -> None:
    Draft.objects.create(
        registration=registration, step="COM", member_idcs=idcs, member_sex=sex, updated_at=now
    )


def _touch(registration: Registration, now: dt.datetime) -> None:
    registration.version += 1
    registration.updated_at = now
    registration.save()
