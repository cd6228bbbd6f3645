"""Casework: every file of a person or a household moves in one way.

A domain writes the table of its kind of file (``states.py``, nothing of Django) and binds it to its tables
(``services``); then there is one mover:

    REGISTRATION = Kind("registration", RegistrationState, opening=..., transitions=(...), waits_on={...})
    REGISTRATIONS = Files(REGISTRATION, Registration, RegistrationStateRow, ...)
    REGISTRATIONS.move(file_id, "submit", actor=actor, now=now)

A move locks the file, finds the transition, asks who may do it, checks guard and reason, sets the legal
clock, writes one immutable step and one audit entry, and queues the notice that the table names: all in the
caller's transaction, or none.

``table``   Kind, Transition, Role: the table, checked at import      ``clock``  delays counted in legal days
``rows``    the columns of a file and of a step                       ``files``  the mover
``watch``   what passed 60, 90 and 100 % of its delay, and its consequence
"""

from sijil.kernel.casework.clock import END, KEEP, RESUME, STOP, AtEnd, CountedIn, Delay, Start
from sijil.kernel.casework.table import REASON_NEEDED, ROLE_REFUSED, Kind, Role, Transition

__all__ = [
    "END",
    "KEEP",
    "REASON_NEEDED",
    "RESUME",
    "ROLE_REFUSED",
    "STOP",
    "AtEnd",
    "CountedIn",
    "Delay",
    "Kind",
    "Role",
    "Start",
    "Transition",
]
