"""The states of an enrolment request and of a person: tables, drawn in ``docs/journeys``."""

from __future__ import annotations

from enum import StrEnum

from sijil.kernel.machine import Machine, Transition


class RequestState(StrEnum):
    PRE_REGISTERED = "pre_registered"
    PAPERS_REQUESTED = "papers_requested"
    DEPOSITED = "deposited"
    IN_ADJUDICATION = "in_adjudication"
    REGISTERED = "registered"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class PersonState(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    DECEASED = "deceased"


R = RequestState

# Days: the centre keeps a pre-registration 60 days (law 55-19); the number is issued within a day of the
# deposit (published practice of the agency, 2022); an adjudicated file within 60 days (law 55-19).
REQUEST = Machine(
    RequestState,
    initial=R.PRE_REGISTERED,
    transitions=(
        Transition(
            "request_papers", (R.PRE_REGISTERED,), R.PAPERS_REQUESTED, by=("officer",), within_days=60
        ),
        Transition(
            "deposit", (R.PRE_REGISTERED, R.PAPERS_REQUESTED), R.DEPOSITED, by=("officer",), within_days=1
        ),
        Transition("flag_duplicate", (R.DEPOSITED,), R.IN_ADJUDICATION, by=("system",), within_days=60),
        Transition("register", (R.DEPOSITED, R.IN_ADJUDICATION), R.REGISTERED, by=("system", "officer")),
        Transition(
            "reject",
            (R.PRE_REGISTERED, R.PAPERS_REQUESTED, R.IN_ADJUDICATION),
            R.REJECTED,
            by=("officer",),
        ),
        Transition("withdraw", (R.PRE_REGISTERED, R.PAPERS_REQUESTED), R.WITHDRAWN, by=("public", "officer")),
    ),
)
SUBMITTED_WITHIN_DAYS = 60

P = PersonState
PERSON = Machine(
    PersonState,
    initial=P.ACTIVE,
    transitions=(
        Transition("suspend", (P.ACTIVE,), P.SUSPENDED, by=("officer",)),
        Transition("reactivate", (P.SUSPENDED,), P.ACTIVE, by=("officer",)),
        Transition("declare_death", (P.ACTIVE, P.SUSPENDED), P.DECEASED, by=("officer", "system")),
        Transition("annul_death", (P.DECEASED,), P.ACTIVE, by=("system",)),
        Transition("annul_death_of_suspended", (P.DECEASED,), P.SUSPENDED, by=("system",)),
    ),
)
