"""The states of a grievance: received, then upheld or reversed by an officer who had no part before."""

from __future__ import annotations

from enum import StrEnum

from sijil.domains.grievances import acts
from sijil.kernel.casework import END, Kind, Role, Start, Transition
from sijil.kernel.casework.table import opening
from sijil.kernel.texts import Text4


class GrievanceState(StrEnum):
    RECEIVED = "received"
    UPHELD = "upheld"
    REVERSED = "reversed"


_G = GrievanceState
GRIEVANCE = Kind(
    "grievance",
    GrievanceState,
    opening=opening(
        "receive",
        _G.RECEIVED,
        by=(Role.HOLDER, Role.OFFICER),
        act=acts.RECEIVED,
        clock=Start("answer"),
        notice="grievance_received",
    ),
    transitions=(
        Transition(
            "uphold",
            (_G.RECEIVED,),
            _G.UPHELD,
            by=(Role.SECOND_OFFICER,),
            act=acts.UPHELD,
            clock=END,
            notice="grievance_upheld",
        ),
        Transition(
            "reverse",
            (_G.RECEIVED,),
            _G.REVERSED,
            by=(Role.SECOND_OFFICER,),
            act=acts.REVERSED,
            clock=END,
            notice="grievance_reversed",
        ),
    ),
    waits_on={_G.RECEIVED: Role.SECOND_OFFICER},
    title=Text4("اعتراض على قرار", "Réclamation contre une décision", "Grievance against a decision"),
    says={
        _G.RECEIVED: Text4(
            "قيد الدراسة من طرف موظف آخر",
            "À l’examen par un autre agent",
            "Being looked at by another officer",
        ),
        _G.UPHELD: Text4("بقي القرار على حاله", "La décision est maintenue", "The decision stands"),
        _G.REVERSED: Text4("ألغي القرار", "La décision est annulée", "The decision was reversed"),
    },
)
