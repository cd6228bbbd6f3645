"""The states of a registration, a household, a request to complete and the check of a score, as tables."""

from __future__ import annotations

from enum import StrEnum

from sijil.domains.social_register import acts
from sijil.domains.social_register.rules.reasons import DOUBTS, REJECTIONS
from sijil.kernel.casework import END, Kind, Role, Start, Transition
from sijil.kernel.casework.table import opening
from sijil.kernel.texts import Text4


class RegistrationState(StrEnum):
    DRAFTED = "drafted"
    SUBMITTED = "submitted"
    PROCESSED = "processed"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class HouseholdState(StrEnum):
    DECLARED = "declared"
    ACTIVE = "active"
    CLOSED = "closed"


class CompletionState(StrEnum):
    ASKED = "asked"
    COMPLETED = "completed"
    LAPSED = "lapsed"


class ReviewState(StrEnum):
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    LAPSED = "lapsed"


_R = RegistrationState
_H = HouseholdState
_C = CompletionState
_V = ReviewState
_DECLARANT = (Role.DECLARANT, Role.DELEGATE, Role.OFFICER)
_SYSTEM, _OFFICER = Role.SYSTEM, Role.OFFICER

# The delay for the answer runs from the sending to the decision; setting aside neither stops nor renews it:
# the law gives sixty days for the answer, whoever looks at the file meanwhile.
REGISTRATION = Kind(
    "registration",
    RegistrationState,
    opening=opening("start", _R.DRAFTED, by=_DECLARANT, act=acts.STARTED),
    transitions=(
        Transition(
            "submit",
            (_R.DRAFTED,),
            _R.SUBMITTED,
            by=_DECLARANT,
            act=acts.SUBMITTED,
            clock=Start("answer"),
        ),
        Transition("withdraw", (_R.DRAFTED,), _R.WITHDRAWN, by=_DECLARANT, act=acts.WITHDRAWN),
        Transition(
            "process",
            (_R.SUBMITTED, _R.QUARANTINED),
            _R.PROCESSED,
            by=(_SYSTEM, _OFFICER),
            act=acts.PROCESSED,
            clock=END,
            notice="household_scored",
        ),
        Transition(
            "quarantine",
            (_R.SUBMITTED,),
            _R.QUARANTINED,
            by=(_SYSTEM,),
            act=acts.QUARANTINED,
            reasons=tuple(DOUBTS),
            notice="household_in_review",
        ),
        Transition(
            "reject",
            (_R.SUBMITTED, _R.QUARANTINED),
            _R.REJECTED,
            by=(_OFFICER,),
            act=acts.REJECTED,
            clock=END,
            reasons=tuple(REJECTIONS),
            notice="household_rejected",
        ),
    ),
    waits_on={_R.DRAFTED: Role.DECLARANT, _R.SUBMITTED: _SYSTEM, _R.QUARANTINED: _OFFICER},
    title=Text4("طلب تسجيل الأسرة", "Demande d’inscription d’un ménage", "Household registration"),
    says={
        _R.DRAFTED: Text4("قيد الملء", "En cours de saisie", "Being filled in"),
        _R.SUBMITTED: Text4(
            "مرسل وهو قيد المعالجة", "Envoyé, en cours de traitement", "Sent, being processed"
        ),
        _R.PROCESSED: Text4(
            "تمت المعالجة: المؤشر متوفر", "Traité : l’indice est connu", "Processed: the score is known"
        ),
        _R.QUARANTINED: Text4(
            "موضوع جانبا: النتيجة غير معتادة",
            "Mis de côté : le résultat est inhabituel",
            "Set aside: the result is unusual",
        ),
        _R.REJECTED: Text4("مرفوض", "Refusé", "Refused"),
        _R.WITHDRAWN: Text4("مسحوب", "Retiré", "Withdrawn"),
    },
)

