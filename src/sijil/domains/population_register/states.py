"""The states of an enrolment request and of a person: tables, drawn in ``docs/journeys``."""

from __future__ import annotations

from enum import StrEnum

from sijil.domains.population_register import acts
from sijil.kernel.acts import Act
from sijil.kernel.casework import END, RESUME, STOP, Kind, Role, Start, Transition
from sijil.kernel.casework.table import opening
from sijil.kernel.texts import Text4


class RequestState(StrEnum):
    PRE_REGISTERED = "pre_registered"
    PAPERS_REQUESTED = "papers_requested"
    DEPOSITED = "deposited"
    IN_ADJUDICATION = "in_adjudication"
    REGISTERED = "registered"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class ReEnrolmentState(StrEnum):
    AWAITED = "awaited"
    DUE = "due"
    RECEIVED = "received"
    COMPARED = "compared"
    ENDED = "ended"


class PersonState(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    DECEASED = "deceased"


R = RequestState
HOLDER, OFFICER, SECOND, SYSTEM = Role.HOLDER, Role.OFFICER, Role.SECOND_OFFICER, Role.SYSTEM

UNDECIDED = (R.DEPOSITED, R.IN_ADJUDICATION)
"""Of a file that was received, and about which nothing is decided."""

# Codes of ``parameters/reasons.yaml``, which has their words (a test compares).
COUNTER_REASONS = ("papers_do_not_match", "not_resident", "other_file_open")
PAPER_REASONS = ("identity_paper_missing", "paper_unreadable", "paper_expired", "guardianship_missing")
DUPLICATE = "duplicate"
SIMILAR = "similar_person_known"
IDENTITY_REASONS = ("written_wrongly", "civil_status_act", "moved", "contact_changed", "paper_renewed")


def _at_the_desk(action: str, act: Act) -> tuple[Transition, ...]:
    """Return the step that an officer takes in an open file without moving it."""
    return tuple(
        Transition(action, (s,), s, by=(OFFICER,), act=act) for s in (R.PRE_REGISTERED, R.PAPERS_REQUESTED)
    )


# Delays are names of the law ``population_register.delays``. While a paper is asked for, the clock stands.
REQUEST = Kind(
    "enrolment",
    RequestState,
    opening=opening(
        "submit",
        R.PRE_REGISTERED,
        by=(HOLDER, OFFICER, SYSTEM),
        act=acts.PRE_REGISTERED,
        clock=Start("kept"),
        notice="pre_registration_received",
    ),
    transitions=(
        *_at_the_desk("correct", acts.CORRECTED),
        *_at_the_desk("compare_papers", acts.PAPERS_COMPARED),
        *_at_the_desk("name_witness", acts.WITNESS_NAMED),
        *_at_the_desk("sign_witness", acts.WITNESS_SIGNED),
        *_at_the_desk("remove_witness", acts.WITNESS_REMOVED),
        Transition(
            "request_papers",
            (R.PRE_REGISTERED,),
            R.PAPERS_REQUESTED,
            by=(OFFICER,),
            act=acts.PAPER_ASKED,
            clock=STOP,
            reasons=PAPER_REASONS,
            notice="papers_requested",
        ),
        Transition(
            "bring_papers",
            (R.PAPERS_REQUESTED,),
            R.PRE_REGISTERED,
            by=(HOLDER, OFFICER),
            act=acts.PAPER_BROUGHT,
            clock=RESUME,
        ),
        Transition(
            "remove_paper",
            (R.PAPERS_REQUESTED,),
            R.PAPERS_REQUESTED,
            by=(HOLDER,),
            act=acts.PAPER_TAKEN_BACK,
        ),
        Transition(
            "deposit",
            (R.PRE_REGISTERED, R.PAPERS_REQUESTED),
            R.DEPOSITED,
            by=(OFFICER,),
            act=acts.DEPOSITED,
            clock=Start("number"),
            notice="deposit_received",
        ),
        Transition(
            "flag_duplicate",
            (R.DEPOSITED,),
            R.IN_ADJUDICATION,
            by=(SYSTEM,),
            act=acts.SENT_TO_ADJUDICATION,
            clock=Start("adjudication"),
            reasons=(SIMILAR,),
            notice="request_in_review",
        ),
        *(
            Transition(
                "register",
                (source,),
                R.REGISTERED,
                by=(role,),
                act=acts.NUMBER_ISSUED,
                clock=END,
                notice="idcs_issued",
            )
            for source, role in ((R.DEPOSITED, SYSTEM), (R.IN_ADJUDICATION, SECOND))
        ),
        *(
            Transition(
                "reject",
                sources,
                R.REJECTED,
                by=(role,),
                act=acts.REFUSED,
                clock=END,
                reasons=reasons,
                notice="request_rejected",
            )
            for sources, role, reasons in (
                ((R.PRE_REGISTERED, R.PAPERS_REQUESTED), OFFICER, COUNTER_REASONS),
                ((R.IN_ADJUDICATION,), SECOND, (DUPLICATE,)),
            )
        ),
        Transition(
            "withdraw",
            (R.PRE_REGISTERED, R.PAPERS_REQUESTED),
            R.WITHDRAWN,
            by=(HOLDER, OFFICER, SYSTEM),
            act=acts.WITHDRAWN,
            clock=END,
        ),
    ),
    waits_on={
        R.PRE_REGISTERED: HOLDER,
        R.PAPERS_REQUESTED: HOLDER,
        R.DEPOSITED: SYSTEM,
        R.IN_ADJUDICATION: SECOND,
    },
    title=Text4(
        "طلب التقييد في السجل الوطني للسكان", "Demande d’inscription d’une personne", "Enrolment request"
    ),
    says={
        R.PRE_REGISTERED: Text4(
            "تسجيل مسبق، في انتظار الحضور إلى المركز",
            "Préinscription faite, passage au centre attendu",
            "Pre-registered, expected at the centre",
        ),
        R.PAPERS_REQUESTED: Text4("وثيقة ناقصة", "Il manque une pièce", "A paper is missing"),
        R.DEPOSITED: Text4(
            "الملف مودع وهو قيد المقارنة",
            "Dossier déposé, comparaison en cours",
            "File deposited, being compared",
        ),
        R.IN_ADJUDICATION: Text4(
            "قيد الدراسة من طرف موظفين", "À l’examen par deux agents", "Being looked at by two officers"
        ),
        R.REGISTERED: Text4(
            "مسجل: تم إصدار المعرف",
            "Inscription faite : l’identifiant est attribué",
            "Registered: the identifier has been issued",
        ),
        R.REJECTED: Text4("مرفوض", "Refusé", "Refused"),
        R.WITHDRAWN: Text4("مسحوب", "Retiré", "Withdrawn"),
    },
)

E = ReEnrolmentState
RE_ENROLMENT = Kind(
    "re_enrolment",
    ReEnrolmentState,
    opening=opening("plan", E.AWAITED, by=(SYSTEM, SECOND), act=acts.RE_ENROLMENT_PLANNED),
    transitions=(
        Transition(
            "open",
            (E.AWAITED,),
            E.DUE,
            by=(SYSTEM,),
            act=acts.RE_ENROLMENT_OPENED,
            clock=Start("irises"),
            notice="irises_due",
        ),
        Transition(
            "choose_centre", (E.DUE,), E.DUE, by=(HOLDER, OFFICER), act=acts.RE_ENROLMENT_CENTRE_CHOSEN
        ),
        Transition(
            "receive",
            (E.DUE,),
            E.RECEIVED,
            by=(OFFICER,),
            act=acts.RE_ENROLMENT_RECEIVED,
            clock=Start("number"),
        ),
        Transition(
            "finish",
            (E.RECEIVED,),
            E.COMPARED,
            by=(SYSTEM,),
            act=acts.RE_ENROLMENT_COMPARED,
            clock=END,
            notice="irises_kept",
        ),
        Transition("end", (E.AWAITED, E.DUE), E.ENDED, by=(SYSTEM,), act=acts.RE_ENROLMENT_ENDED, clock=END),
    ),
    waits_on={E.DUE: HOLDER, E.RECEIVED: SYSTEM},
    rests=(E.AWAITED,),
    title=Text4(
        "التقاط القزحية عند بلوغ السن القانوني",
        "Capture des iris à l’âge légal",
        "Irises at the age of the law",
    ),
    says={
        E.AWAITED: Text4("لم يبلغ السن بعد", "Âge pas encore atteint", "Not of age for it yet"),
        E.DUE: Text4(
            "حضور الطفل إلى المركز مطلوب",
            "Passage de l’enfant au centre attendu",
            "The child is expected at the centre",
        ),
        E.RECEIVED: Text4(
            "تم الالتقاط والمقارنة جارية",
            "Images prises, comparaison en cours",
            "Pictures taken, being compared",
        ),
        E.COMPARED: Text4("تم: لا شيء عليكم", "Terminé : rien à faire", "Done: nothing to do"),
        E.ENDED: Text4("بدون موضوع", "Sans objet", "Closed without a capture"),
    },
)

P = PersonState
PERSON = Kind(
    "person",
    PersonState,
    opening=opening("register", P.ACTIVE, by=(SYSTEM, SECOND), act=acts.REGISTERED),
    transitions=(
        *(
            Transition(
                "correct", (s,), s, by=(OFFICER, SYSTEM), act=acts.IDENTITY_CHANGED, reasons=IDENTITY_REASONS
            )
            for s in P
        ),
        Transition("suspend", (P.ACTIVE,), P.SUSPENDED, by=(OFFICER,), act=acts.SUSPENDED),
        Transition("reactivate", (P.SUSPENDED,), P.ACTIVE, by=(OFFICER,), act=acts.REACTIVATED),
        Transition(
            "declare_death",
            (P.ACTIVE, P.SUSPENDED),
            P.DECEASED,
            by=(OFFICER, SYSTEM),
            act=acts.DEATH_DECLARED,
        ),
        *(
            Transition(action, (P.DECEASED,), state, by=(SYSTEM,), act=acts.DEATH_ANNULLED)
            for action, state in (("annul_death", P.ACTIVE), ("annul_death_of_suspended", P.SUSPENDED))
        ),
    ),
    waits_on={},
    rests=(P.ACTIVE, P.SUSPENDED, P.DECEASED),
    title=Text4("شخص مسجل", "Personne inscrite", "Registered person"),
)
