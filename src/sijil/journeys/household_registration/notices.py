"""What goes out with a step of a registration: to its declarant, in the language kept with the file."""

from __future__ import annotations

import datetime as dt

from sijil.domains.notifications import queries as channels
from sijil.domains.notifications import services as notifications
from sijil.domains.notifications.types import Channel, Contact
from sijil.domains.population_register import queries as population
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
    person = population.find_addressee(file.declarant_idcs)
    if person is None or not (person.phone or person.email):
        return
    contact = channels.choose_channel(phone=person.phone, email=person.email)
    contact = contact or Contact(Channel.SMS, person.phone)  # a fixed line: kept as dead, with the reason
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
