"""The act of a question: the verification process writes it with each answer, in the same statement."""

from __future__ import annotations

from sijil.kernel.acts import declare
from sijil.kernel.texts import Text4

ASKED = declare(
    "verification.asked",
    Text4(
        "سأل هل يتطابق رقم معرف مع تاريخ ازدياد وجنس.",
        "A demandé si un identifiant, une date de naissance et un sexe vont ensemble.",
        "Asked whether an identifier, a birth date and a sex belong together.",
    ),
    purpose="verification",
    basis="Law 72.18, articles 15 and 28 (verification of data)",
)
"""``purpose`` of an entry is the partner's own purpose: the person reads it in the partner's words."""
GUESSED = declare(
    "verification.guessed",
    Text4(
        "أخطأ مرات كثيرة بشأن معطياتكم، فأوقفنا أسئلته عنكم لبعض الوقت.",
        "S’est trompé trop souvent sur vos données ; ses questions sur vous ont été suspendues un moment.",
        "Was wrong about your data too often; its questions about you were stopped for a while.",
    ),
    purpose="verification",
    basis="Law 72.18, articles 15 and 28 (verification of data)",
)
CLOSED = declare(
    "verification.closed",
    Text4(
        "أوقف التحقق من المعطيات.",
        "A arrêté la vérification des données.",
        "Stopped the verification of the data.",
    ),
    purpose="register_keeping",
    basis="Law 72.18, articles 15 and 28 (verification of data)",
)
REOPENED = declare(
    "verification.reopened",
    Text4(
        "أعاد فتح التحقق من المعطيات.",
        "A rouvert la vérification des données.",
        "Opened the verification of the data again.",
    ),
    purpose="register_keeping",
    basis="Law 72.18, articles 15 and 28 (verification of data)",
)
