"""Decisions of the social register: pure functions over values; no table, no clock, no Django."""

from sijil.domains.social_register.rules.answers import is_asked, offered_options, parse, problem_of
from sijil.domains.social_register.rules.completeness import (
    block_problems,
    member_problems,
    problems,
    read_household,
    read_members,
)
from sijil.domains.social_register.rules.composition import (
    check_declarant,
    composition_problems,
    count_nuclei,
    head_of,
)
from sijil.domains.social_register.rules.derivation import at_ages, inputs
from sijil.domains.social_register.rules.form import composition_on, form_of, form_on, read_form
from sijil.domains.social_register.rules.law import Composition

__all__ = [
    "Composition",
    "at_ages",
    "block_problems",
    "check_declarant",
    "composition_problems",
    "composition_on",
    "count_nuclei",
    "form_of",
    "form_on",
    "head_of",
    "inputs",
    "is_asked",
    "member_problems",
    "offered_options",
    "parse",
    "problem_of",
    "problems",
    "read_form",
    "read_household",
    "read_members",
]
