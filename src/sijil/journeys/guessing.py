"""A partner was wrong about one person so often that it was stopped: the person is told.

publish_guessed   worker, by the clock: what the verification process wrote becomes an event, one a day
tell_person       step of ``person.guessed``: a message; the page "who consulted my file" shows it too
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from sijil.domains.audit import queries as audit
from sijil.domains.events.types import DONE, UNMATCHED, Event, Outcome, done
from sijil.domains.notifications import queries as notification_queries
from sijil.domains.notifications import services as notifications
from sijil.domains.partners import queries as partners
from sijil.domains.population_register import queries as population
from sijil.domains.verification.acts import GUESSED
from sijil.journeys import events
from sijil.kernel.actors import system
from sijil.kernel.dates import legal_day
from sijil.kernel.ids import PersonKey

ACTOR = system("verification")
LOOK_BACK = dt.timedelta(days=2)
"""As long as a worker may stand still without a person being left untold."""


def publish_guessed(*, now: dt.datetime) -> int:
    """Tell of each partner and person at most once a legal day; return how many events are new."""
    found = audit.list_recent(GUESSED.code, since=now - LOOK_BACK)
    return sum(_publish(entry.subject, entry.actor_id, entry.at, now) for entry in found)


@transaction.atomic
def _publish(person: str, partner: str, at: dt.datetime, now: dt.datetime) -> bool:
    day = legal_day(at)
    recorded = events.publish(
        "person.guessed",
        subject=person,
        effective_on=day,
        facts={"partner": partner},
        source_id=f"guessed:{partner}:{person}:{day}",
        actor=ACTOR,
        now=now,
    )
    return recorded.is_new


def tell_person(event: Event, *, now: dt.datetime) -> Outcome:
    """Send a message in the language of the person's choice, to the own telephone or e-mail."""
    to = population.find_addressee(PersonKey(event.subject))
    if to is None:
        return UNMATCHED
    contact = notification_queries.choose_channel(phone=to.phone, email=to.email)
    if contact is None:
        return done("no_contact")
    language = to.language or "ar"
    notifications.queue_message(
        channel=contact.channel,
        to=contact.to,
        other=contact.other,
        template="verification_guessed",
        language=language,
        facts={
            "partner": partners.get_partner(event.facts["partner"]).name(language),
            "at": event.effective_on,
        },
        subject=to.subject,
        now=now,
    )
    return DONE
