"""Acts about partners: who may ask the registers is decided by an administrator."""

from __future__ import annotations

from sijil.kernel.acts import Act, declare
from sijil.kernel.texts import Text4


def _act(code: str, ar: str, fr: str, en: str) -> Act:
    basis = "Law 72.18, article 15, and law 09-08 (access by agreement, for stated purposes)"
    return declare(code, Text4(ar, fr, en), purpose="oversight", basis=basis)


REGISTERED = _act("partner.registered", "سجّل شريكا.", "A inscrit un partenaire.", "Registered a partner.")
SECRET_ROTATED = _act(
    "partner.secret_rotated",
    "أعطى الشريك سرا جديدا.",
    "A donné un nouveau secret au partenaire.",
    "Gave the partner a new secret.",
)
KEY_ADDED = _act(
    "partner.key_added",
    "وثق في مفتاح جديد للشريك.",
    "A enregistré une clé du partenaire.",
    "Trusted a key of the partner.",
)
KEY_REMOVED = _act(
    "partner.key_removed",
    "أنهى الثقة في مفتاح للشريك.",
    "A retiré une clé du partenaire.",
    "Trusted a key of the partner no more.",
)
SUSPENDED = _act(
    "partner.suspended",
    "أوقف ولوج الشريك.",
    "A suspendu l’accès du partenaire.",
    "Suspended the partner.",
)
RESUMED = _act(
    "partner.resumed", "أعاد ولوج الشريك.", "A rétabli l’accès du partenaire.", "Let the partner ask again."
)
