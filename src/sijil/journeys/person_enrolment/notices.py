"""What the person is told at each step, in the language of the file. Messages leave after the commit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import groupby
from uuid import UUID

from django.db import transaction

from sijil.domains.appointments import queries as appointments
from sijil.domains.appointments import services as appointment_services
from sijil.domains.appointments.types import Booking
from sijil.domains.matching import queries as matching
from sijil.domains.matching.types import WANTED_IN_SHORT, Ask
from sijil.domains.notifications import services as notifications
from sijil.domains.population_register import queries
from sijil.domains.population_register.rules import bring_by, reason_words
from sijil.domains.population_register.types import Addressee
from sijil.kernel import law
from sijil.kernel.actors import Actor, ActorKind
from sijil.kernel.calendar import add_days
from sijil.kernel.casework.files import Moved
from sijil.kernel.dates import legal_day
from sijil.kernel.ids import PersonKey, show_idcs, show_number

Facts = Mapping[str, object]


def tell(moved: Moved, *, actor: Actor, now: dt.datetime) -> None:
    """Queue the notice of a step of a request. Wired in ``config/wiring.py``."""
    to = queries.get_addressee(moved.file)
    if actor.kind not in (ActorKind.OFFICER, ActorKind.SYSTEM):
        to = replace(to, trusted="")  # whoever fills in a form may name any telephone there
    facts = _FACTS[moved.notice](moved, to, now)
    if facts is not None:
        _send(to, moved.notice, to.language, {"number": show_number(moved.file), **facts}, now)


def tell_known_person(person_id: UUID, *, about: str, now: dt.datetime) -> None:
    """Tell a registered person their number, on *their* contacts: the new file may be somebody else's."""
    to = queries.find_addressee_by_id(person_id)
    if to is not None:
        language = to.language or queries.get_request_record(about).language
        facts = {"number": show_number(about), "idcs": show_idcs(to.idcs)}
        _send(to, "request_already_registered", language, facts, now)


def tell_asked(moved: Moved, *, actor: Actor, now: dt.datetime) -> None:
    """Tell each person of whom something is asked in a case what to bring, and by when."""
    for of, asked in groupby(sorted(matching.list_asked(moved.file), key=_of), key=_of):
        record = queries.find_request_record(of)
        to = queries.find_addressee_by_id(of) or (queries.get_addressee(record.number) if record else None)
        if to is None:
            continue
        language = to.language or (record.language if record else "")
        wanted = list(asked)
        facts = {
            "number": show_number(record.number) if record else "RNP",
            "what": " + ".join(WANTED_IN_SHORT[one.what].text(language or "ar") for one in wanted),
            "until": wanted[0].until,
        }
        _send(to, "evidence_asked", language, facts, now)


def _of(one: Ask) -> UUID:
    return one.of


def remind_due(*, now: dt.datetime) -> int:
    """Remind of the appointments that are near, each reminder once; return how many went."""
    sent, after = 0, 0
    while True:
        with transaction.atomic():
            due, after = appointment_services.claim_reminders(now=now, after=after)
            for booking in due:
                _remind(booking, now)
        sent += len(due)
        if not after:
            return sent


def _remind(booking: Booking, now: dt.datetime) -> None:
    to = queries.get_addressee(booking.request_number)
    centre = appointments.find_centre(booking.centre_code)
    name = centre.name(to.language) if centre else booking.centre_code
    facts = {"number": show_number(booking.request_number), "centre": name, "at": booking.starts_at}
    _send(to, "appointment_reminder", to.language, facts, now)


def tell_holder(person_id: UUID, *, now: dt.datetime) -> None:
    """Tell a registered person that their card was typed in a new request; nothing of that request."""
    to = queries.find_addressee_by_id(person_id)
    if to is not None:
        _send(to, "card_used_again", to.language or "ar", {}, now)


def tell_of_birth(number: str, parents: Iterable[PersonKey], *, now: dt.datetime) -> None:
    """Tell the parents that the file of their child is open, each on their own contact."""
    centre = appointments.find_centre(queries.get_request_record(number).centre_code)
    for parent in parents:
        to = queries.find_addressee(parent)
        if to is not None:
            language = to.language or "ar"
            facts = {"number": show_number(number), "centre": centre.name(language) if centre else ""}
            _send(to, "birth_file_opened", language, facts, now)


def _send(to: Addressee, template: str, language: str, facts: Facts, now: dt.datetime) -> None:
    """Queue an SMS and an e-mail, to what there is of both; without either, news goes to a trusted telephone.

    Never the number: it is the person's own, and is given to them at the centre.
    """
    trusted = "" if to.phone or to.email or "idcs" in facts else to.trusted
    for channel, address in (("sms", to.phone or trusted), ("email", to.email)):
        if address:
            notifications.queue_message(
                channel=channel,
                to=address,
                template=template,
                language=language,
                facts=facts,
                subject=to.subject,
                now=now,
            )


def _appointment(moved: Moved, to: Addressee, now: dt.datetime) -> Facts | None:
    """Return when and where; nothing where no place was taken, because no message would arrive."""
    booking = appointments.find_booking(moved.file)
    if booking is None:
        return None
    centre = appointments.get_centre(booking.centre_code)
    return {"centre": centre.name(to.language), "at": booking.starts_at or booking.on}


def _displaced(moved: Moved, to: Addressee, now: dt.datetime) -> Facts:
    """Which appointment fell, and why."""
    booking = appointments.get_booking(moved.file)
    centre = appointments.find_centre(booking.centre_code)
    why = appointments.why_displaced(booking, to.language)
    name = centre.name(to.language) if centre else booking.centre_code
    return {"centre": name, "at": booking.starts_at or booking.on, "reason": why}


def _until(moved: Moved, to: Addressee, now: dt.datetime) -> Facts:
    return {"until": moved.due_on}


def _irises(moved: Moved, to: Addressee, now: dt.datetime) -> Facts:
    """By when the child comes, and where."""
    found = queries.find_re_enrolment(moved.file)
    centre = appointments.find_centre(found.centre_code) if found else None
    name = centre.name(to.language) if centre else ""
    return {"until": moved.due_on, "centre": name}


def _nothing_more(moved: Moved, to: Addressee, now: dt.datetime) -> Facts:
    return {}


def _reason(moved: Moved, to: Addressee, now: dt.datetime) -> Facts:
    return {"reason": reason_words(moved.reason, to.language)}


def _paper(moved: Moved, to: Addressee, now: dt.datetime) -> Facts:
    """Which paper, and until when the centre keeps the file for it."""
    return {**_reason(moved, to, now), "until": bring_by(legal_day(now))}


def _refusal(moved: Moved, to: Addressee, now: dt.datetime) -> Facts:
    """Why, in words, and until when it can be contested."""
    appeal = law.delay("population_register.appeal", legal_day(now))
    until = add_days(legal_day(now), appeal.days, working=appeal.is_working)
    return {**_reason(moved, to, now), "until": until}


def _number(moved: Moved, to: Addressee, now: dt.datetime) -> Facts:
    return {"idcs": show_idcs(to.idcs)}


_FACTS: Mapping[str, Callable[[Moved, Addressee, dt.datetime], Facts | None]] = {
    "pre_registration_received": _appointment,
    "appointment_displaced": _displaced,
    "papers_requested": _paper,
    "deposit_received": _until,
    "request_in_review": _until,
    "idcs_issued": _number,
    "request_rejected": _refusal,
    "irises_due": _irises,
    "irises_kept": _nothing_more,
}
