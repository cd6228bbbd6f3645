"""Why a registration is set aside or refused: the codes kept with the step, and what the person reads."""

from __future__ import annotations

from collections.abc import Mapping

from sijil.kernel.texts import Text4

DOUBTS: Mapping[str, Text4] = {
    "score_out_of_range": Text4(
        "المؤشر خارج المجال المعتاد.",
        "L’indice sort de l’intervalle habituel.",
        "The score is outside the usual range.",
    )
}

REJECTIONS: Mapping[str, Text4] = {
    "answers_not_true": Text4(
        "بعض الأجوبة لا تطابق الواقع.",
        "Des réponses ne correspondent pas à la réalité.",
        "Some answers are not true.",
    ),
    "answers_contradict": Text4(
        "بعض الأجوبة يناقض بعضها بعضا.",
        "Des réponses se contredisent.",
        "Some answers contradict one another.",
    ),
    "not_one_household": Text4(
        "الأشخاص المذكورون لا يشكلون أسرة واحدة.",
        "Les personnes citées ne forment pas un seul ménage.",
        "The persons listed do not form one household.",
    ),
}

REASONS: Mapping[str, Text4] = {**DOUBTS, **REJECTIONS}
