"""Reads of the programmes."""

from __future__ import annotations

from sijil.domains.programmes.queries.decisions import (
    asked_current_decisions,
    find_last_deciding,
    get_decision_on,
    list_current_decisions,
    list_decisions,
    list_notices,
    replay,
)
from sijil.domains.programmes.queries.figures import SUBJECT, count_households, iter_said, list_unlike
from sijil.domains.programmes.queries.lists import (
    PAGE,
    asker_of,
    checksum_of,
    find_last_list,
    find_ranks,
    find_refusal,
    get_list,
    get_published,
    is_intact,
    iter_csv,
    list_lists,
    list_published,
    list_rows,
    list_unfinished,
)
from sijil.domains.programmes.queries.programmes import (
    decide_all,
    find_end,
    find_newer,
    get_programme,
    list_ended,
    list_programmes,
)

__all__ = [
    "PAGE",
    "SUBJECT",
    "asked_current_decisions",
    "asker_of",
    "checksum_of",
    "count_households",
    "decide_all",
    "find_end",
    "find_last_deciding",
    "find_last_list",
    "find_newer",
    "find_ranks",
    "find_refusal",
    "get_decision_on",
    "get_list",
    "get_programme",
    "get_published",
    "is_intact",
    "iter_csv",
    "iter_said",
    "list_current_decisions",
    "list_decisions",
    "list_ended",
    "list_lists",
    "list_notices",
    "list_programmes",
    "list_published",
    "list_rows",
    "list_unfinished",
    "list_unlike",
    "replay",
]
