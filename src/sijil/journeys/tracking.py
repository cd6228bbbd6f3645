"""Tracking: what whoever holds a number may see. State, reason, next step, date; no identity.

A file is late when its legal clock has run out while it waits on us: a date stands only where a clock runs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sijil.domains.appointments import queries as appointments
from sijil.domains.appointments.states import APPOINTMENT, AppointmentState
from sijil.domains.appointments.types import Booking, Centre
from sijil.domains.matching import queries as matching
from sijil.domains.matching.types import Ask
from sijil.domains.population_register import queries as population_register
from sijil.domains.population_register.rules import bring_by
from sijil.domains.population_register.states import RE_ENROLMENT, REQUEST, ReEnrolmentState, RequestState
from sijil.domains.population_register.types import ReEnrolment, RequestStatus, Turn
from sijil.domains.social_register import queries as social_register
from sijil.domains.social_register.queries import reviews
from sijil.kernel import clean
from sijil.kernel.casework import Kind, Role
from sijil.kernel.dates import legal_day
from sijil.kernel.texts import Text4

NEXT_ACTIONS: Mapping[str, Text4] = {
    "come_to_centre": Text4(
        "احضروا إلى المركز ومعكم وثائقكم الأصلية.",
        "Présentez-vous au centre avec vos pièces originales.",
        "Come to the centre with your original papers.",
    ),
    "choose_time": Text4(
        "اختاروا موعدا آخر: المركز لن يستقبلكم في الموعد السابق.",
        "Choisissez un autre rendez-vous : le centre ne pourra pas vous recevoir au moment prévu.",
        "Choose another appointment: the centre cannot receive you at the one you had.",
    ),
    "bring_paper": Text4(
        "أحضروا الوثيقة الناقصة إلى المركز.",
        "Apportez la pièce manquante au centre.",
        "Bring the missing paper to the centre.",
    ),
    "bring_child": Text4(
        "احضروا مع الطفل إلى المركز: تلتقط صورة وجهه وقزحيتاه. رقمه لا يتغير.",
        "Venez avec l’enfant au centre : son visage et ses iris y sont pris. Son numéro ne change pas.",
        "Come with the child to the centre: the face and the irises are taken. The number stays.",
    ),
    "nothing_more": Text4("لا شيء عليكم.", "Rien à faire.", "Nothing to do."),
    "bring_asked": Text4(
        "قدموا ما طلب منكم أدناه قبل اليوم المذكور.",
        "Apportez ou envoyez ce qui est demandé ci-dessous, avant le jour indiqué.",
        "Bring or send what is asked below, before the day given there.",
    ),
    "wait_for_comparison": Text4(
        "لا شيء عليكم الآن: ستتوصلون برسالة.",
        "Rien à faire : vous recevrez un message.",
        "Nothing to do: you will receive a message.",
    ),
    "wait_for_officers": Text4(
        "لا شيء عليكم الآن: يدرس موظفان الملف كل على حدة، ثم تتوصلون برسالة.",
        "Rien à faire : deux agents étudient le dossier séparément, puis vous recevrez un message.",
        "Nothing to do: two officers look at the file separately, then you receive a message.",
    ),
    "read_message": Text4(
        "اقرؤوا الرسالة التي أرسلناها إليكم: فيها معرفكم.",
        "Lisez le message que nous avons envoyé : il contient votre identifiant.",
        "Read the message we sent: your identifier is in it.",
    ),
    "fetch_number": Text4(
        "احضروا إلى المركز ومعكم أصل الوثيقة: يسلم لكم معرفكم هناك.",
        "Venez au centre avec l’original de votre papier : votre identifiant vous y est remis.",
        "Come to the centre with your original paper: your identifier is given to you there.",
    ),
    "come_back": Text4(
        "لا شيء عليكم: عودوا إلى هذه الصفحة، فهي تخبركم بالجواب.",
        "Rien à faire : revenez sur cette page, elle vous dira la réponse.",
        "Nothing to do: look here again, this page tells you the answer.",
    ),
    "read_reason": Text4(
        "اقرؤوا السبب، واحتفظوا بهذا الرقم.",
        "Lisez le motif, et gardez ce numéro.",
        "Read the reason, and keep this number.",
    ),
    "start_again": Text4(
        "يمكنكم البدء من جديد متى شئتم.",
        "Vous pouvez recommencer quand vous voulez.",
        "You can start again whenever you like.",
    ),
    "finish_form": Text4(
        "أكملوا الاستمارة وأرسلوها.", "Terminez le formulaire et envoyez-le.", "Finish the form and send it."
    ),
    "wait_for_score": Text4(
        "لا شيء عليكم الآن: المؤشر قيد الحساب.",
        "Rien à faire : l’indice est en cours de calcul.",
        "Nothing to do: the score is being computed.",
    ),
    "see_score": Text4(
        "ادخلوا إلى حسابكم لقراءة مؤشركم وما يفسره.",
        "Connectez-vous pour lire votre indice et ce qui l’explique.",
        "Sign in to read your score and what explains it.",
    ),
    "wait_for_check": Text4(
        "لا شيء عليكم الآن: وضع المؤشر جانبا، ولا يبنى عليه أي قرار.",
        "Rien à faire : l’indice est mis de côté, et aucune décision ne s’appuie sur lui.",
        "Nothing to do: the score is set aside, and no decision rests on it.",
    ),
}
"""What the person does, or waits for."""

NEXT_ACTION = {
    "pre_registered": "come_to_centre",
    "papers_requested": "bring_paper",
    "deposited": "wait_for_comparison",
    "in_adjudication": "wait_for_officers",
    "registered": "read_message",
    "rejected": "read_reason",
    "withdrawn": "start_again",
}
STAGE = {
    "pre_registered": 1,
    "papers_requested": 1,
    "deposited": 2,
    "in_adjudication": 3,
    "registered": 4,
}
"""How far a person's file is: the form, the deposit, two officers if somebody is alike, the number."""
FEW = 10
"""With fewer files that went on, nothing is said of how long it takes but what the law says."""
WITHOUT_CONTACT = {  # nobody can be written to: this page tells, and the centre hands the number over
    "read_message": "fetch_number",
    "wait_for_comparison": "come_back",
    "wait_for_officers": "come_back",
}
HOUSEHOLD_WAITS = ("submitted", "quarantined")
HOUSEHOLD_NEXT_ACTION = {
    "drafted": "finish_form",
    "submitted": "wait_for_score",
    "processed": "see_score",
    "quarantined": "wait_for_check",
    "rejected": "read_reason",
    "withdrawn": "start_again",
}


