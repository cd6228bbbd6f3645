"""Virus scan of papers, chosen by ``SIJIL_VIRUS_SCAN``. It is asked before a transaction is opened."""

from __future__ import annotations

from typing import Protocol

from sijil.kernel.adapters import Port


class Scanner(Protocol):
    """What looks for viruses."""

    def find_virus(self, content: bytes) -> str:
        """Return the name of what was found, "" for nothing, within half a minute. Raises: ScanFailed."""
        ...


class ScanFailed(Exception):
    """Nothing is known about the file. The reason is logged: it holds nothing of the file."""


SCANNERS = Port[Scanner](
    "virus_scan",
    Scanner,
    {
        "demo": "sijil.domains.documents.adapters.demo:DemoScanner",
        "clamd": "sijil.domains.documents.adapters.clamd:ClamdScanner",
    },
)
