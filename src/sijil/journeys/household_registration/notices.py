"""What goes out with a step of a registration, or of the check of a score: to its declarant, in the language
kept with the registration.
"""

from __future__ import annotations

import datetime as dt

from sijil.domains.notifications import queries as channels
from sijil.domains.notifications import services as notifications
from sijil.domains.notifications.types import Channel, Contact
from sijil.domains.population_register import queries as population
from sijil.domains.programmes import queries as programmes
from sijil.domains.programmes import services as programme_services
from sijil.domains.social_register import queries
from sijil.domains.social_register.queries import reviews
from sijil.domains.social_register.rules import REJECTIONS
from sijil.domains.social_register.types import Addressee
from sijil.kernel.actors import Actor
from sijil.kernel.casework.files import Moved
from sijil.kernel.ids import show_household_code, show_number

SCORED = ("household_scored", "score_reviewed")  # tell that score and decisions are there to be read


def tell(moved: Moved, *, actor: Actor, now: dt.datetime) -> None:
    """Queue the message that the table names: the number and where to read on; no score in a message."""
    file = queries.get_addressee(moved.file)
    _tell(file, show_number(file.number), moved, now)


def tell_of_review(moved: Moved, *, actor: Actor, now: dt.datetime) -> None:
    """The same for the check of a score: the code of the household, and until when it is checked."""
    file = reviews.get_review_addressee(moved.file)
    _tell(file, show_household_code(file.household_code), moved, now)


def _tell(file: Addressee, number: str, moved: Moved, now: dt.datetime) -> None:
    """A declarant without mobile phone is written to by e-mail; without either the page alone tells.

    A household that was loaded has no language: the declarant's own is taken, or Arabic.
    """
    person = population.find_addressee(file.declarant)
    if person is None or not (person.phone or person.email):
        return
    contact = channels.choose_channel(phone=person.phone, email=person.email)
    contact = contact or Contact(Channel.SMS, person.phone)  # a fixed line: kept as dead, with the reason
    language = file.language or person.language or "ar"
    facts: dict[str, object] = {"number": number}
    if moved.reason in REJECTIONS:
        facts["reason"] = REJECTIONS[moved.reason].text(language)
    if moved.action == "doubt":
        facts["until"] = moved.due_on
    notice = notifications.queue_message(
        channel=contact.channel,
        to=contact.to,
        other=contact.other,
        template=moved.notice,
        language=language,
        facts=facts,
        subject=file.household_code,
        now=now,
    )
    if moved.notice in SCORED:
        decided = programmes.list_current_decisions(file.household_code)
        programme_services.note_told(decisions=decided, notice_id=str(notice), now=now)
