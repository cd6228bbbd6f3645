"""Writes of biometrics: captures and exceptions of a deposit; what the engine is asked and answers."""

from sijil.domains.biometrics.services.captures import (
    erase_captures,
    freeze_captures,
    judge_capture,
    record_exception,
    require_captures,
    store_capture,
    take_image,
)
from sijil.domains.biometrics.services.engine import (
    ask,
    ask_due,
    forget_reference,
    record_answers,
    request_comparison,
    revive_refused,
)

__all__ = [
    "ask",
    "ask_due",
    "erase_captures",
    "forget_reference",
    "freeze_captures",
    "judge_capture",
    "record_answers",
    "record_exception",
    "request_comparison",
    "require_captures",
    "revive_refused",
    "store_capture",
    "take_image",
]
