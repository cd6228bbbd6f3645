"""The signer of this installation."""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from sijil.domains.audit.adapters import SEALS, Seal


def seal() -> Seal:
    """Return the signer: keys below the installation's folder, one head for each database."""
    folder, name = settings.HOME / "keys" / "audit", str(connection.settings_dict["NAME"])
    return SEALS.make(SEALS.chosen(), folder, name)
