"""A person without papers: two registered persons attest who it is (decree 2.21.473, article 3).

    name_witness       officer    by their number; the witness is told on their own telephone or e-mail
    sign_at_counter    officer    the witness is there and shows the card by which they may attest
    ask_witness_code   officer    the witness is sent a code of this file alone
    sign_by_code       officer    the witness told the code
    remove_witness     officer    until the deposit

Whoever attested is told so, by whatever way it came.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from sijil.domains.accounts import queries as account_queries
from sijil.domains.accounts import services as accounts
from sijil.domains.accounts.errors import CODE_TOO_MANY
from sijil.domains.accounts.types import Purpose
from sijil.domains.appointments import queries as appointments
from sijil.domains.notifications import services as notifications
from sijil.domains.population_register import queries
from sijil.domains.population_register import services as register
from sijil.domains.population_register.acts import ASKED_FOR, WITNESS_READ
from sijil.domains.population_register.errors import UNKNOWN_PERSON, WITNESS_UNKNOWN, WITNESS_UNREACHABLE
from sijil.domains.population_register.types import Addressee, Attestation, Identity
from sijil.kernel import acts, clean
from sijil.kernel.actors import Actor
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey, show_number


@dataclass(frozen=True, slots=True)
class Named:
    """A witness with the name that the register knows, for an officer of the centre."""

    attestation: Attestation
    identity: Identity


def list_witnesses(number: str, *, actor: Actor, now: dt.datetime) -> list[Named]:
    """Return the witnesses of a file; an entry for each, whose name is shown."""
    register.require_officer(number=number, actor=actor)
    found = queries.list_attestations(number)
    people = queries.list_persons([one.witness for one in found], act=WITNESS_READ, actor=actor, now=now)
    return [Named(one, people[one.witness].identity) for one in found]


def name_witness(*, number: str, idcs: str, actor: Actor, now: dt.datetime) -> UUID:
    """Enter somebody as a witness; they are told. Whoever asks for a number in vain stands in the log.

    Raises: Refused(UNKNOWN_PERSON, WITNESS_…, kernel.idcs_invalid), as the table of the request says.
    """
    register.require_officer(number=number, actor=actor)
    person = queries.find_key(clean.idcs(idcs, field="idcs"))
    if person is None:
        acts.counted(ASKED_FOR, actor=actor, subject="search", facts={"code": UNKNOWN_PERSON.code}, now=now)
        raise Refused(UNKNOWN_PERSON, field="idcs")
    with _noted(person, actor, now), transaction.atomic():
        made = register.name_witness(
            number=number, witness=person, officer=_name_of(actor), actor=actor, now=now
        )
        _tell(made, "witness_named", now)
    return made.id


def sign_at_counter(*, number: str, attestation: UUID, card: str, actor: Actor, now: dt.datetime) -> None:
    """The witness attests before the officer, and shows the card that the register knows.

    Raises: Refused(WITNESS_…), as the table of the request says.
    """
    with transaction.atomic():
        register.require(number=number, action="sign_witness", actor=actor)
        one = _unsigned(number, attestation)
    with _noted(one.witness, actor, now), transaction.atomic():
        made = register.sign_at_counter(
            number=number, attestation=attestation, card=card, officer=_name_of(actor), actor=actor, now=now
        )
        _tell(made, "witness_signed", now)


@transaction.atomic
def ask_witness_code(*, number: str, attestation: UUID, actor: Actor, now: dt.datetime) -> UUID:
    """Send the witness a code that serves for this file alone; return what it is confirmed by.

    Raises: Refused(WITNESS_UNKNOWN, WITNESS_UNREACHABLE, CODE_TOO_SOON, CODE_TOO_MANY), as the table says.
    """
    register.require(number=number, action="sign_witness", actor=actor)
    one = _unsigned(number, attestation)
    to = queries.find_addressee(one.witness)
    if to is None or not (to.phone or to.email):
        raise Refused(WITNESS_UNREACHABLE)
    challenge = accounts.start_challenge(
        purpose=Purpose.ATTEST, subject=one.witness, claim=str(one.id), is_known=True, now=now
    )
    if challenge.code is None:  # the officer waits for it beside the witness
        raise Refused(CODE_TOO_MANY)
    minutes = round((challenge.expires_at - now).total_seconds() / 60)
    facts = {"code": challenge.code, "minutes": minutes, "number": show_number(one.number)}
    _send(to, "otp_attest", facts, now)
    return challenge.id


def sign_by_code(
    *, number: str, attestation: UUID, challenge: UUID, code: str, actor: Actor, now: dt.datetime
) -> None:
    """The witness attests by the code that they were sent for this file.

    Raises: Refused(CODE_WRONG, CODE_SPENT, WITNESS_…), as the table of the request says.
    """
    with transaction.atomic():
        register.require(number=number, action="sign_witness", actor=actor)
        one = _unsigned(number, attestation)
    with _noted(one.witness, actor, now):
        person = accounts.confirm_attestation(challenge_id=challenge, code=code, claim=str(one.id), now=now)
    with _noted(one.witness, actor, now), transaction.atomic():
        made = register.sign_by_code(
            number=number, attestation=attestation, person=person, officer=_name_of(actor), actor=actor,
            now=now,
        )  # fmt: skip
        _tell(made, "witness_signed", now)


def remove_witness(*, number: str, attestation: UUID, actor: Actor, now: dt.datetime) -> None:
    """Take a witness off the file. Raises: Refused(WITNESS_UNKNOWN), as the table of the request says."""
    register.remove_witness(number=number, attestation=attestation, actor=actor, now=now)


def require_witnesses(number: str, *, actor: Actor, now: dt.datetime) -> None:
    """Refuse a file that rests on witnesses until they have signed, before others than who receives it.

    Raises: Refused(WITNESSES_MISSING, WITNESS_IS_OFFICER).
    """
    register.require_witnesses(number=number, officer=_name_of(actor), now=now)


@contextmanager
def _noted(person: str, actor: Actor, now: dt.datetime) -> Iterator[None]:
    """Write down, for who is tried as a witness in vain, that it was tried, and why it was refused: the
    refusal says something about them, and a card or a code may be guessed.
    """
    try:
        yield
    except Refused as refused:
        acts.counted(ASKED_FOR, actor=actor, subject=person, facts={"code": refused.code}, now=now)
        raise


def _unsigned(number: str, attestation: UUID) -> Attestation:
    found = [one for one in queries.list_attestations(number) if one.id == attestation]
    if not found or found[0].signed_at is not None:
        raise Refused(WITNESS_UNKNOWN)
    return found[0]


def _name_of(actor: Actor) -> str:
    """Return the name of the officer, by whom no file is attested."""
    account = account_queries.find_account(actor.id)
    return account.name if account else ""


def _tell(one: Attestation, template: str, now: dt.datetime) -> None:
    to = queries.find_addressee(PersonKey(one.witness))
    if to is None:
        return
    centre = appointments.get_centre(queries.get_request_record(one.number).centre_code)
    _send(to, template, {"number": show_number(one.number), "centre": centre.name(to.language)}, now)


def _send(to: Addressee, template: str, facts: dict[str, object], now: dt.datetime) -> None:
    """Queue a message on the witness's own telephone, or else their e-mail."""
    channel, address = ("sms", to.phone) if to.phone else ("email", to.email)
    if address:
        notifications.queue_message(
            channel=channel, to=address, template=template, language=to.language, facts=facts,
            subject=to.subject, now=now,
        )  # fmt: skip