# A household waits for nobody: its registration does.
HOUSEHOLD = Kind(
    "household",
    HouseholdState,
    opening=opening("declare", _H.DECLARED, by=_DECLARANT, act=acts.OPENED),
    transitions=(
        Transition("activate", (_H.DECLARED,), _H.ACTIVE, by=(_SYSTEM, _OFFICER), act=acts.ACTIVATED),
        Transition("close", (_H.DECLARED, _H.ACTIVE), _H.CLOSED, by=(_OFFICER,), act=acts.CLOSED),
    ),
    waits_on={},
    rests=(_H.DECLARED, _H.ACTIVE),
    says={
        _H.DECLARED: Text4(
            "توصلنا بها وهي قيد المعالجة", "Reçu, en cours de traitement", "Received, being processed"
        ),
        _H.ACTIVE: Text4("مفعلة", "Actif", "Active", "ⵉⵔⵎⵙ", context="household"),
        _H.CLOSED: Text4("مغلقة", "Clos", "Closed", "ⵉⵇⵇⵏ", context="household"),
    },
)

# Asked when a question fell due by age, or a newer form asks one that counts; who declared, or the head,
# answers. Nothing is lost at the end of the delay: the member keeps the age class of the last declaration,
# the household its last score, until somebody answers; it shows as late, and lists wait for it no longer.
COMPLETION = Kind(
    "completion",
    CompletionState,
    opening=opening(
        "ask",
        _C.ASKED,
        by=(_SYSTEM,),
        act=acts.COMPLETION_ASKED,
        clock=Start("completion"),
        notice="household_asked",
    ),
    transitions=(
        Transition(
            "complete",
            (_C.ASKED,),
            _C.COMPLETED,
            by=(Role.DECLARANT, Role.HEAD, Role.DELEGATE),
            act=acts.COMPLETED,
            clock=END,
        ),
        Transition("lapse", (_C.ASKED,), _C.LAPSED, by=(_SYSTEM,), act=acts.COMPLETION_LAPSED, clock=END),
    ),
    waits_on={_C.ASKED: Role.DECLARANT},
    title=Text4("طلب استكمال تصريح", "Demande de complément", "Request to complete a declaration"),
    says={
        _C.ASKED: Text4("في انتظار أجوبة الأسرة", "Attend les réponses du ménage", "Waits for the answers"),
        _C.COMPLETED: Text4("تم الاستكمال", "Complétée", "Completed"),
        _C.LAPSED: Text4("لم يعد هناك ما يطلب", "Devenue sans objet", "No longer needed"),
    },
)

# The check of a score that was set aside after the registration was processed: by a rescoring, a completion,
# another law. Until then no decision rests on the score. Setting it aside again neither renews nor stops the
# delay; a newer score in the range makes the check needless. Refused, the household is closed and its members
# may register again: nothing else changes a declaration. It shows as late when the delay has passed.
REVIEW = Kind(
    "review",
    ReviewState,
    opening=opening(
        "doubt",
        _V.WAITING,
        by=(_SYSTEM,),
        act=acts.DOUBTED,
        clock=Start("review"),
        notice="score_in_review",
    ),
    transitions=(
        Transition(
            "confirm",
            (_V.WAITING,),
            _V.CONFIRMED,
            by=(_OFFICER,),
            act=acts.REVIEW_CONFIRMED,
            clock=END,
            notice="score_reviewed",
        ),
        Transition(
            "refuse",
            (_V.WAITING,),
            _V.REFUSED,
            by=(_OFFICER,),
            act=acts.REVIEW_REFUSED,
            clock=END,
            reasons=tuple(REJECTIONS),
            notice="score_refused",
        ),
        Transition(
            "lapse",
            (_V.WAITING,),
            _V.LAPSED,
            by=(_SYSTEM,),
            act=acts.REVIEW_LAPSED,
            clock=END,
            notice="score_reviewed",
        ),
    ),
    waits_on={_V.WAITING: _OFFICER},
    title=Text4("مراجعة مؤشر أسرة", "Vérification d’un indice", "Check of a score"),
    says={
        _V.WAITING: Text4("في انتظار مراجعة موظف", "Attend un agent", "Waits for an officer"),
        _V.CONFIRMED: Text4("تم تأكيد المؤشر", "Indice confirmé", "Score confirmed"),
        _V.REFUSED: Text4("لم تقبل الأجوبة", "Réponses refusées", "Answers refused"),
        _V.LAPSED: Text4("لم تعد المراجعة لازمة", "Devenue sans objet", "No longer needed", context="check"),
    },
)
