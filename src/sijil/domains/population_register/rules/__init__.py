"""Pure decisions of the population register."""

from __future__ import annotations

from sijil.domains.population_register.rules.identity import (
    check_birth,
    check_identity,
    check_names,
    compared_of,
    differences,
    form_of,
    form_on,
    is_asked,
    is_compared,
    is_ticked,
    read_field,
    read_identity,
    values_of,
    with_corrections,
)
from sijil.domains.population_register.rules.law import (
    DELAYS,
    FORM,
    OptionText,
    PageText,
    PersonField,
    PersonForm,
    Reasons,
    reason_words,
    reasons,
)
from sijil.domains.population_register.rules.words import NO_NAME, NOTHING, field_words, proof_words

__all__ = [
    "DELAYS",
    "FORM",
    "NOTHING",
    "NO_NAME",
    "OptionText",
    "PageText",
    "PersonField",
    "PersonForm",
    "Reasons",
    "check_birth",
    "check_identity",
    "check_names",
    "compared_of",
    "differences",
    "field_words",
    "form_of",
    "form_on",
    "is_asked",
    "is_compared",
    "is_ticked",
    "proof_words",
    "read_field",
    "read_identity",
    "reason_words",
    "reasons",
    "values_of",
    "with_corrections",
]
