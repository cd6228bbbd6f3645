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
ELSEWHERE_NEEDS_REASON = ErrorCode(
    "appointments.elsewhere_needs_reason",
    Category.INVALID,
    "This centre does not serve the commune where the person lives, and no reason is given.",
    "Choose why the person is received here, or send them to a centre of their commune.",
)
MISSED_TOO_OFTEN = ErrorCode(
    "appointments.missed_too_often",
    Category.CONFLICT,
    "{count} appointments of this request were missed: none can be booked online any more.",
    "Come to the centre without an appointment: you are received there in turn.",
)
CLOSURE_PAST = ErrorCode(
    "appointments.closure_past",
    Category.INVALID,
    "This day has passed.",
    "Choose today or a later day.",
)
CLOSED_ALREADY = ErrorCode(
    "appointments.closed_already",
    Category.CONFLICT,
    "The centre is closed on this day already.",
    "Open the day again first, if the reason is another one.",
)
CLOSURE_UNKNOWN = ErrorCode(
    "appointments.closure_unknown",
    Category.MISSING,
    "The centre is not closed by exception on this day.",
    "Look at the list of its closed days.",
)
SHEET_UNREADABLE = ErrorCode(
    "appointments.sheet_unreadable",
    Category.INVALID,
    "This file is no table of centres: it is not CSV in UTF-8, or it is longer than 5,000 lines.",
    "Export the register, change the lines there, and save it as CSV in UTF-8.",
)
SHEET_COLUMNS = ErrorCode(
    "appointments.sheet_columns",
    Category.INVALID,
    "Columns are missing, or stand there twice: {what}.",
    "Keep the first line of the export as it is.",
)
LINE_CELLS = ErrorCode(
    "appointments.line_cells",
    Category.INVALID,
    "This line has more or fewer cells than there are columns.",
    "Put a text that holds a comma or a semicolon between quotation marks.",
)
CODE_UNFIT = ErrorCode(
    "appointments.code_unfit",
    Category.INVALID,
    "{value} is no code.",
    "Copy the code from the export: a spreadsheet may have taken its first nought away.",
)
CODE_TWICE = ErrorCode(
    "appointments.code_twice",
    Category.INVALID,
    "The centre {code} stands on line {line} already.",
    "Leave one line for each centre.",
)
PLACE_NOT_THERE = ErrorCode(
    "appointments.place_not_there",
    Category.INVALID,
    "There is no place with the code {value}.",
    "Copy the code of the region, of the province and of each commune from the list of places.",
)
DESKS_UNFIT = ErrorCode(
    "appointments.desks_unfit",
    Category.INVALID,
    "A centre has 1 to 99 counters.",
    "Write how many people are received at once.",
)
POSITION_UNFIT = ErrorCode(
    "appointments.position_unfit",
    Category.INVALID,
    "This is no position in the country.",
    "Write latitude and longitude in degrees, for example 33.97159 and -6.84981, or leave both empty.",
)
HOURS_UNFIT = ErrorCode(
    "appointments.hours_unfit",
    Category.INVALID,
    "These are no hours of a day.",
    "Write them like {first} or {second}; leave a closed day empty.",
)
DAY_UNFIT = ErrorCode(
    "appointments.day_unfit",
    Category.INVALID,
    "{value} is no day, or lies before the first one.",
    "Write the day as {first}.",
)
MOBILE_DAYS = ErrorCode(
    "appointments.mobile_days",
    Category.INVALID,
    "A caravan has a first and a last day.",
    "Write both days, each in its column.",
)
STILL_BOOKED = ErrorCode(
    "appointments.still_booked",
    Category.CONFLICT,
    "{count} people have an appointment that this change takes away.",
    "Import the table again with the order to tell them, or leave the line as it was.",
)
