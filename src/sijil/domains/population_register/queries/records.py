"""Reads without identity: state, place, sex, year of birth, numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast

from sijil.domains.population_register import errors, models
from sijil.domains.population_register.sealed import (
    blind_index,
    idcs_index,
    open_draft,
    open_idcs,
    open_identity,
)
from sijil.domains.population_register.states import PersonState, RequestState
from sijil.domains.population_register.types import (
    Addressee,
    Identity,
    PersonRecord,
    Relation,
    RequestRecord,
    RequestStatus,
    Sex,
    Step,
)
from sijil.kernel import clean
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey
from sijil.kernel.rows import among
from sijil.kernel.together import Asked, Rows

# --- persons ------------------------------------------------------------------------------------------------


def find_key(idcs: str) -> PersonKey | None:
    """Return the key of the person of this IDCS (ten digits), or None."""
    return _find_key(idcs_index(idcs))


def tag_of(idcs: str) -> str:
    """Return what the log and events call a number, whoever has it: nobody reads the number from it."""
    return f"idcs:{idcs_index(idcs).hex()}"


def find_key_of(tag: str) -> PersonKey | None:
    """Return the key of the person of a number by :func:`tag_of` it, or None while nobody has it."""
    return _find_key(bytes.fromhex(tag.removeprefix("idcs:")))


def get_idcs(key: PersonKey) -> str:
    """Return the number of a person, for themselves. Raises: Refused(UNKNOWN_PERSON)."""
    row = models.Person.objects.filter(key=key).first()
    if row is None:
        raise Refused(errors.UNKNOWN_PERSON)
    return open_idcs(row.id, row.sealed_idcs)


def _find_key(index: bytes) -> PersonKey | None:
    return models.Person.objects.filter(idcs_index=index).values_list("key", flat=True).first()


def find_record(key: PersonKey) -> PersonRecord | None:
    """Return what is known of a person without identity, or None."""
    return list_records([key]).get(key)


def get_record(key: PersonKey) -> PersonRecord:
    """Return what is known of a person without identity. Raises: Refused(UNKNOWN_PERSON)."""
    found = find_record(key)
    if found is None:
        raise Refused(errors.UNKNOWN_PERSON, field="idcs")
    return found


def is_standing(key: PersonKey) -> bool:
    """Tell whether a person may act for themselves: asked at each door, so one read of one column."""
    return is_standing_state(_state_of(key))


def is_standing_state(state: str | None) -> bool:
    """Tell the same of a state that was read with others (:func:`state_of`)."""
    return state not in (PersonState.DECEASED, PersonState.SUSPENDED)


def state_of(key: str) -> Subquery:
    """Return, for the rows of others, the state of the person whose key is in a field, as text."""
    outer = Cast(OuterRef(key), BigIntegerField())
    return Subquery(models.Person.objects.filter(key=outer).values("state")[:1])


def require_standing(key: PersonKey) -> None:
    """Refuse whoever comes as a person that is deceased or suspended.

    Raises: Refused(PERSON_DECEASED, PERSON_SUSPENDED).
    """
    state = _state_of(key)
    if state == PersonState.DECEASED:
        raise Refused(errors.PERSON_DECEASED)
    if state == PersonState.SUSPENDED:
        raise Refused(errors.PERSON_SUSPENDED)


def _state_of(key: PersonKey) -> str | None:
    return models.Person.objects.filter(key=key).values_list("state", flat=True).first()


def find_record_by_id(person_id: UUID) -> PersonRecord | None:
    """Return the person of this id without identity, or None."""
    row = models.Person.objects.filter(id=person_id).first()
    return _person_record(row) if row else None


def list_records(keys: Iterable[PersonKey]) -> dict[PersonKey, PersonRecord]:
    """Return {key: record} of those that exist."""
    rows = models.Person.objects.filter(key__in=list(keys))
    return {row.key: _person_record(row) for row in rows}


def count_persons() -> int:
    """Return how many persons are registered."""
    return models.Person.objects.count()


def list_subjects(refs: Iterable[UUID]) -> dict[UUID, str]:
    """Return what the log calls the persons and requests of these ids: key, or number of the request."""
    wanted = list(refs)
    requests = models.EnrolmentRequest.objects.filter(id__in=wanted).values_list("id", "number")
    persons = models.Person.objects.filter(id__in=wanted).values_list("id", "key")
    return dict(requests) | dict(persons)


# --- requests -----------------------------------------------------------------------------------------------


def get_request_record(number: str) -> RequestRecord:
    """Return a request without identity. Raises: Refused(UNKNOWN_NUMBER)."""
    return RequestRecord(**record_values(request_row(number)))


def find_request_record(request_id: UUID) -> RequestRecord | None:
    """Return the request of this id without identity, or None."""
    return list_request_records([request_id]).get(request_id)


def list_request_records(ids: Iterable[UUID]) -> dict[UUID, RequestRecord]:
    """Return {id: request without identity} of those that exist."""
    rows = _rows().filter(id__in=list(ids))
    return {row.id: RequestRecord(**record_values(row)) for row in rows}


def find_requests(text: str, *, limit: int = 20) -> list[RequestRecord]:
    """Return the requests of this number, telephone or paper number as typed, the newest first."""
    cleaned, phone = clean.compact(text).upper(), clean.read_phone(text)
    where = Q(number=cleaned) | Q(paper_index=blind_index("paper_number", cleaned))
    if phone:
        where |= Q(phone_index=blind_index("phone", phone))
    return [RequestRecord(**record_values(r)) for r in _rows().filter(where).order_by("-opened_at")[:limit]]


def find_status(number: str) -> RequestStatus | None:
    """Return what the holder of the number may see, or None."""
    row = _find_row(number)
    if row is None:
        return None
    moves = tuple(step for step in steps_of(row) if step.is_move)
    return RequestStatus(
        number=row.number,
        state=row.state,
        reason=moves[-1].reason if moves else "",
        submitted_at=row.opened_at,
        due_on=row.due_on,
        centre_code=row.centre_code,
        has_contact=row.has_contact,
        steps=moves,
    )


def get_status(number: str) -> RequestStatus:
    """Return what the holder of the number may see. Raises: Refused(UNKNOWN_NUMBER)."""
    found = find_status(number)
    if found is None:
        raise Refused(errors.UNKNOWN_NUMBER, field="number")
    return found


def has_request(number: str) -> bool:
    """Tell whether a pre-registration of this number was submitted."""
    return models.EnrolmentRequest.objects.filter(number=clean.compact(number).upper()).exists()


def still_waiting(centre_code: str) -> Q:
    """Return the condition of the files that an officer of a centre has still to treat."""
    states = (RequestState.PRE_REGISTERED, RequestState.PAPERS_REQUESTED)
    return Q(centre_code=centre_code, state__in=states)


def count_waiting(centre_code: str, among: Collection[str]) -> tuple[int, int]:
    """Return how many files of a centre wait for the counter among those numbers, and for a paper."""
    found = models.EnrolmentRequest.objects.filter(still_waiting(centre_code)).aggregate(
        among=Count("id", filter=Q(number__in=list(among))),
        asked=Count("id", filter=Q(state=RequestState.PAPERS_REQUESTED)),
    )
    return found["among"], found["asked"]


def count_deposited(centre_code: str, *, since: dt.datetime) -> int:
    """Return how many files a centre has received since a moment."""
    return models.RequestStep.objects.filter(
        request__centre_code=centre_code, action="deposit", at__gte=since
    ).count()


def list_stuck(*, before: dt.datetime, limit: int = 500) -> list[str]:
    """Return the numbers of files deposited before a moment that nobody has resolved since."""
    late = models.RequestStep.objects.filter(
        action="deposit", at__lt=before, request__state=RequestState.DEPOSITED
    )
    return list(late.order_by("at").values_list("request__number", flat=True)[:limit])


# --- what a person is reached by, and typed -----------------------------------------------------------------


def find_addressee(key: PersonKey) -> Addressee | None:
    """Return how to send a person a message about their own file, or None.

    For messages only: nobody is shown a contact, and what was sent is kept with its file.
    """
    return list_addressees([key]).get(key)


def list_addressees(keys: Iterable[PersonKey]) -> dict[PersonKey, Addressee]:
    """Return the same of many, by key, in one statement; who is not there is left out."""
    rows = models.Person.objects.filter(among("key", list(keys), "bigint")).select_related(
        "request", "current"
    )
    return {PersonKey(row.key): _addressee(row) for row in rows}


def find_addressee_by_id(person_id: UUID) -> Addressee | None:
    """Return how to send the person of this id a message, or None."""
    row = models.Person.objects.filter(id=person_id).select_related("request", "current").first()
    return _addressee(row) if row else None


def get_addressee(number: str) -> Addressee:
    """Return how to send a message about a request, or about irises that are due.

    Raises: Refused(UNKNOWN_NUMBER).
    """
    row = _find_row(number)
    if row is None:
        return _family_addressee(number)
    who = request_identity(row)
    idcs = open_idcs(row.id, row.person.sealed_idcs) if row.person else ""
    return Addressee(row.number, who.phone, who.email, row.language, idcs, who.value("trusted_phone"))


def _family_addressee(number: str) -> Addressee:
    """Return the contact of a child whose irises are due, or else of the first living parent or guardian with
    one. Raises: Refused(UNKNOWN_NUMBER).
    """
    due = models.ReEnrolment.objects.filter(number=clean.request_number(number)).first()
    if due is None:
        raise Refused(errors.UNKNOWN_NUMBER, field="number")
    child = due.person_id
    people = models.Person.objects.select_related("request", "current")
    own = _addressee(people.get(id=child))
    if own.phone or own.email:
        return own
    links = models.Filiation.objects.filter(child=child).order_by("version")
    last = {link.relation: link.parent_id for link in links}
    ids = [last[relation] for relation in Relation if relation in last]
    parents = {row.id: row for row in people.filter(id__in=ids, state=PersonState.ACTIVE)}
    reached = [_addressee(parents[id_]) for id_ in ids if id_ in parents]
    found = next((one for one in reached if one.phone or one.email), None)
    return replace(found, subject=own.subject, idcs="") if found else own


def find_draft(number: str) -> dict[str, str] | None:
    """Return what its holder typed so far, or None."""
    row = models.Draft.objects.filter(number=number).first()
    return open_draft(number, row.sealed) if row else None


def _addressee(row: models.Person) -> Addressee:
    who = current_identity(row)
    file = getattr(row, "request", None)  # none for a person who was migrated
    language = who.language or (file.language if file else "")
    return Addressee(row.key, who.phone, who.email, language, open_idcs(row.id, row.sealed_idcs))


# --- rows ---------------------------------------------------------------------------------------------------


def request_row(number: str) -> models.EnrolmentRequest:
    """Return the row of a request, its person joined. Raises: Refused(UNKNOWN_NUMBER)."""
    row = _find_row(number)
    if row is None:
        raise Refused(errors.UNKNOWN_NUMBER, field="number")
    return row


def current_identity(row: models.Person) -> Identity:
    """Return what the register says of a person now. Raises: SealBroken."""
    return open_identity("identity", row.current.id, row.current.sealed)


def request_identity(row: models.EnrolmentRequest) -> Identity:
    """Return what was declared; once registered, what the register says of the person. Raises: SealBroken."""
    return current_identity(row.person) if row.person else open_identity("request", row.id, row.sealed)


def record_values(row: models.EnrolmentRequest) -> dict[str, Any]:
    """Return the fields of a :class:`RequestRecord`."""
    return {
        "id": row.id,
        "number": row.number,
        "state": row.state,
        "centre_code": row.centre_code,
        "commune_code": row.commune_code,
        "language": row.language,
        "channel": row.channel,
        "deposited_by": row.deposited_by,
        "submitted_at": row.opened_at,
        "due_on": row.due_on,
        "person": row.person.key if row.person else None,
    }


def steps_of(row: models.EnrolmentRequest) -> tuple[Step, ...]:
    """Return the steps of a request, oldest first."""
    return tuple(Step(s.action, s.from_state, s.to_state, s.at, s.reason) for s in row.steps.all())


def _rows() -> QuerySet[models.EnrolmentRequest]:
    return models.EnrolmentRequest.objects.select_related("person__current")


def _find_row(number: str) -> models.EnrolmentRequest | None:
    return Asked(_first, _BY_NUMBER.of(clean.request_number(number))).value


def _first(rows: list[models.EnrolmentRequest]) -> models.EnrolmentRequest | None:
    return rows[0] if rows else None


_BY_NUMBER = Rows(lambda number: _rows().filter(number=number))


def _person_record(row: models.Person) -> PersonRecord:
    return PersonRecord(
        row.id, row.key, row.state, Sex(row.sex), row.birth_year, row.commune_code, row.opened_at
    )
