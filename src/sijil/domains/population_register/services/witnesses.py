"""Witnesses of a file without papers: named, signing, taken off; each a step before the deposit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from sijil.domains.population_register import errors, models
from sijil.domains.population_register.acts import ATTESTED
from sijil.domains.population_register.queries.records import current_identity
from sijil.domains.population_register.queries.witnesses import attestation_of
from sijil.domains.population_register.rules import (
    WITNESSES,
    check_witness,
    is_attested,
    is_card_of,
    is_named,
)
from sijil.domains.population_register.rules.law import Witnesses
from sijil.domains.population_register.services.requests import REQUESTS
from sijil.domains.population_register.types import Attestation, AttestedBy, Identity, Witness
from sijil.kernel import acts, clean, law
from sijil.kernel.actors import Actor
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey

YEAR = dt.timedelta(days=365)


@transaction.atomic
def name_witness(
    *, number: str, witness: PersonKey, officer: str, actor: Actor, now: dt.datetime
) -> Attestation:
    """Enter a registered person as a witness of a file. ``officer``: the name of who does it.

    Raises: Refused(UNKNOWN_PERSON, WITNESS_TWICE, WITNESSES_ENOUGH), as ``rules.check_witness`` and the
    table say.
    """
    row = REQUESTS.lock(clean.request_number(number))
    REQUESTS.require(row, "name_witness", actor=actor)
    terms, others = _terms(now), list(_named(row))
    person = _alone(witness)
    if any(other.witness_id == person.id for other in others):
        raise Refused(errors.WITNESS_TWICE, field="idcs")
    if len(others) >= terms.needed:
        raise Refused(errors.WITNESSES_ENOUGH, field="idcs", most=terms.needed)
    check_witness(terms, _witness(person, others, now), officers=[officer], on=legal_day(now))
    made = models.Attestation.objects.create(request=row, witness=person, named_at=now)
    REQUESTS.move_row(row, "name_witness", actor=actor, now=now)
    return attestation_of(made)


@transaction.atomic
def sign_at_counter(
    *, number: str, attestation: UUID, card: str, officer: str, actor: Actor, now: dt.datetime
) -> Attestation:
    """Note that a witness, who shows their card, attests the person before the officer.

    ``card``: the number of the identity card or residence title. Raises: Refused(WITNESS_CARD_DIFFERS,
    WITNESS_UNKNOWN), as ``rules.check_witness`` and the table say.
    """
    row, found, witness = _signing(number, attestation, officer, actor, now)
    if not is_card_of(_terms(now), witness, clean.compact(card).upper()):
        raise Refused(errors.WITNESS_CARD_DIFFERS, field="card")
    return _sign(row, found, AttestedBy.COUNTER, actor, now)


@transaction.atomic
def sign_by_code(
    *, number: str, attestation: UUID, person: PersonKey, officer: str, actor: Actor, now: dt.datetime
) -> Attestation:
    """Note that a witness attests by a code that was sent to them. ``person``: who proved to have it.

    Raises: Refused(WITNESS_UNKNOWN), as ``rules.check_witness`` and the table say.
    """
    row, found, witness = _signing(number, attestation, officer, actor, now)
    if witness.person != person:
        raise Refused(errors.WITNESS_UNKNOWN)
    return _sign(row, found, AttestedBy.CODE, actor, now)


@transaction.atomic
def remove_witness(*, number: str, attestation: UUID, actor: Actor, now: dt.datetime) -> None:
    """Take a witness off a file, signed or not. Raises: Refused(WITNESS_UNKNOWN), as the table says."""
    row = REQUESTS.lock(clean.request_number(number))
    REQUESTS.require(row, "remove_witness", actor=actor)
    if not _named(row).filter(id=attestation).update(removed_at=now):
        raise Refused(errors.WITNESS_UNKNOWN)
    REQUESTS.move_row(row, "remove_witness", actor=actor, now=now)


def require_witnesses(*, number: str, officer: str, now: dt.datetime) -> None:
    """Refuse until as many have signed as the law asks, none of whom receives the file (``officer``).

    Raises: Refused(WITNESSES_MISSING, WITNESS_IS_OFFICER).
    """
    terms, row = _terms(now), REQUESTS.lock(clean.request_number(number))
    signed = [one for one in _named(row) if one.signed_at is not None]
    if not is_attested(terms, [attestation_of(one) for one in signed]):
        raise Refused(errors.WITNESSES_MISSING, least=terms.needed, count=len(signed))
    if any(is_named(_witness(one.witness, (), now), officer) for one in signed):
        raise Refused(errors.WITNESS_IS_OFFICER)


def _signing(
    number: str, attestation: UUID, officer: str, actor: Actor, now: dt.datetime
) -> tuple[models.EnrolmentRequest, models.Attestation, Witness]:
    """Have file and witness alone, and look again at who attests: much may have changed since."""
    row = REQUESTS.lock(clean.request_number(number))
    REQUESTS.require(row, "sign_witness", actor=actor)
    named = list(_named(row))
    found = next((one for one in named if one.id == attestation and one.signed_at is None), None)
    if found is None:
        raise Refused(errors.WITNESS_UNKNOWN)
    witness = _witness(_alone(found.witness.key), [one for one in named if one is not found], now)
    check_witness(_terms(now), witness, officers=[officer], on=legal_day(now))
    return row, found, witness


def _sign(
    row: models.EnrolmentRequest, found: models.Attestation, way: AttestedBy, actor: Actor, now: dt.datetime
) -> Attestation:
    found.way, found.signed_at = way, now
    found.save(update_fields=["way", "signed_at"])
    REQUESTS.move_row(row, "sign_witness", actor=actor, now=now)
    facts = {"request": row.number, "way": way.value}
    acts.record(ATTESTED, actor=actor, subject=found.witness.key, facts=facts, now=now)
    return attestation_of(found)


def _terms(now: dt.datetime) -> Witnesses:
    return law.on(WITNESSES, legal_day(now)).body


def _named(row: models.EnrolmentRequest) -> QuerySet[models.Attestation]:
    return row.attestations.filter(removed_at=None).select_related("request", "witness")


def _alone(witness: PersonKey) -> models.Person:
    """Have a person alone: of two files at once, one sees what they signed for the other."""
    row = models.Person.objects.select_for_update().filter(key=witness).first()
    if row is None:
        raise Refused(errors.UNKNOWN_PERSON, field="idcs")
    return row


def _witness(row: models.Person, others: Iterable[models.Attestation], now: dt.datetime) -> Witness:
    identity, beside = current_identity(row), [other.witness_id for other in others]
    signed = models.Attestation.objects.filter(signed_at__isnull=False, removed_at=None)
    attested = Q(witness=row, request__person__in=beside) | Q(witness__in=beside, request__person=row)
    return Witness(
        person=row.key,
        state=row.state,
        birth=identity.birth,
        papers=_papers(identity),
        names=tuple({identity.full_name("ar"), identity.full_name("fr")}),
        signed=signed.filter(witness=row, signed_at__gt=now - YEAR).count(),
        is_mutual=bool(beside) and signed.filter(attested).exists(),
    )


def _papers(identity: Identity) -> dict[str, str]:
    kinds = (("paper_kind", "paper_number"), ("second_paper_kind", "second_paper_number"))
    said = {str(identity.value(kind)): str(identity.value(number)) for kind, number in kinds}
    return {kind: number for kind, number in said.items() if kind and number}
