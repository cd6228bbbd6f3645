"""Messages as files below ``SIJIL_HOME/messages``, one each, named by their key: for a gateway run by others.

The files are in clear until the other side takes them, so the folder is readable by its owner only.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import asdict
from pathlib import Path

from django.conf import settings

from sijil.domains.notifications.adapters import GatewayFailed
from sijil.domains.notifications.types import Outgoing, Taken
from sijil.kernel.files import put


class FileGateway:
    """Write, then rename: a reader never sees half a message, and a second try replaces the first."""

    def send(self, message: Outgoing, *, now: dt.datetime) -> Taken:
        folder = Path(settings.HOME) / "messages"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            place = folder / f"{message.key}.json"
            told = {**asdict(message), "key": str(message.key), "at": now.isoformat()}
            put(place, json.dumps(told, ensure_ascii=False).encode())
        except OSError as error:
            raise GatewayFailed(f"file: {os.strerror(error.errno or 0)}") from error
        return Taken(place.name)
