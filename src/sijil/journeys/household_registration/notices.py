"""What goes out with a step of a registration, or when answers are asked: to who declared, in the language
kept with the registration.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sijil.domains.notifications import queries as channels
from sijil.domains.notifications import services as notifications
from sijil.domains.notifications.types import Channel, Contact, ToQueue
from sijil.domains.population_register import queries as population
from sijil.domains.population_register.types import Addressee
from sijil.domains.programmes import queries as programmes
from sijil.domains.programmes import services as programme_services
from sijil.domains.social_register import queries
from sijil.domains.social_register.rules import REJECTIONS
from sijil.kernel.actors import Actor
from sijil.kernel.casework.files import Moved
from sijil.kernel.ids import show_number

SCORED = "household_scored"  # tells that the score and the decisions are there to be read


def tell(moved: Moved, *, actor: Actor, now: dt.datetime) -> None:
    """Queue the message that the table names: the number and where to read on; no score in a message.

    A declarant without mobile phone is written to by e-mail; without either the page alone tells.
    """
    file = queries.get_addressee(moved.file)
    person = population.find_addressee(file.declarant)
    if person is None or not (person.phone or person.email):
        return
    contact = _contact(person)
    facts = {"number": show_number(file.number)}
    if moved.reason in REJECTIONS:
        facts["reason"] = REJECTIONS[moved.reason].text(file.language)
    notice = notifications.queue_message(
        channel=contact.channel,
        to=contact.to,
        other=contact.other,
        template=moved.notice,
        language=file.language,
        facts=facts,
        subject=file.household_code,
        now=now,
    )
    if moved.notice == SCORED:
        decided = programmes.list_current_decisions(file.household_code)
        programme_services.note_told(decisions=decided, notice_id=str(notice), now=now)


def tell_asked(moved: Moved, *, actor: Actor, now: dt.datetime) -> None:
    """Queue the message that a household is asked to complete its declaration."""
    tell_all_asked([moved], actor=actor, now=now)


def tell_all_asked(moves: Sequence[Moved], *, actor: Actor, now: dt.datetime) -> None:
    """Queue the same for the many that a rescoring asks: a few statements, however many they are."""
    until = {moved.file: moved.due_on for moved in moves}
    files = queries.list_addressees(until)
    people = population.list_addressees(file.declarant for file in files.values())
    notifications.queue_messages(
        (
            ToQueue(
                contact=_contact(people[file.declarant]),
                template=moves[0].notice,
                language=file.language,
                facts={"until": until[request]},
                subject=file.household_code,
            )
            for request, file in files.items()
            if file.declarant in people and (people[file.declarant].phone or people[file.declarant].email)
        ),
        now=now,
    )


def _contact(person: Addressee) -> Contact:
    """Return how to reach a person who has a telephone or an e-mail address."""
    found = channels.choose_channel(phone=person.phone, email=person.email)
    return found or Contact(Channel.SMS, person.phone)  # a fixed line: kept as dead, with the reason
