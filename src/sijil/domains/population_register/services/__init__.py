"""Writes of the population register.

``requests``  enrolment requests and their drafts       ``persons``  numbers, states, loading
``identity``  what the register says of a person, changed from a day on
``re_enrolment``  irises of who was registered as a child
``witnesses`` of a file without papers                  ``filiation``  who is whose child
"""

from sijil.domains.population_register.services.filiation import keep_told
from sijil.domains.population_register.services.identity import change_identity, weigh_change
from sijil.domains.population_register.services.open_requests import has_card_open, require_room
from sijil.domains.population_register.services.papers import list_missing_papers
from sijil.domains.population_register.services.persons import (
    PERSONS,
    change_person_state,
    copy_persons,
    hold_persons,
    issue,
    lock_person,
    require_keeper,
)
from sijil.domains.population_register.services.re_enrolment import (
    RE_ENROLMENTS,
    choose_centre,
    end_re_enrolment,
    finish_re_enrolment,
    lock_re_enrolment,
    move_re_enrolment,
    open_re_enrolment,
    plan_re_enrolment,
    receive_re_enrolment,
    require_re_enrolment,
    require_receiver,
)
from sijil.domains.population_register.services.requests import (
    REQUESTS,
    bring_papers,
    compare_papers,
    correct_identity,
    deposit_request,
    flag_duplicate,
    forget_drafts,
    lock_request,
    register_person,
    reject_request,
    remove_paper,
    request_papers,
    require,
    require_officer,
    save_draft,
    set_centre,
    start_draft,
    submit_request,
    withdraw_request,
)
from sijil.domains.population_register.services.witnesses import (
    name_witness,
    remove_witness,
    require_witnesses,
    sign_at_counter,
    sign_by_code,
)

__all__ = [
    "PERSONS",
    "RE_ENROLMENTS",
    "REQUESTS",
    "bring_papers",
    "change_identity",
    "change_person_state",
    "choose_centre",
    "compare_papers",
    "copy_persons",
    "correct_identity",
    "deposit_request",
    "end_re_enrolment",
    "finish_re_enrolment",
    "flag_duplicate",
    "forget_drafts",
    "has_card_open",
    "hold_persons",
    "issue",
    "keep_told",
    "list_missing_papers",
    "lock_person",
    "lock_re_enrolment",
    "lock_request",
    "move_re_enrolment",
    "open_re_enrolment",
    "plan_re_enrolment",
    "receive_re_enrolment",
    "register_person",
    "reject_request",
    "remove_paper",
    "remove_witness",
    "request_papers",
    "name_witness",
    "require",
    "require_keeper",
    "require_re_enrolment",
    "require_receiver",
    "require_officer",
    "require_room",
    "require_witnesses",
    "save_draft",
    "set_centre",
    "sign_at_counter",
    "sign_by_code",
    "start_draft",
    "submit_request",
    "weigh_change",
    "withdraw_request",
]
