"""Writes of matching: compare with everyone known; open, decide, overturn cases; ask the person for more."""

from sijil.domains.matching.services.asks import answer, return_unanswered
from sijil.domains.matching.services.cases import decide, lock_pairs, open_case, overturn
from sijil.domains.matching.services.comparing import (
    Load,
    compare,
    copy_keys,
    forget_subject,
    index_subject,
)
from sijil.domains.matching.services.files import CASES

__all__ = [
    "CASES",
    "Load",
    "answer",
    "compare",
    "copy_keys",
    "decide",
    "forget_subject",
    "index_subject",
    "lock_pairs",
    "open_case",
    "overturn",
    "return_unanswered",
]
