"""After a death, or after one that was entered by mistake: what the rest of the product has to know.

    align_verification   nothing about a deceased person is confirmed any more
    align_account        nobody signs in as the deceased
    tell_household       the household of the person has changed

Steps of ``person.died`` and ``person.death_annulled``. Each has the person alone and makes its part agree
with how the person stands now, so that a step which comes late, or twice, does no harm.
"""

from __future__ import annotations

import datetime as dt

from sijil.domains.accounts import queries as account_queries
from sijil.domains.accounts import services as accounts
from sijil.domains.events.types import DONE, UNMATCHED, Event, Outcome, done
from sijil.domains.population_register import services as register
from sijil.domains.population_register.states import PersonState
from sijil.domains.social_register import queries as social
from sijil.domains.verification import services as verification
from sijil.journeys import events
from sijil.kernel.actors import system
from sijil.kernel.ids import PersonKey

ACTOR = system("events")


def align_verification(event: Event, *, now: dt.datetime) -> Outcome:
    """Confirm about the person while they are active, and only then."""
    person = register.lock_person(person=PersonKey(event.subject))
    if person is None:
        return UNMATCHED
    is_changed = verification.keep_subject(
        person=PersonKey(event.subject),
        is_open=person.state is PersonState.ACTIVE,
        actor=ACTOR,
        now=now,
        reason=event.kind,
    )
    return DONE if is_changed else done("already_so")


def align_account(event: Event, *, now: dt.datetime) -> Outcome:
    """Close the account of the deceased; give it back when the death was a mistake."""
    person = register.lock_person(person=PersonKey(event.subject))
    if person is None or not account_queries.has_account(PersonKey(event.subject)):
        return done("no_account")
    if person.state is PersonState.DECEASED:
        accounts.close_account(login=event.subject, now=now)
    else:
        accounts.reopen_account(login=event.subject)
    return DONE


def tell_household(event: Event, *, now: dt.datetime) -> Outcome:
    """Tell that the household has changed: its score and what it declared are about others now."""
    household = social.find_household_of(PersonKey(event.subject))
    if household is None:
        return done("no_household")
    events.publish(
        "household.changed",
        subject=household.code,
        effective_on=event.effective_on,
        facts={"because": event.kind, "event": str(event.id)},
        actor=ACTOR,
        now=now,
    )
    return DONE
