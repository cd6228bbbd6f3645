"""What is done with the papers that a person gives."""

from __future__ import annotations

from sijil.kernel.acts import declare
from sijil.kernel.texts import Text4

_BASIS = "Decree 2.21.473, article 3 (papers)"

PAPER_RECEIVED = declare(
    "paper.received",
    Text4("تسلم وثيقة في ملفكم.", "A reçu un papier dans votre dossier.", "Received a paper in your file."),
    purpose="enrolment",
    basis=_BASIS,
)
PAPER_REMOVED = declare(
    "paper.removed",
    Text4("حذف وثيقة من ملفكم.", "A retiré un papier de votre dossier.", "Removed a paper from your file."),
    purpose="enrolment",
    basis="Law 09.08, article 8 (deletion)",
)
PAPER_READ = declare(
    "paper.read",
    Text4("فتح وثيقة من ملفكم.", "A ouvert un papier de votre dossier.", "Opened a paper of your file."),
    purpose="enrolment",
    basis=_BASIS,
    reads=True,
)