RE_ENROLMENT_NEXT_ACTION = {
    "due": "bring_child",
    "received": "wait_for_comparison",
    "compared": "nothing_more",
    "ended": "nothing_more",
}


@dataclass(frozen=True, slots=True)
class TrackedStep:
    state: str
    at: dt.datetime
    reason: str


@dataclass(frozen=True, slots=True)
class TrackedRequest:
    """``kind``: person, household, or re_enrolment (a child whose irises are due). ``due_on``: legal date of
    the next answer, if one runs; of a processed registration, the last day for the check of its score.

    ``stage``: of ``stages``, from the form to the number; none once it was refused or taken back. ``place``:
    in the queue of those who wait for the same, 1 is next. ``expected_on``: the day by which nine in ten of
    the last files had left that queue; before there are a few, the legal date.
    ``bring_by``: until when the centre keeps the file for a paper that is missing; no clock runs meanwhile.
    ``asked``: what the officers of a case ask of the person.
    ``has_contact``: what is decided reaches the person by message. ``may``: the steps open to whoever holds
    the number, of the request and of its appointment.
    """

    number: str
    kind: str
    state: str
    reason: str
    next_action: str
    due_on: dt.date | None
    is_late: bool
    history: tuple[TrackedStep, ...]
    appointment: Booking | None = None
    centre: Centre | None = None
    has_contact: bool = True
    may: tuple[str, ...] = ()
    stage: int | None = None
    stages: int | None = None
    place: int | None = None
    expected_on: dt.date | None = None
    asked: tuple[Ask, ...] = ()
    bring_by: dt.date | None = None


def find_request(number: str, *, now: dt.datetime) -> TrackedRequest:
    """Return what to show for a number of either register.

    Raises: Refused(kernel.request_number_invalid | REGISTRATION_UNKNOWN).
    """
    number = clean.request_number(number)
    status = population_register.find_status(number)
    if status is not None:
        return _person(status, now)
    due = population_register.find_re_enrolment(number)
    is_due = due is not None and due.state != ReEnrolmentState.AWAITED
    return _re_enrolment(due, now) if due is not None and is_due else _household(number, now)


def _re_enrolment(found: ReEnrolment, now: dt.datetime) -> TrackedRequest:
    """What whoever holds the number of a child's re-enrolment sees, from its day on."""
    booking = appointments.find_booking(found.number)
    may = _steps_of_holder(RE_ENROLMENT, found.state)
    if may:
        may = (*may, *(_steps_of_holder(APPOINTMENT, booking.state) if booking else ("book",)))
    is_ours = RE_ENROLMENT.waits_on.get(found.state) is Role.SYSTEM
    return TrackedRequest(
        number=found.number,
        kind="re_enrolment",
        state=found.state,
        reason="",
        next_action=RE_ENROLMENT_NEXT_ACTION[found.state],
        due_on=found.due_on,
        is_late=is_ours and _has_passed(found.due_on, now),
        history=_moves(tuple(TrackedStep(s.to_state, s.at, s.reason) for s in found.steps)),
        appointment=booking,
        centre=appointments.find_centre(found.centre_code),
        may=may,
    )


