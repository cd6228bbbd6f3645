"""What the register says of a registered person is changed, and every copy of it, in one act.

    find             an officer finds a person of their area by the number
    weigh            an officer sees what a change would do, before it is done
    correct          an officer, by the number of the person
    change           the act: register, matching, verification, households, log and event, or nothing of it
    read_history     an officer reads a person as they were on a day, and all that the register ever said
    keep_paper, list_papers, read_paper   the paper that shows a change, as it was scanned
    list_differing   staff: of whom something is kept that the register does not say

The person is locked first and to the end: two changes come one after the other, and a household that is sent
holds its members meanwhile. Accounts, messages and partners keep no copy: they ask the register.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from sijil.domains.documents import queries as document_queries
from sijil.domains.documents import services as documents
from sijil.domains.documents.acts import PAPER_READ
from sijil.domains.documents.types import DocumentFile, DocumentLine
from sijil.domains.geography import queries as geography
from sijil.domains.matching import queries as matching_queries
from sijil.domains.matching import services as matching
from sijil.domains.matching.types import Subject
from sijil.domains.population_register import queries as population
from sijil.domains.population_register import services as register
from sijil.domains.population_register.acts import ASKED_FOR, COPIES_COMPARED, IDENTITY_READ
from sijil.domains.population_register.errors import UNKNOWN_PERSON
from sijil.domains.population_register.rules import form_of, matched
from sijil.domains.population_register.types import Identity, IdentityChange, IdentityVersion, KnownPerson
from sijil.domains.social_register import queries as social_queries
from sijil.domains.social_register import services as social
from sijil.domains.verification import queries as verification_queries
from sijil.domains.verification import services as verification
from sijil.journeys import events
from sijil.kernel import acts, clean
from sijil.kernel.actors import Actor, system
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey

CHECKER = system("copies")
CHUNK = 500


@dataclass(frozen=True, slots=True)
class History:
    """``then``: what was asked for, if the register knew somebody; ``versions``: all, the first one first."""

    then: IdentityVersion | None
    versions: tuple[IdentityVersion, ...]

    @property
    def current(self) -> IdentityVersion:
        """What the register says now."""
        return max(self.versions, key=lambda said: (said.valid_from, said.version))

    def source(self, field: str) -> IdentityVersion:
        """Return the version that first said of a field, since its day, what the register says of it now."""
        value, periods = self.current.identity.value(field), self._periods()
        day = max(periods)
        for start in sorted(periods, reverse=True):
            if periods[start][-1].identity.value(field) != value:
                break
            day = start
        found = periods[day][-1]
        for said in reversed(periods[day]):
            if said.identity.value(field) != value:
                break
            found = said
        return found

    def changed(self, said: IdentityVersion) -> tuple[str, ...]:
        """Return the fields in which a version differs from what held on its first day before."""
        earlier = [v for v in self.versions if v.version < said.version and v.valid_from <= said.valid_from]
        if not earlier:
            return ()
        then = max(earlier, key=lambda v: (v.valid_from, v.version)).identity.values()
        now = said.identity.values()
        return tuple(name for name in {**now, **then} if now.get(name, "") != then.get(name, ""))

    def _periods(self) -> dict[dt.date, list[IdentityVersion]]:
        """Return the versions by the day from which they hold, of each day the last one last."""
        found: dict[dt.date, list[IdentityVersion]] = {}
        for said in self.versions:
            found.setdefault(said.valid_from, []).append(said)
        return found


@dataclass(frozen=True, slots=True)
class Differing:
    """Of whom a copy says something else, by the copy: register, verification, matching, households."""

    persons: int
    copies: Mapping[str, frozenset[PersonKey]]

    @property
    def is_one_truth(self) -> bool:
        return not any(self.copies.values())


def find(*, idcs: str, actor: Actor, now: dt.datetime) -> None:
    """Refuse a number that is nobody's, or of a person of another area: before anybody is read.

    Whoever asks in vain stands in the log, counted by the minute.

    Raises: Refused(UNKNOWN_PERSON, kernel.role_refused, kernel.idcs_invalid).
    """
    try:
        _kept_by(idcs, actor)
    except Refused as refused:
        subject = population.find_key(clean.compact(idcs)) or "search"
        acts.counted(ASKED_FOR, actor=actor, subject=subject, facts={"code": refused.error.code}, now=now)
        raise


class Told(TypedDict):
    """A change as an officer tells it. ``since``: none for what never was otherwise."""

    changes: Mapping[str, Any]
    reason: str
    paper: NotRequired[str]
    since: NotRequired[dt.date | None]


@transaction.atomic
def weigh(*, idcs: str, actor: Actor, now: dt.datetime, **told: Unpack[Told]) -> IdentityChange:
    """Return what :func:`correct` would do, shown to the officer; nothing changes. Raises: as correct."""
    person = _key_of(idcs)
    made = register.weigh_change(person=person, actor=actor, now=now, **told)
    _check_places(made.identity, told["changes"])
    acts.shown(IDENTITY_READ, actor=actor, subjects=[person], now=now)
    return made


def correct(*, idcs: str, actor: Actor, now: dt.datetime, **told: Unpack[Told]) -> IdentityChange:
    """Change what the register says of the person of a number. Raises: as :func:`change`, UNKNOWN_PERSON."""
    return change(person=_key_of(idcs), actor=actor, now=now, **told)


@transaction.atomic
def change(
    *,
    person: PersonKey,
    changes: Mapping[str, Any],
    reason: str,
    paper: str = "",
    since: dt.date | None = None,
    actor: Actor,
    now: dt.datetime,
) -> IdentityChange:
    """Change what the register says of a person from a day on, and all that is kept of it elsewhere.

    ``changes``: field -> what was typed; ``since``: none for what never was otherwise.
    Raises: as ``population_register.services.change_identity``; Refused(PLACE_UNKNOWN).
    """
    made = register.change_identity(
        person=person, changes=changes, reason=reason, paper=paper, since=since, actor=actor, now=now
    )
    _check_places(made.identity, changes)
    if made.is_another:
        _carry(made, now)
    events.publish(
        "person.identity_changed",
        subject=person,
        effective_on=made.since,
        facts={
            "fields": made.fields,
            "reason": reason,
            "version": made.version,
            "is_found_otherwise": matched(made.before) != matched(made.identity),
            "by": actor.id,
        },
        actor=actor,
        now=now,
    )
    return made


def _check_places(identity: Identity, changes: Mapping[str, Any]) -> None:
    """Look at every commune that is named anew; nothing of the change is kept if there is none."""
    for field in form_of(identity).fields:
        if field.kind == "commune" and field.id in changes and (code := identity.value(field.id)):
            try:
                geography.require_commune(field.id, code)
            except Refused as refused:
                raise Refused(refused.error, field=field.id, **refused.facts) from None


def _carry(made: IdentityChange, now: dt.datetime) -> None:
    """Write anew what others keep of the person, where it is of what changed."""
    before, after = made.before, made.identity
    if matched(before) != matched(after):
        matching.index_subject(Subject(made.id, **matched(after)), now=now)
    if (before.birth, before.sex) != (after.birth, after.sex):
        verification.correct_subject(person=made.person, idcs=made.idcs, birth=after.birth, sex=after.sex)
    if before.birth != after.birth:
        social.follow_birth(person=made.person, birth=after.birth)
    if before.sex != after.sex:
        social.follow_sex(person=made.person, sex=after.sex)


def read_history(
    *,
    idcs: str,
    on: dt.date,
    known_at: dt.datetime | None = None,
    actor: Actor,
    now: dt.datetime,
) -> History:
    """Return a person as they were on a day, as known at a moment (now), and every version.

    Raises: Refused(UNKNOWN_PERSON); kernel.role_refused to who is no officer of the person's area.
    """
    person = _kept_by(idcs, actor)
    then = population.find_identity(person, on=on, known_at=known_at, act=IDENTITY_READ, actor=actor, now=now)
    versions = population.list_versions(person, act=IDENTITY_READ, actor=actor, now=now)
    return History(then, tuple(versions))


def keep_paper(
    *, idcs: str, kind: str, filename: str, content: bytes, actor: Actor, now: dt.datetime
) -> UUID:
    """Keep the scan of a paper with the person; the same one is kept once. Raises: Refused on no paper."""
    person = _kept_by(idcs, actor)
    [paper] = documents.judge([content], now=now)
    return documents.receive(
        owner=_owner(person), kind=kind, filename=filename, paper=paper, actor=actor, now=now
    )


def list_papers(*, idcs: str, actor: Actor) -> list[DocumentLine]:
    """Return the papers scanned for corrections of a person, the oldest first, without their content."""
    return document_queries.list_documents(_owner(_kept_by(idcs, actor)))


def read_paper(*, idcs: str, document_id: UUID, actor: Actor, now: dt.datetime) -> DocumentFile:
    """Return one of them, opened (written down). Raises: Refused(DOCUMENT_MISSING), as :func:`find`."""
    person = _kept_by(idcs, actor)
    return document_queries.get_document(
        document_id, owner=_owner(person), subject=person, act=PAPER_READ, actor=actor, now=now
    )


def _kept_by(idcs: str, actor: Actor) -> PersonKey:
    person = _key_of(idcs)
    register.require_keeper(person=person, actor=actor)
    return person


def _owner(person: PersonKey) -> str:
    return f"person:{person}"


def list_differing(*, now: dt.datetime) -> Differing:
    """Compare everybody with what is kept of them elsewhere. Shows nobody; one entry says how many."""
    found: dict[str, set[PersonKey]] = {"register": set(), "verification": set(), "matching": set()}
    found["households"] = set()
    with population.Run(COPIES_COMPARED, actor=CHECKER, selection="everybody", now=now) as run:
        for people in _pages(run):
            for copy, keys in _unlike(people).items():
                found[copy] |= keys
        found["register"] |= run.broken
    return Differing(run.opened, {copy: frozenset(keys) for copy, keys in found.items()})


def _pages(run: population.Run) -> Iterator[list[KnownPerson]]:
    after: PersonKey | None = None
    while people := run.known(after=after, limit=CHUNK):
        yield people
        after = people[-1].key


def _unlike(people: list[KnownPerson]) -> dict[str, set[PersonKey]]:
    said = {one.key: (one.identity.birth, str(one.identity.sex)) for one in people}
    known = [(one.key, one.idcs, *said[one.key]) for one in people]
    keys = {one.id: one.key for one in people}
    unlike = matching_queries.list_unlike(Subject(one.id, **matched(one.identity)) for one in people)
    return {
        "register": {one.key for one in people if not one.is_sound},
        "verification": verification_queries.list_unlike(known),
        "matching": {keys[ref] for ref in unlike},
        "households": social_queries.list_unlike(said),
    }


def _key_of(idcs: str) -> PersonKey:
    person = population.find_key(clean.idcs(idcs))
    if person is None:
        raise Refused(UNKNOWN_PERSON, field="idcs")
    return person
