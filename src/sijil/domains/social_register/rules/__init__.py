"""Decisions of the social register: pure functions over values; no table, no clock, no Django."""

from sijil.domains.social_register.rules.answers import is_asked, offered_options, parse, problem_of
from sijil.domains.social_register.rules.completeness import (
    block_problems,
    member_problems,
    problems,
    read_fields,
    read_household,
    read_members,
)
from sijil.domains.social_register.rules.completion import (
    Who,
    complete_household,
    complete_member,
    completion_problems,
    household_problems,
    open_fields,
    open_questions,
)
from sijil.domains.social_register.rules.composition import (
    check_declarant,
    composition_problems,
    head_of,
    married_alone,
)
from sijil.domains.social_register.rules.delays import delay
from sijil.domains.social_register.rules.derive import (
    MILIEU,
    Declarations,
    Derived,
    count_nuclei,
    derive,
    is_single_or_couple,
    iter_due,
    refusal_of,
)
from sijil.domains.social_register.rules.form import composition_on, form_of, form_on, read_form
from sijil.domains.social_register.rules.law import Composition
from sijil.domains.social_register.rules.lift import (
    derive_lifted,
    form_to_complete,
    iter_open,
    lift,
    read_by,
)
from sijil.domains.social_register.rules.packing import (
    BIRTH,
    NONE,
    ages_on,
    last_of_year,
    layout_of,
    pack_births,
    pack_household,
    pack_members,
    unpack_births,
)
from sijil.domains.social_register.rules.reasons import DOUBTS, REASONS, REJECTIONS

__all__ = [
    "BIRTH",
    "DOUBTS",
    "MILIEU",
    "NONE",
    "REASONS",
    "REJECTIONS",
    "Composition",
    "Declarations",
    "Derived",
    "Who",
    "ages_on",
    "block_problems",
    "check_declarant",
    "complete_household",
    "complete_member",
    "completion_problems",
    "composition_on",
    "composition_problems",
    "count_nuclei",
    "delay",
    "derive",
    "derive_lifted",
    "form_of",
    "form_on",
    "form_to_complete",
    "head_of",
    "household_problems",
    "is_asked",
    "is_single_or_couple",
    "iter_due",
    "iter_open",
    "last_of_year",
    "layout_of",
    "lift",
    "married_alone",
    "member_problems",
    "offered_options",
    "open_fields",
    "open_questions",
    "pack_births",
    "pack_household",
    "pack_members",
    "parse",
    "problem_of",
    "problems",
    "read_by",
    "read_fields",
    "read_form",
    "read_household",
    "read_members",
    "refusal_of",
    "unpack_births",
]
