"""Acts of scoring: a score is read, printed, reviewed, computed again."""

from __future__ import annotations

from sijil.kernel.acts import Act, declare
from sijil.kernel.texts import Text4

_FORMULA = "Law 72-18; decree 2.21.582"


def _act(code: str, ar: str, fr: str, en: str, *, reads: bool = False) -> Act:
    return declare(code, Text4(ar, fr, en), purpose="scoring", basis=_FORMULA, reads=reads)


READ = _act(
    "score.read",
    "اطلع على مؤشر أسرتكم.",
    "A lu l’indice de votre ménage.",
    "Read the score of your household.",
    reads=True,
)
PRINTED = _act(
    "score.printed",
    "طبع مؤشر أسرتكم مع شرحه.",
    "A imprimé l’indice de votre ménage, expliqué.",
    "Printed the score of your household, explained.",
    reads=True,
)
CONFIRMED = _act(
    "score.confirmed",
    "راجع الأجوبة وأثبت مؤشر أسرتكم.",
    "A vérifié les réponses et confirmé l’indice de votre ménage.",
    "Checked the answers and confirmed the score of your household.",
)
RESCORED_ALL = _act(
    "household.all_rescored",
    "أعاد حساب مؤشرات جميع الأسر بالقانون الجاري به العمل.",
    "A recalculé les scores de tous les ménages selon la loi en vigueur.",
    "Computed the scores of all households again by the law in force.",
)
RECORDED = _act(
    "score.recorded",
    "سجل مؤشرات محسوبة.",
    "A enregistré des indices calculés.",
    "Kept scores that were computed.",
)
RESCORED = _act(
    "household.rescored",
    "أعاد حساب مؤشر أسرتكم.",
    "A recalculé l’indice de votre ménage.",
    "Computed the score of your household again.",
)
