"""Reads of the log: what a person may see of it, and whether it is whole."""

from sijil.domains.audit.queries.consultations import count_readings, list_consultations
from sijil.domains.audit.queries.entries import (
    find_first,
    find_last_facts,
    list_entries,
    list_facts,
    list_recent,
    list_tallies,
)
from sijil.domains.audit.queries.seals import (
    find_last_root,
    find_proven,
    get_seal_lag,
    prove_entry,
    verify_log,
)

__all__ = [
    "count_readings",
    "find_first",
    "find_last_facts",
    "find_last_root",
    "find_proven",
    "get_seal_lag",
    "list_consultations",
    "list_entries",
    "list_facts",
    "list_recent",
    "list_tallies",
    "prove_entry",
    "verify_log",
]
