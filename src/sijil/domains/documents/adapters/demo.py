"""The demonstration's scanner. It is no virus scanner: it looks for two test signatures and nothing else.

The EICAR test file, which every scanner takes for a virus, and a signature of our own, which a real clamd
knows when it is given the line of docs/how-to/scan-for-viruses.md.
"""

from __future__ import annotations

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
OWN = b"SIJIL-TEST-SIGNATURE-" + b"4b1f7e0a"
_KNOWN = {EICAR: "Eicar-Test-Signature", OWN: "Sijil.Test.Own"}


class DemoScanner:
    is_twin = True

    def find_virus(self, content: bytes) -> str:
        return next((name for signature, name in _KNOWN.items() if signature in content), "")
