"""Outside systems of biometrics: the recognition engine, chosen by ``SIJIL_ABIS``."""

from __future__ import annotations

from sijil.domains.biometrics.adapters.abis import Abis
from sijil.kernel.adapters import Port

ENGINES = Port[Abis]("abis", Abis, {"embedded": "sijil.domains.biometrics.adapters.embedded:EmbeddedTwin"})
