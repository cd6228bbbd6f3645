"""A one-time code is sent, confirmed and used once; an account of staff is asked for by one and activated by
another.

A code expires by the clock, and so does an account: no row changes on the day.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from sijil.domains.accounts import acts
from sijil.kernel import casework
from sijil.kernel.casework import Kind, Role
from sijil.kernel.casework.table import opening
from sijil.kernel.machine import Machine, Transition
from sijil.kernel.texts import Text4


class ChallengeState(StrEnum):
    SENT = "sent"
    CONFIRMED = "confirmed"
    USED = "used"


CHALLENGE = Machine(
    ChallengeState,
    initial=ChallengeState.SENT,
    transitions=(
        Transition("confirm", (ChallengeState.SENT,), ChallengeState.CONFIRMED),
        Transition("use", (ChallengeState.CONFIRMED,), ChallengeState.USED),
    ),
)


class StaffState(StrEnum):
    REQUESTED = "requested"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


REASONS: Mapping[str, Text4] = {
    "left": Text4("لم يعد يعمل هنا", "Ne travaille plus ici", "Works here no more"),
    "moved": Text4("انتقل إلى منصب آخر", "A changé de poste", "Moved to another post"),
    "absent": Text4("غياب طويل", "Absence longue", "Long absence"),
    "incident": Text4(
        "حادث أمني: هاتف مفقود أو استعمال مشبوه",
        "Incident : téléphone perdu ou usage suspect",
        "Incident: a lost telephone or a suspicious use",
    ),
    "mistake": Text4("طُلب خطأ", "Demandé par erreur", "Asked for by mistake"),
}
"""Why an account is suspended or closed; a code is kept, so that no name of a person is written."""

_S = StaffState
_ONE = (Role.MANAGER, Role.SYSTEM)
"""An administrator who is not the owner of the account, or a command of the machine."""

STAFF = Kind(
    "staff_account",
    StaffState,
    opening=opening("request", _S.REQUESTED, by=_ONE, act=acts.STAFF_REQUESTED),
    # the ready accounts of the demonstration: no door leads here
    also=(opening("load", _S.ACTIVE, by=(Role.SYSTEM,), act=acts.STAFF_ACTIVATED),),
    transitions=(
        casework.Transition(
            "activate", (_S.REQUESTED,), _S.ACTIVE, by=(Role.SECOND_OFFICER,), act=acts.STAFF_ACTIVATED
        ),
        casework.Transition(
            "ask_anew",
            (_S.REQUESTED, _S.ACTIVE, _S.SUSPENDED),
            _S.REQUESTED,
            by=_ONE,
            act=acts.STAFF_REQUESTED,
        ),
        casework.Transition(
            "suspend", (_S.ACTIVE,), _S.SUSPENDED, by=_ONE, act=acts.STAFF_SUSPENDED, reasons=tuple(REASONS)
        ),
        casework.Transition(
            "close",
            (_S.REQUESTED, _S.ACTIVE, _S.SUSPENDED),
            _S.CLOSED,
            by=_ONE,
            act=acts.STAFF_CLOSED,
            reasons=tuple(REASONS),
        ),
    ),
    waits_on={_S.REQUESTED: Role.SECOND_OFFICER},
    rests=(_S.ACTIVE, _S.SUSPENDED),
    title=Text4("حساب موظف", "Compte d’agent", "Account of staff"),
    says={
        _S.REQUESTED: Text4(
            "في انتظار التفعيل من مسؤول ثان",
            "Attend d’être activé par un second administrateur",
            "Waits for a second administrator",
        ),
        _S.ACTIVE: Text4("مفعل", "Actif", "Active"),
        _S.SUSPENDED: Text4("موقوف مؤقتا", "Suspendu", "Suspended"),
        _S.CLOSED: Text4("مغلق", "Fermé", "Closed"),
    },
)
