"""Person: pre-registration → deposit → comparison with everyone known → IDCS, or two officers decide.

Read from top to bottom: each function is one step, in order, and one short transaction. The comparison
runs in the worker, between the deposit and the decision, never inside either.

    contact            portal, API            ask_code, confirm_code   telephone or e-mail    → proof
    pre_registration   portal, counter, API   pre_register     form + papers + proof + slot   → number
    births             worker                 a birth told by the civil register opens the child's file
    counter            officer of the centre  correct, compare_papers, capture, ask_for_paper,
                                              deposit, refuse                                → receipt
    residence          officer of the centre  receive_elsewhere  why, where the person lives elsewhere
    witnesses          officer of the centre  two registered persons attest who has no paper
    comparison         worker                 compare          keys in both scripts            → stored result
                       recognition engine     record_answers   who has the same face or iris   → stored answer
                                              resolve          nobody alike → IDCS;  somebody alike → case
    adjudication       back office            adjudicate       two officers agree → IDCS, or it is closed
    asking             portal, counter        send_asked       they could not tell: what was asked comes, or
                       worker                 return_unanswered  its day passes; the case is decided anew
    re_enrolment       worker, officer        irises of a child who is of age for them, compared anew
    recheck            worker                 follow_identity  a person was corrected: compared anew

``notices`` writes to the person at each step that the table of the request names; ``numbering`` issues the
IDCS.
"""

from sijil.journeys.person_enrolment.adjudication import (
    Side,
    adjudicate,
    find_next_case,
    get_case,
    list_cases,
    list_work,
    read_case,
    read_files,
    read_image,
    speaks,
)
from sijil.journeys.person_enrolment.asking import (
    list_asked,
    list_sent,
    read_sent,
    receive_asked,
    receive_at_desk,
    return_unanswered,
    send_asked,
)
from sijil.journeys.person_enrolment.comparison import (
    MATCHER,
    compare,
    forget_old_drafts,
    list_refused,
    record_answers,
    resolve,
    revive_refused,
    sweep,
)
from sijil.journeys.person_enrolment.contact import CodeAsked, ask_code, confirm_code, contact_of
from sijil.journeys.person_enrolment.counter import (
    ask_for_paper,
    capture,
    compare_papers,
    correct,
    deposit,
    excuse_capture,
    is_card_elsewhere,
    list_messages,
    list_missing_papers,
    read_captures,
    read_desk,
    read_file,
    read_paper,
    read_picture,
    refuse,
    search,
)
from sijil.journeys.person_enrolment.notices import remind_due
from sijil.journeys.person_enrolment.pre_registration import (
    Paper,
    add_paper,
    cancel_appointment,
    find_draft,
    is_submitted,
    list_centres,
    list_papers,
    move_appointment,
    pre_register,
    read_own_paper,
    remove_paper,
    save_draft,
    start_draft,
    start_draft_like,
    withdraw,
)
from sijil.journeys.person_enrolment.re_enrolment import (
    ReEnrolmentFile,
    compare_again,
    excuse_picture,
    list_due,
    open_due,
    read_re_enrolment,
    read_re_enrolment_picture,
    receive_re_enrolment,
    resolve_again,
    sweep_re_enrolments,
    take_picture,
)
from sijil.journeys.person_enrolment.residence import Why, find_elsewhere, is_served, receive_elsewhere
from sijil.journeys.person_enrolment.witnesses import (
    Named,
    ask_witness_code,
    list_witnesses,
    name_witness,
    remove_witness,
    sign_at_counter,
    sign_by_code,
)

__all__ = [
    "MATCHER",
    "CodeAsked",
    "Named",
    "Paper",
    "Side",
    "Why",
    "add_paper",
    "adjudicate",
    "ask_code",
    "ask_for_paper",
    "ask_witness_code",
    "cancel_appointment",
    "capture",
    "compare",
    "compare_papers",
    "confirm_code",
    "contact_of",
    "correct",
    "deposit",
    "excuse_capture",
    "find_draft",
    "find_elsewhere",
    "find_next_case",
    "forget_old_drafts",
    "get_case",
    "is_card_elsewhere",
    "is_served",
    "is_submitted",
    "list_asked",
    "list_cases",
    "list_centres",
    "list_messages",
    "list_missing_papers",
    "list_papers",
    "list_refused",
    "list_witnesses",
    "list_sent",
    "list_work",
    "move_appointment",
    "name_witness",
    "pre_register",
    "read_captures",
    "record_answers",
    "read_case",
    "read_desk",
    "read_file",
    "read_files",
    "read_image",
    "read_own_paper",
    "read_paper",
    "read_picture",
    "read_sent",
    "receive_asked",
    "receive_at_desk",
    "receive_elsewhere",
    "refuse",
    "remind_due",
    "remove_paper",
    "remove_witness",
    "resolve",
    "return_unanswered",
    "revive_refused",
    "save_draft",
    "search",
    "sign_at_counter",
    "sign_by_code",
    "send_asked",
    "speaks",
    "start_draft",
    "start_draft_like",
    "sweep",
    "ReEnrolmentFile",
    "compare_again",
    "excuse_picture",
    "list_due",
    "open_due",
    "read_re_enrolment",
    "read_re_enrolment_picture",
    "receive_re_enrolment",
    "resolve_again",
    "sweep_re_enrolments",
    "take_picture",
    "withdraw",
]
