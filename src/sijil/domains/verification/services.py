"""Writes: the subjects that questions are compared with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from sijil.domains.verification.acts import CLOSED, REOPENED
from sijil.domains.verification.errors import SUBJECT_MISSING
from sijil.domains.verification.models import SubjectStep, VerificationSubject
from sijil.domains.verification.rules import check_idcs, check_sex, number_tag, record_tag
from sijil.domains.verification.states import SUBJECT, SubjectState
from sijil.kernel import acts
from sijil.kernel.actors import Actor
from sijil.kernel.acts import Act
from sijil.kernel.dates import PartialDate
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey
from sijil.kernel.sealing import keyring
from sijil.kernel.steps import Rows

SUBJECTS = Rows(SUBJECT, VerificationSubject, SubjectStep, "subject")


def enrol_subject(*, person: PersonKey, idcs: str, birth: PartialDate, sex: str) -> None:
    """Make a person verifiable. Idempotent.

    A closed subject stays closed. Raises: Refused(IDCS_INVALID, SEX_INVALID).
    """
    tag = number_tag(keyring(), check_idcs(idcs))
    row = VerificationSubject(
        tag=tag, person=person, birth_tag=record_tag(keyring(), idcs, birth), sex=check_sex(sex)
    )
    VerificationSubject.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["tag"], update_fields=["person", "birth_tag", "sex"]
    )


def correct_subject(*, person: PersonKey, idcs: str, birth: PartialDate, sex: str) -> None:
    """Compare questions about a person with another birth date or sex; a closed subject stays closed.

    Raises: Refused(SUBJECT_MISSING, SEX_INVALID).
    """
    known = {"birth_tag": record_tag(keyring(), idcs, birth), "sex": check_sex(sex)}
    if not VerificationSubject.objects.filter(person=person).update(**known):
        raise Refused(SUBJECT_MISSING)


def close_subject(*, person: PersonKey, actor: Actor, now: dt.datetime, reason: str = "") -> None:
    """Stop confirming anything about a person. Raises: Refused(SUBJECT_MISSING, TRANSITION_REFUSED)."""
    _move(person, "close", CLOSED, actor, now, reason)


def reopen_subject(*, person: PersonKey, actor: Actor, now: dt.datetime, reason: str = "") -> None:
    """Confirm again. Raises: Refused(SUBJECT_MISSING, TRANSITION_REFUSED)."""
    _move(person, "reopen", REOPENED, actor, now, reason)


@transaction.atomic
def keep_subject(
    *, person: PersonKey, is_open: bool, actor: Actor, now: dt.datetime, reason: str = ""
) -> bool:
    """Confirm about a person, or no more, whatever it was before; tell whether it changed.

    Raises: Refused(SUBJECT_MISSING).
    """
    found = VerificationSubject.objects.select_for_update().filter(person=person).first()
    if found is None:
        raise Refused(SUBJECT_MISSING)
    if (found.state == SubjectState.ACTIVE) is is_open:
        return False
    move = reopen_subject if is_open else close_subject
    move(person=person, actor=actor, now=now, reason=reason)
    return True


@transaction.atomic
def _move(person: PersonKey, action: str, act: Act, actor: Actor, now: dt.datetime, reason: str) -> None:
    tag = VerificationSubject.objects.filter(person=person).values_list("tag", flat=True).first()
    if tag is None:
        raise Refused(SUBJECT_MISSING)
    SUBJECTS.move_one(tag, action, actor=actor, now=now, reason=reason)
    acts.record(act, actor=actor, subject=person, facts={"reason": reason} if reason else {}, now=now)


def copy_subjects(cursor: Any, rows: Iterable[tuple[PersonKey, str, PartialDate, str]]) -> int:
    """Load many new subjects ``(person, idcs, birth, sex)`` by COPY on a psycopg cursor; return how many.

    The IDCS are trusted to be well formed. Inside the caller's transaction.
    """
    keys, count, active = keyring(), 0, SubjectState.ACTIVE.value
    into = "COPY verification_subject (tag, person, birth_tag, sex, state) FROM STDIN (FORMAT BINARY)"
    with cursor.copy(into) as copy:
        copy.set_types(["bytea", "int8", "bytea", "text", "text"])
        for person, idcs, birth, sex in rows:
            tags = (number_tag(keys, idcs), int(person), record_tag(keys, idcs, birth))
            copy.write_row((*tags, sex, active))
            count += 1
    return count
