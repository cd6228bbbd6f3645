"""Acts about accounts. What the person does with the own account is not shown as a consultation."""

from __future__ import annotations

from sijil.kernel.acts import Act, declare
from sijil.kernel.texts import Text4


def _act(code: str, ar: str, fr: str, en: str) -> Act:
    basis = "Law 09-08, article 23 (security of processing)"
    return declare(code, Text4(ar, fr, en), purpose="account", basis=basis)


CODE_ASKED = _act(
    "account.code_asked",
    "طلب رمزا لفتح حساب أو لتغيير كلمة المرور.",
    "A demandé un code pour ouvrir un compte ou changer de mot de passe.",
    "Asked for a code to open an account or to change its password.",
)
CODE_CONFIRMED = _act(
    "account.code_confirmed",
    "أدخل الرمز الصحيح.",
    "A saisi le bon code.",
    "Typed the right code.",
)
OPENED = _act("account.opened", "فتح الحساب.", "A ouvert le compte.", "Opened the account.")
PASSWORD_RESET = _act(
    "account.password_reset",
    "اختار كلمة مرور جديدة بعد نسيان السابقة.",
    "A choisi un nouveau mot de passe après avoir oublié l’ancien.",
    "Chose a new password after forgetting the old one.",
)
PASSWORD_CHANGED = _act(
    "account.password_changed",
    "غيّر كلمة المرور.",
    "A changé le mot de passe.",
    "Changed the password.",
)
SIGNED_IN = _act("account.signed_in", "دخل إلى الحساب.", "Est entré dans le compte.", "Signed in.")
