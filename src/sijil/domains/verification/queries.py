"""Reads: one question, asked from inside the product (partners ask the verify process)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sijil.domains.verification.models import VerificationSubject
from sijil.domains.verification.rules import is_confirmed, number_tag, record_tag
from sijil.domains.verification.states import SubjectState
from sijil.kernel.dates import PartialDate
from sijil.kernel.ids import PersonKey
from sijil.kernel.sealing import keyring

_NOBODY = bytes(16)


def is_match(idcs: str, birth: PartialDate, sex: str | None = None) -> bool:
    """Tell whether the IDCS is of an active person of this birth date (unknown: no); and sex, if asked."""
    found = VerificationSubject.objects.filter(tag=number_tag(keyring(), idcs)).first()
    tag = bytes(found.birth_tag) if found else _NOBODY
    confirmed = is_confirmed(keyring(), idcs, birth, tag)
    if found is None or sex not in (None, found.sex):
        return False
    return confirmed and found.state == SubjectState.ACTIVE


def is_enrolled(idcs: str) -> bool:
    """Tell whether the number is known here (never shown to a partner)."""
    return VerificationSubject.objects.filter(tag=number_tag(keyring(), idcs)).exists()


def iter_people(chunk: int = 2000) -> Iterator[dict[PersonKey, bool]]:
    """Give everybody who is known here, and whether questions about them are answered, some at a time."""
    rows = VerificationSubject.objects.order_by("person").values_list("person", "state")
    held: dict[PersonKey, bool] = {}
    for person, state in rows.iterator(chunk_size=chunk):
        held[person] = state == SubjectState.ACTIVE
        if len(held) == chunk:
            yield held
            held = {}
    yield held


def list_unlike(known: Iterable[tuple[PersonKey, str, PartialDate, str]]) -> set[PersonKey]:
    """Return those of ``(person, idcs, birth, sex)`` who are compared with something else, or not known."""
    wanted = {
        person: (number_tag(keyring(), idcs), record_tag(keyring(), idcs, birth), sex)
        for person, idcs, birth, sex in known
    }
    rows = VerificationSubject.objects.filter(person__in=wanted)
    kept = {row.person: (bytes(row.tag), bytes(row.birth_tag), row.sex) for row in rows}
    return {person for person in wanted if kept.get(person) != wanted[person]}
