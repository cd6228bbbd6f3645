"""Reads of the population register. What holds identity is audited by the caller."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from django.db.models import Q

from sijil.domains.population_register import errors, models
from sijil.domains.population_register.sealed import blind_index, open_draft, open_identity
from sijil.domains.population_register.states import RequestState
from sijil.domains.population_register.types import Identity, Person, Request, RequestStatus, Step
from sijil.kernel.errors import Refused
from sijil.kernel.ids import clean_number, is_number


def find_person(idcs: str) -> Person | None:
    """Return the person of this IDCS (ten digits), or None."""
    row = models.Person.objects.filter(idcs=idcs).first()
    return _person(row) if row else None


def get_person(idcs: str) -> Person:
    """Return the person of this IDCS. Raises: Refused(UNKNOWN_PERSON)."""
    found = find_person(idcs)
    if found is None:
        raise Refused(errors.UNKNOWN_PERSON, field="idcs")
    return found


def find_person_by_id(person_id: UUID) -> Person | None:
    """Return the person of this id, or None."""
    row = models.Person.objects.filter(id=person_id).first()
    return _person(row) if row else None


def list_persons(idcs: Iterable[str]) -> dict[str, Person]:
    """Return {idcs: person} of those that exist."""
    return {row.idcs: _person(row) for row in models.Person.objects.filter(idcs__in=list(idcs))}


def get_request(number: str) -> Request:
    """Return a request with its identity. Raises: Refused(UNKNOWN_NUMBER)."""
    return _request(_row(number))


def find_request_by_id(request_id: UUID) -> Request | None:
    """Return the request of this id, or None."""
    row = models.EnrolmentRequest.objects.filter(id=request_id).select_related("person").first()
    return _request(row) if row else None


def get_status(number: str) -> RequestStatus:
    """Return what the holder of the number may see. Raises: Refused(UNKNOWN_NUMBER)."""
    row = _row(number)
    steps = _steps(row)
    return RequestStatus(
        row.number,
        row.state,
        steps[-1].reason if steps else "",
        row.submitted_at,
        row.due_on,
        row.centre_code,
        steps,
    )


def has_request(number: str) -> bool:
    """Tell whether a pre-registration of this number was submitted."""
    return models.EnrolmentRequest.objects.filter(number=number).exists()


def list_waiting(centre_code: str, *, limit: int = 100) -> list[Request]:
    """Return the files of a centre that an officer has still to treat, the oldest first."""
    rows = models.EnrolmentRequest.objects.filter(
        centre_code=centre_code, state__in=(RequestState.PRE_REGISTERED, RequestState.PAPERS_REQUESTED)
    )
    return [_request(row) for row in rows.select_related("person").order_by("submitted_at")[:limit]]


def count_deposited(centre_code: str, *, since: dt.datetime) -> int:
    """Return how many files a centre has received since a moment."""
    return models.RequestStep.objects.filter(
        request__centre_code=centre_code, action="deposit", at__gte=since
    ).count()


def find_requests(text: str, *, limit: int = 20) -> list[Request]:
    """Return the requests of this number, telephone (+212...) or paper number, the newest first."""
    cleaned = clean_number(text)
    where = Q(number=cleaned)
    if text.startswith("+"):
        where |= Q(phone_index=blind_index("phone", text))
    where |= Q(paper_index=blind_index("paper_number", cleaned))
    rows = models.EnrolmentRequest.objects.filter(where).select_related("person")
    return [_request(row) for row in rows.order_by("-submitted_at")[:limit]]


def load_identities(ids: Sequence[UUID]) -> Mapping[UUID, Identity]:
    """Return {id: identity} of the persons and requests among ``ids``, whatever their state."""
    persons = models.Person.objects.filter(id__in=ids).values_list("id", "sealed")
    found = {key: open_identity("person", key, sealed) for key, sealed in persons}
    rest = [key for key in ids if key not in found]
    requests = models.EnrolmentRequest.objects.filter(id__in=rest).values_list("id", "sealed")
    return found | {key: open_identity("request", key, sealed) for key, sealed in requests}


def list_stuck(*, before: dt.datetime, limit: int = 500) -> list[str]:
    """Return the numbers of files deposited before a moment that nobody has resolved since."""
    late = models.RequestStep.objects.filter(
        action="deposit", at__lt=before, request__state=RequestState.DEPOSITED
    )
    return list(late.order_by("at").values_list("request__number", flat=True)[:limit])


def get_draft(number: str) -> dict[str, str]:
    """Return what was typed so far. Raises: Refused(UNKNOWN_NUMBER)."""
    row = models.Draft.objects.filter(number=number).first()
    if row is None:
        raise Refused(errors.UNKNOWN_NUMBER, field="number")
    return open_draft(number, row.sealed)


def iter_persons(*, after: str = "", chunk: int = 2000) -> Iterator[Person]:
    """Yield every person in the order of IDCS."""
    while True:
        rows = list(models.Person.objects.filter(idcs__gt=after).order_by("idcs")[:chunk])
        yield from map(_person, rows)
        if len(rows) < chunk:
            return
        after = rows[-1].idcs


def count_persons() -> int:
    """Return how many persons are registered."""
    return models.Person.objects.count()


def _row(number: str) -> models.EnrolmentRequest:
    cleaned = clean_number(number)
    rows = models.EnrolmentRequest.objects.select_related("person")
    row = rows.filter(number=cleaned).first() if is_number(cleaned) else None
    if row is None:
        raise Refused(errors.UNKNOWN_NUMBER, field="number")
    return row


def _steps(row: models.EnrolmentRequest) -> tuple[Step, ...]:
    return tuple(Step(s.action, s.to_state, s.at, s.reason) for s in row.steps.all())


def _request(row: models.EnrolmentRequest) -> Request:
    return Request(
        id=row.id,
        number=row.number,
        state=row.state,
        identity=open_identity("request", row.id, row.sealed),
        centre_code=row.centre_code,
        language=row.language,
        channel=row.channel,
        deposited_by=row.deposited_by,
        submitted_at=row.submitted_at,
        due_on=row.due_on,
        idcs=row.person.idcs if row.person else None,
        steps=_steps(row),
    )


def _person(row: models.Person) -> Person:
    return Person(row.id, row.idcs, row.state, open_identity("person", row.id, row.sealed), row.registered_at)
