"""Acts about accounts. What the person does with the own account is not shown as a consultation."""

from __future__ import annotations

from sijil.kernel.acts import Act, declare
from sijil.kernel.texts import Text4


def _act(code: str, ar: str, fr: str, en: str, *, reads: bool = False) -> Act:
    basis = "Law 09-08, article 23 (security of processing)"
    return declare(code, Text4(ar, fr, en), purpose="account", basis=basis, reads=reads)


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
CONTACT_CODE_ASKED = _act(
    "account.contact_code_asked",
    "طلب رمزا لتأكيد هاتف أو بريد إلكتروني.",
    "A demandé un code pour confirmer un téléphone ou une adresse électronique.",
    "Asked for a code to confirm a telephone or an e-mail.",
)
CONTACT_CONFIRMED = _act(
    "account.contact_confirmed",
    "أكد هاتفا أو بريدا إلكترونيا بالرمز.",
    "A confirmé par le code un téléphone ou une adresse électronique.",
    "Confirmed a telephone or an e-mail by the code.",
)
CONTACT_CODE_FAILED = _act(
    "account.contact_code_failed",
    "أدخل رمزا غير صحيح لتأكيد هاتف أو بريد إلكتروني.",
    "A saisi un code faux pour confirmer un téléphone ou une adresse électronique.",
    "Typed a wrong code for a telephone or an e-mail.",
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
SESSIONS_ENDED = _act(
    "account.sessions_ended",
    "أنهى استعمال الحساب في أجهزة أخرى.",
    "A fermé le compte sur d’autres appareils.",
    "Signed out on other devices.",
)
SIGNED_IN = _act("account.signed_in", "دخل إلى الحساب.", "Est entré dans le compte.", "Signed in.")
STAFF_REQUESTED = _act(
    "staff.requested", "طلب حسابا لموظف.", "A demandé un compte d’agent.", "Asked for an account of staff."
)
STAFF_ACTIVATED = _act(
    "staff.activated", "فعّل حساب موظف.", "A activé un compte d’agent.", "Activated an account of staff."
)
STAFF_SUSPENDED = _act(
    "staff.suspended", "أوقف حساب موظف.", "A suspendu un compte d’agent.", "Suspended an account of staff."
)
STAFF_CLOSED = _act(
    "staff.closed", "أغلق حساب موظف.", "A fermé un compte d’agent.", "Closed an account of staff."
)
STAFF_READ = _act(
    "staff.read",
    "اطلع على حساب موظف.",
    "A consulté un compte d’agent.",
    "Looked at an account of staff.",
    reads=True,
)
LINK_USED = _act(
    "staff.link_used",
    "اختار كلمة المرور برابط يستعمل مرة واحدة.",
    "A choisi son mot de passe par un lien à usage unique.",
    "Chose the password by a one-time link.",
)
FACTOR_SET = _act(
    "staff.factor_set",
    "أضاف هاتفه إلى حسابه.",
    "A ajouté son téléphone à son compte.",
    "Added the telephone to the account.",
)
SIGN_IN_FAILED = _act(
    "account.sign_in_failed",
    "حاول الدخول إلى حساب دون جدوى.",
    "A tenté en vain d’entrer dans un compte.",
    "Tried in vain to sign in.",
)
ACCESS_REFUSED = _act(
    "account.access_refused",
    "طرق بابا ليس له الحق في فتحه.",
    "A frappé à une porte qui ne lui est pas ouverte.",
    "Tried a door that is not open to them.",
)
