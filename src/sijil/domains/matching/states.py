"""The states of an adjudication case: two officers who agree, or a third who settles.

Who cannot tell asks the person for more: then the case waits for the answer, and is decided anew with it.
"""

from __future__ import annotations

from enum import StrEnum

from sijil.domains.matching import acts
from sijil.kernel.casework import END, Kind, Role, Start, Transition
from sijil.kernel.casework.table import opening
from sijil.kernel.texts import Text4


class CaseState(StrEnum):
    OPENED = "opened"
    FIRST_DECIDED = "first_decided"
    DISPUTED = "disputed"
    ASKED = "asked"
    CLOSED = "closed"


_C = CaseState
_FIRST, _OTHER = (Role.OFFICER,), (Role.SECOND_OFFICER,)
CASE = Kind(
    "adjudication",
    CaseState,
    opening=opening("open", _C.OPENED, by=(Role.SYSTEM,), act=acts.CASE_OPENED, clock=Start("adjudication")),
    transitions=(
        Transition("decide_first", (_C.OPENED,), _C.FIRST_DECIDED, by=_FIRST, act=acts.DECIDED),
        Transition("agree", (_C.FIRST_DECIDED,), _C.CLOSED, by=_OTHER, act=acts.DECIDED, clock=END),
        Transition("disagree", (_C.FIRST_DECIDED,), _C.DISPUTED, by=_OTHER, act=acts.DECIDED),
        Transition("settle", (_C.DISPUTED,), _C.CLOSED, by=_OTHER, act=acts.DECIDED, clock=END),
        # the delay of the case goes on while the person is asked: asking gives the officers no more days
        Transition(
            "ask",
            (_C.FIRST_DECIDED, _C.DISPUTED),
            _C.ASKED,
            by=_OTHER,
            act=acts.ASKED,
            notice="evidence_asked",
        ),
        Transition("answer", (_C.ASKED,), _C.OPENED, by=(Role.HOLDER,), act=acts.ANSWERED),
        Transition("lapse", (_C.ASKED,), _C.OPENED, by=(Role.SYSTEM,), act=acts.UNANSWERED),
        # the person said that it is wrong, and somebody who had no part found so too
        Transition("overturn", (_C.CLOSED,), _C.CLOSED, by=_OTHER, act=acts.OVERTURNED),
    ),
    waits_on={
        _C.OPENED: Role.OFFICER,
        _C.FIRST_DECIDED: Role.SECOND_OFFICER,
        _C.DISPUTED: Role.SECOND_OFFICER,
        _C.ASKED: Role.HOLDER,
    },
    rests=(_C.CLOSED,),
    title=Text4("ملف تدقيق الازدواجية", "Dossier de levée de doute", "Adjudication case"),
    says={
        _C.OPENED: Text4(
            "في انتظار القرار الأول", "Attend une première décision", "Waits for a first decision"
        ),
        _C.FIRST_DECIDED: Text4(
            "في انتظار القرار الثاني", "Attend une deuxième décision", "Waits for a second decision"
        ),
        _C.DISPUTED: Text4(
            "اختلف موظفان: يحسم موظف ثالث",
            "Deux avis contraires : un troisième agent tranche",
            "Two officers disagree: a third decides",
        ),
        _C.ASKED: Text4(
            "في انتظار ما طلب من المعني بالأمر",
            "Attend ce qui a été demandé à la personne",
            "Waits for what was asked of the person",
        ),
        _C.CLOSED: Text4("مغلق", "Clos", "Closed", context="case"),
    },
)
