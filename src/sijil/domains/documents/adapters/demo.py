"""The demonstration's scanner: it finds the EICAR test file alone, which every scanner takes for a virus."""

from __future__ import annotations

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class DemoScanner:
    is_twin = True

    def find_virus(self, content: bytes) -> str:
        return "Eicar-Test-Signature" if EICAR in content else ""
