"""Writes of scoring."""

from __future__ import annotations

from sijil.domains.scoring.services.bulk import record_scores
from sijil.domains.scoring.services.record import record_score
from sijil.domains.scoring.services.recorded import use_listener
from sijil.domains.scoring.services.rescore import rescore, start_rescoring

__all__ = ["record_score", "record_scores", "rescore", "start_rescoring", "use_listener"]
