"""What is done with a grievance, in the words of the page "who consulted my file"."""

from __future__ import annotations

from sijil.kernel.acts import Act, declare
from sijil.kernel.texts import Text4


def _act(code: str, ar: str, fr: str, en: str, *, reads: bool = False) -> Act:
    basis = "Law 55-19, article 19 (a decision can be contested)"
    return declare(code, Text4(ar, fr, en), purpose="adjudication", basis=basis, reads=reads)


RECEIVED = _act(
    "grievance.received",
    "تسلم اعتراضكم على القرار.",
    "A reçu votre réclamation contre la décision.",
    "Received what you say against the decision.",
)
UPHELD = _act(
    "grievance.upheld",
    "درس اعتراضكم من جديد وأبقى على القرار.",
    "A réexaminé votre dossier et maintenu la décision.",
    "Looked at your file anew and let the decision stand.",
)
REVERSED = _act(
    "grievance.reversed",
    "درس اعتراضكم من جديد وألغى القرار.",
    "A réexaminé votre dossier et annulé la décision.",
    "Looked at your file anew and reversed the decision.",
)
READ = _act(
    "grievance.read",
    "قرأ اعتراضكم على القرار.",
    "A lu votre réclamation contre la décision.",
    "Read what you say against the decision.",
    reads=True,
)
