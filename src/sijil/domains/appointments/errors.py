"""Refusals of appointments."""

from sijil.kernel.errors import Category, ErrorCode

SLOT_FULL = ErrorCode(
    "appointments.slot_full",
    Category.CONFLICT,
    "No place is left at this time.",
    "Choose another time; the list shows what is free now.",
)
SLOT_PAST = ErrorCode(
    "appointments.slot_past",
    Category.CONFLICT,
    "This time has passed.",
    "Choose a later time.",
)
SLOT_UNKNOWN = ErrorCode(
    "appointments.slot_unknown",
    Category.INVALID,
    "The centre does not receive people at this time.",
    "Choose a time from the list of the centre.",
)
CENTRE_UNKNOWN = ErrorCode(
    "appointments.centre_unknown",
    Category.MISSING,
    "No centre has the code {code}.",
    "Choose a centre from the list of your commune.",
)
PLACE_NEEDS_CONTACT = ErrorCode(
    "appointments.place_needs_contact",
    Category.CONFLICT,
    "An appointment needs a mobile telephone or an e-mail that receives a code.",
    "Write one of them; or leave out the appointment and come to the centre when it is open.",
)
ALREADY_BOOKED = ErrorCode(
    "appointments.already_booked",
    Category.CONFLICT,
    "This request already has an appointment.",
    "Keep the one that there is: its day and hour stand on the page of the request.",
)
APPOINTMENT_UNKNOWN = ErrorCode(
    "appointments.appointment_unknown",
    Category.MISSING,
    "This request has no appointment.",
    "Choose a centre and a time.",
)
CENTRE_ELSEWHERE = ErrorCode(
    "appointments.centre_elsewhere",
    Category.INVALID,
    "This centre does not serve the commune where the person lives.",
    "Choose a centre from the list of that commune.",
)
