"""What is done with the appointment of a request."""

from __future__ import annotations

from sijil.kernel.acts import Act, declare
from sijil.kernel.texts import Text4


def _act(what: str, ar: str, fr: str, en: str) -> Act:
    basis = "Decree 2.21.473 (requests are deposited in person at a centre)"
    return declare(f"appointment.{what}", Text4(ar, fr, en), purpose="enrolment", basis=basis)


BOOKED = _act("booked", "حجز موعدا لطلبكم.", "A pris votre rendez-vous.", "Booked your appointment.")
REBOOKED = _act("rebooked", "غير موعدكم.", "A déplacé votre rendez-vous.", "Moved your appointment.")
CANCELLED = _act("cancelled", "ألغى موعدكم.", "A annulé votre rendez-vous.", "Cancelled your appointment.")
ATTENDED = _act("attended", "سجل حضوركم إلى المركز.", "A noté votre venue au centre.", "Noted that you came.")
MISSED = _act(
    "missed",
    "سجل عدم حضوركم في الموعد.",
    "A noté que vous n’êtes pas venu au rendez-vous.",
    "Noted that you did not come to the appointment.",
)
DISPLACED = _act(
    "displaced",
    "ألغى موعدكم لأن المركز لن يستقبل أحدا في ذلك الوقت.",
    "A retiré votre rendez-vous : le centre ne reçoit pas à ce moment-là.",
    "Took your appointment away: the centre receives nobody then.",
)
ELSEWHERE_TAKEN = _act(
    "taken_elsewhere",
    "استقبلكم في مركز لا يشمل جماعتكم، وكتب السبب.",
    "Vous a reçu dans un centre qui ne dessert pas votre commune, et a noté pourquoi.",
    "Received you at a centre that does not serve your commune, and noted why.",
)
CENTRES_CHANGED = declare(
    "appointment.centres_changed",
    Text4("غيّر سجل المراكز.", "A modifié le registre des centres.", "Changed the register of centres."),
    purpose="enrolment",
    basis="Decree 2.21.473 (centres that receive requests)",
)
DAY_CLOSED = declare(
    "appointment.day_closed",
    Text4("أغلق مركزا ليوم واحد.", "A fermé un centre pour un jour.", "Closed a centre for a day."),
    purpose="enrolment",
    basis="Decree 2.21.473 (centres that receive requests)",
)
DAY_OPENED = declare(
    "appointment.day_opened",
    Text4(
        "أعاد فتح مركز في يوم كان مغلقا.",
        "A rouvert un centre un jour où il était fermé.",
        "Opened a centre again on a day on which it was closed.",
    ),
    purpose="enrolment",
    basis="Decree 2.21.473 (centres that receive requests)",
)