def _person(status: RequestStatus, now: dt.datetime) -> TrackedRequest:
    is_ours = REQUEST.waits_on.get(status.state) is not Role.HOLDER
    booking = appointments.find_booking(status.number)
    asked = tuple(matching.list_asks(population_register.get_request_record(status.number).id))
    action = "bring_asked" if asked else _next_action(status.state, booking)
    turn = population_register.find_turn(status.number)
    stage = STAGE.get(status.state)
    return TrackedRequest(
        number=status.number,
        kind="person",
        state=status.state,
        reason=status.reason,
        next_action=action if status.has_contact else WITHOUT_CONTACT.get(action, action),
        due_on=status.due_on,
        bring_by=_bring_by(status),
        is_late=is_ours and _has_passed(status.due_on, now),
        history=tuple(TrackedStep(s.to_state, s.at, s.reason) for s in status.steps),
        appointment=booking,
        centre=appointments.find_centre(status.centre_code),
        has_contact=status.has_contact,
        may=_open_to_holder(status.state, booking),
        stage=stage,
        stages=max(STAGE.values()) if stage else None,
        place=turn.place if turn else None,
        expected_on=expected_on(turn, status.due_on, legal_day(now)) if turn else None,
        asked=asked,
    )


def _bring_by(status: RequestStatus) -> dt.date | None:
    """Return until when the centre keeps a file for the paper that was asked for last."""
    asked = [step.at for step in status.steps if step.action == "request_papers"]
    waits = status.state == RequestState.PAPERS_REQUESTED and asked
    return bring_by(legal_day(asked[-1])) if waits else None


def expected_on(turn: Turn, due_on: dt.date | None, today: dt.date) -> dt.date | None:
    """Return the day by which nine in ten of the last files had gone on from here; no day that has passed."""
    if len(turn.waits) < FEW:
        return due_on
    longest = sorted(turn.waits)[len(turn.waits) * 9 // 10]
    return max(legal_day(turn.since + longest), today)


def _next_action(state: str, booking: Booking | None) -> str:
    """Return what the person does now; whose appointment the centre took away chooses another."""
    is_displaced = booking is not None and booking.state == AppointmentState.DISPLACED
    return "choose_time" if is_displaced and state == RequestState.PRE_REGISTERED else NEXT_ACTION[state]


def _open_to_holder(state: str, booking: Booking | None) -> tuple[str, ...]:
    """Return what the tables open to the holder; once a request is received, its appointment is over."""
    mine = _steps_of_holder(REQUEST, state)
    return (*mine, *_steps_of_holder(APPOINTMENT, booking.state)) if mine and booking else mine


def _steps_of_holder(kind: Kind, state: str) -> tuple[str, ...]:
    return tuple(a for a in kind.allowed(state) if Role.HOLDER in kind.transition(state, a).by)


def _household(number: str, now: dt.datetime) -> TrackedRequest:
    found = social_register.get_registration_by_number(number)
    waits = found.state in HOUSEHOLD_WAITS  # a decided file has no date, whatever its row keeps
    history = _moves(tuple(TrackedStep(s.to_state, s.at, s.reason) for s in found.steps))
    tracked = TrackedRequest(
        number=found.number,
        kind="household",
        state=found.state,
        reason=history[-1].reason if history else "",
        next_action=HOUSEHOLD_NEXT_ACTION[found.state],
        due_on=found.answer_due_on if waits else None,
        is_late=waits and _has_passed(found.answer_due_on, now),
        history=history,
    )
    return _as_it_stands(tracked, found.household_code, now) if found.state == "processed" else tracked


def _as_it_stands(tracked: TrackedRequest, household_code: str, now: dt.datetime) -> TrackedRequest:
    """Return a processed registration with what came later: its score is checked, or its household closed."""
    check, refusal = reviews.find_to_review(household_code), reviews.find_refusal_of(household_code)
    if check is not None:
        late = _has_passed(check.due_on, now)
        return replace(
            tracked, reason=check.reason, next_action="wait_for_check", due_on=check.due_on, is_late=late
        )
    if refusal is not None:
        closed = TrackedStep("closed", refusal.at, refusal.reason)
        history = (*tracked.history, closed)
        return replace(
            tracked, state="closed", reason=closed.reason, next_action="start_again", history=history
        )
    return tracked


def _has_passed(due_on: dt.date | None, now: dt.datetime) -> bool:
    return due_on is not None and due_on < legal_day(now)


def _moves(steps: tuple[TrackedStep, ...]) -> tuple[TrackedStep, ...]:
    """Leave out the steps that did not move the file, as the marks of its delay."""
    before = (None, *(step.state for step in steps))
    return tuple(step for last, step in zip(before, steps, strict=False) if step.state != last)
