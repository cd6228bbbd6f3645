"""The law of grievances: by when an answer is given, and until when one is taken."""

from __future__ import annotations

from pathlib import Path

from sijil.kernel import law

DELAYS = law.declare_delays("grievances", Path(__file__).parents[1] / "parameters/delays")
