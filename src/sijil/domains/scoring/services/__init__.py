"""Writes of scoring."""

from __future__ import annotations

from sijil.domains.scoring.services.confirm import confirm_score
from sijil.domains.scoring.services.record import hold, record_score, record_scores
from sijil.domains.scoring.services.recorded import use_listener
from sijil.domains.scoring.services.rescore import (
    Made,
    Source,
    drop_rescoring,
    preview,
    rescore,
    rescore_some,
    start_rescoring,
)

__all__ = [
    "Made",
    "Source",
    "confirm_score",
    "drop_rescoring",
    "hold",
    "preview",
    "record_score",
    "record_scores",
    "rescore",
    "rescore_some",
    "start_rescoring",
    "use_listener",
]
