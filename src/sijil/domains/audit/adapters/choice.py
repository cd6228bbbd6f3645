"""The signer of this installation."""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from sijil.domains.audit.adapters import Seal
from sijil.domains.audit.adapters.file_seal import FileSeal


def seal() -> Seal:
    """Return the signer: keys below the installation's folder, one head for each database."""
    return FileSeal(settings.HOME / "keys" / "audit", str(connection.settings_dict["NAME"]))
