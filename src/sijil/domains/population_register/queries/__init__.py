"""Reads of the population register.

``records``      without identity: whoever needs no name opens none
``identities``   opened for somebody: act, actor and time are given, an entry is written for each person shown
``history``      what the register said of a person, on a day and ever; an entry is written
``filiation``    who is whose child, without names
``re_enrolment``  whose irises are due, without identity
``runs``         opened by a machine that shows nobody: one entry at the end
``witnesses``    who attests a file without papers
``waiting``      without identity: what waits, since when, and how long the others waited
"""

from sijil.domains.population_register.queries.filiation import list_children, list_parents
from sijil.domains.population_register.queries.history import find_identity, list_versions
from sijil.domains.population_register.queries.identities import (
    asked_persons,
    find_person,
    get_person,
    get_request,
    list_files,
    list_persons,
    list_requests,
    list_waiting,
)
from sijil.domains.population_register.queries.proof import iter_unsealed, list_unwitnessed
from sijil.domains.population_register.queries.re_enrolment import (
    find_re_enrolment,
    list_due_at,
    list_numbers_of_re_enrolment,
    list_re_enrolments_of,
    list_to_end,
    list_to_open,
    list_uncompared,
)
from sijil.domains.population_register.queries.records import (
    count_deposited,
    count_persons,
    count_waiting,
    find_addressee,
    find_addressee_by_id,
    find_draft,
    find_key,
    find_key_of,
    find_record,
    find_record_by_id,
    find_request_record,
    find_requests,
    find_status,
    get_addressee,
    get_idcs,
    get_record,
    get_request_record,
    get_status,
    has_request,
    is_standing,
    is_standing_state,
    list_addressees,
    list_records,
    list_request_records,
    list_stuck,
    list_subjects,
    require_standing,
    state_of,
    tag_of,
)
from sijil.domains.population_register.queries.runs import Run
from sijil.domains.population_register.queries.waiting import find_turn, list_standstills
from sijil.domains.population_register.queries.witnesses import has_witnesses, list_attestations

__all__ = [
    "Run",
    "asked_persons",
    "count_deposited",
    "count_persons",
    "count_waiting",
    "find_addressee",
    "find_addressee_by_id",
    "list_addressees",
    "list_attestations",
    "find_draft",
    "find_identity",
    "find_key",
    "find_key_of",
    "find_person",
    "find_re_enrolment",
    "find_record",
    "find_record_by_id",
    "find_request_record",
    "find_requests",
    "find_status",
    "find_turn",
    "get_addressee",
    "get_idcs",
    "get_person",
    "get_record",
    "get_request",
    "get_request_record",
    "get_status",
    "has_request",
    "has_witnesses",
    "is_standing",
    "iter_unsealed",
    "list_children",
    "list_due_at",
    "list_files",
    "list_numbers_of_re_enrolment",
    "list_parents",
    "list_persons",
    "list_re_enrolments_of",
    "list_unwitnessed",
    "list_records",
    "list_to_end",
    "list_to_open",
    "list_uncompared",
    "require_standing",
    "list_request_records",
    "list_requests",
    "list_standstills",
    "list_stuck",
    "list_subjects",
    "list_versions",
    "list_waiting",
    "is_standing_state",
    "state_of",
    "tag_of",
]
