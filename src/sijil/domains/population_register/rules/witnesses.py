"""Who may attest a person without papers (decree 2.21.473, article 3), and whether enough have."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sijil.domains.population_register import errors
from sijil.domains.population_register.rules.law import Witnesses
from sijil.domains.population_register.states import PersonState
from sijil.domains.population_register.types import Attestation, Witness
from sijil.kernel.errors import Refused
from sijil.kernel.names import skeleton, words


def check_witness(terms: Witnesses, witness: Witness, *, officers: Iterable[str], on: dt.date) -> None:
    """Refuse whoever may not attest. ``officers``: names of those who treat the file.

    Staff have no number, so an officer is known by the name: a namesake is taken for one, and another officer
    goes on with the file.
    Raises: Refused(WITNESS_NOT_STANDING, WITNESS_MINOR, WITNESS_WITHOUT_PAPER, WITNESS_MUTUAL,
    WITNESS_TOO_OFTEN, WITNESS_IS_OFFICER), all of the field ``idcs``.
    """
    if witness.state != PersonState.ACTIVE:
        raise Refused(errors.WITNESS_NOT_STANDING, field="idcs")
    if witness.birth.age_on(on) < terms.of_age:
        raise Refused(errors.WITNESS_MINOR, field="idcs", least=terms.of_age)
    if not witness.papers.keys() & set(terms.papers):
        raise Refused(errors.WITNESS_WITHOUT_PAPER, field="idcs")
    if witness.is_mutual:
        raise Refused(errors.WITNESS_MUTUAL, field="idcs")
    if witness.signed >= terms.a_year:
        raise Refused(errors.WITNESS_TOO_OFTEN, field="idcs", most=terms.a_year)
    if any(is_named(witness, name) for name in officers):
        raise Refused(errors.WITNESS_IS_OFFICER, field="idcs")


def is_named(witness: Witness, name: str) -> bool:
    """Tell whether a name is that of the witness, in either script and order, however it is spelt."""
    said = _heard(name)
    return bool(said) and said in {_heard(own) for own in witness.names}


def _heard(name: str) -> frozenset[str]:
    return frozenset(skeleton(word) for word in words(name))


def is_attested(terms: Witnesses, attestations: Iterable[Attestation]) -> bool:
    """Tell whether as many as the law asks have signed: then a file needs no paper."""
    return sum(one.signed_at is not None for one in attestations) >= terms.needed


def is_card_of(terms: Witnesses, witness: Witness, number: str) -> bool:
    """Tell whether a number is that of a paper by which the witness may attest, as the register has it."""
    return bool(number) and number in {n for kind, n in witness.papers.items() if kind in terms.papers}
