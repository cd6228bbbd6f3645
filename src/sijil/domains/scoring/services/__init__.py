"""Writes of scoring."""

from __future__ import annotations

from sijil.domains.scoring.services.bulk import record_scores
from sijil.domains.scoring.services.confirm import confirm_score
from sijil.domains.scoring.services.record import record_score
from sijil.domains.scoring.services.rescore import rescore, start_rescoring

__all__ = ["confirm_score", "record_score", "record_scores", "rescore", "start_rescoring"]
