"""What goes out with a step of a registration or of the check of a score, or when answers are asked: to who
declared, in the language kept with the registration.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID

from sijil.domains.notifications import queries as channels
from sijil.domains.notifications import services as notifications
from sijil.domains.notifications.types import Channel, Contact, ToQueue
from sijil.domains.population_register import queries as population
from sijil.domains.population_register.types import Addressee
from sijil.domains.programmes import queries as programmes
from sijil.domains.programmes import services as programme_services
from sijil.domains.social_register import queries
from sijil.domains.social_register import types as social
from sijil.domains.social_register.queries import reviews
from sijil.domains.social_register.rules import REJECTIONS
from sijil.kernel.actors import Actor
from sijil.kernel.casework.files import Moved
from sijil.kernel.ids import show_household_code, show_number

SCORED = ("household_scored", "score_reviewed")  # tell that score and decisions are there to be read
CHECKED = "score_in_review"


def tell(moved: Moved, *, actor: Actor, now: dt.datetime) -> None:
    """Queue the message that the table names: the number and where to read on; no score in a message."""
    file = queries.get_addressee(moved.file)
    _tell(file, {"number": show_number(file.number)}, moved, now)


def tell_of_review(moved: Moved, *, actor: Actor, now: dt.datetime) -> None:
    """The same for the check of a score, by the code of the household."""
    if moved.notice == CHECKED:
        tell_all_of_reviews([moved], actor=actor, now=now)
        return
    file = reviews.list_addressees([moved.file])[moved.file]
    _tell(file, {"number": show_household_code(file.household_code)}, moved, now)


def _tell(file: social.Addressee, facts: dict[str, str], moved: Moved, now: dt.datetime) -> None:
    """A declarant without mobile phone is written to by e-mail; without either the page alone tells."""
    person = population.find_addressee(file.declarant)
    if person is None or not (person.phone or person.email):
        return
    contact = _contact(person)
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
    if moved.notice in SCORED:
        decided = programmes.list_current_decisions(file.household_code)
        programme_services.note_told(decisions=decided, notice_id=str(notice), now=now)


def tell_asked(moved: Moved, *, actor: Actor, now: dt.datetime) -> None:
    """Queue the message that a household is asked to complete its declaration."""
    tell_all_asked([moved], actor=actor, now=now)


def tell_all_asked(moves: Sequence[Moved], *, actor: Actor, now: dt.datetime) -> None:
    """Queue the same for the many that a rescoring asks: a few statements, however many they are."""
    until = {moved.file: moved.due_on for moved in moves}
    files = queries.list_addressees(until)
    _tell_all(moves[0].notice, {file: (to, {"until": until[file]}) for file, to in files.items()}, now)


def tell_all_of_reviews(moves: Sequence[Moved], *, actor: Actor, now: dt.datetime) -> None:
    """Queue for many that their score is checked, and until when."""
    until = {moved.file: moved.due_on for moved in moves}
    files = reviews.list_addressees(until)
    told = {
        file: (to, {"number": show_household_code(to.household_code), "until": until[file]})
        for file, to in files.items()
    }
    _tell_all(moves[0].notice, told, now)


def _tell_all(
    template: str, told: Mapping[UUID, tuple[social.Addressee, Mapping[str, object]]], now: dt.datetime
) -> None:
    people = population.list_addressees(to.declarant for to, _ in told.values())
    notifications.queue_messages(
        (
            ToQueue(
                contact=_contact(people[to.declarant]),
                template=template,
                language=to.language,
                facts=facts,
                subject=to.household_code,
            )
            for to, facts in told.values()
            if to.declarant in people and (people[to.declarant].phone or people[to.declarant].email)
        ),
        now=now,
    )


def _contact(person: Addressee) -> Contact:
    """Return how to reach a person who has a telephone or an e-mail address."""
    found = channels.choose_channel(phone=person.phone, email=person.email)
    return found or Contact(Channel.SMS, person.phone)  # a fixed line: kept as dead, with the reason
