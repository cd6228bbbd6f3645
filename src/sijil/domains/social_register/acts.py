"""Acts of the social register: what is done with a registration, a household and its members."""

from __future__ import annotations

from sijil.kernel.acts import Act, declare
from sijil.kernel.texts import Text4

_REGISTER = "Law 72-18; decree 2.21.582"
_ANSWER = "Law 72-18; law 55-19, article 16 (the answer to a request)"


def _act(code: str, ar: str, fr: str, en: str, *, basis: str = _REGISTER, reads: bool = False) -> Act:
    says = Text4(ar, fr, en)
    return declare(f"household.{code}", says, purpose="household_registration", basis=basis, reads=reads)


# the registration, from the first answer to the decision
STARTED = _act(
    "started", "بدأ تسجيل أسرة.", "A commencé l’inscription d’un ménage.", "Began to register a household."
)
SUBMITTED = _act(
    "submitted",
    "أرسل استمارة الأسرة.",
    "A envoyé le formulaire du ménage.",
    "Sent the form of the household.",
)
WITHDRAWN = _act(
    "withdrawn",
    "حذف مسودة تسجيل الأسرة.",
    "A supprimé le brouillon de l’inscription du ménage.",
    "Deleted the draft of the household.",
)
PROCESSED = _act(
    "processed",
    "قبل تسجيل أسرتكم.",
    "A accepté l’inscription de votre ménage.",
    "Accepted the registration of your household.",
    basis=_ANSWER,
)
QUARANTINED = _act(
    "quarantined",
    "أحال تصريح أسرتكم على موظف ليراجعه.",
    "A mis de côté la déclaration de votre ménage pour qu’un agent la vérifie.",
    "Set the declaration of your household aside for an officer to check.",
    basis=_ANSWER,
)
REJECTED = _act(
    "rejected",
    "رفض تسجيل أسرتكم.",
    "A refusé l’inscription de votre ménage.",
    "Refused the registration of your household.",
    basis=_ANSWER,
)

# the household
OPENED = _act(
    "opened",
    "قيّد أسرتكم بأفرادها في السجل.",
    "A porté votre ménage et ses membres au registre.",
    "Entered your household and its members in the register.",
)
ACTIVATED = _act(
    "activated",
    "جعل قيد أسرتكم نافذا.",
    "A rendu actif le dossier de votre ménage.",
    "Made the file of your household active.",
)
CLOSED = _act(
    "closed",
    "أغلق ملف أسرتكم؛ أفرادها أحرار في الانضمام إلى أسرة أخرى.",
    "A clos le dossier de votre ménage\u00a0; ses membres sont libres d’en rejoindre un autre.",
    "Closed the file of your household; its members are free to join another.",
)

# what fell due by age, and what a newer form asks
COMPLETION_ASKED = _act(
    "completion_asked",
    "طلب من أسرتكم استكمال تصريحها: أسئلة حان وقتها بحكم السن أو أضافها القانون.",
    "A demandé à votre ménage de compléter sa déclaration\u00a0: l’âge ou la loi posent des questions.",
    "Asked your household to complete its declaration: questions came with age or with the law.",
)
COMPLETED = _act(
    "completed",
    "استكمل تصريح أسرتكم.",
    "A complété la déclaration de votre ménage.",
    "Completed the declaration of your household.",
)
COMPLETION_LAPSED = _act(
    "completion_lapsed",
    "أنهى طلب الاستكمال: لم يعد هناك ما يطلب من أسرتكم.",
    "A clos la demande de complément\u00a0: plus rien n’est demandé à votre ménage.",
    "Ended the request to complete: nothing is asked of your household any more.",
)

# the check of a score set aside later
DOUBTED = _act(
    "doubted",
    "أحال مؤشر أسرتكم على موظف ليراجعه.",
    "A mis de côté l’indice de votre ménage pour qu’un agent le vérifie.",
    "Set the score of your household aside for an officer to check.",
    basis=_ANSWER,
)
REVIEW_CONFIRMED = _act(
    "review_confirmed",
    "راجع تصريح أسرتكم: الأجوبة صحيحة.",
    "A vérifié la déclaration de votre ménage\u00a0: les réponses sont justes.",
    "Checked the declaration of your household: the answers are right.",
    basis=_ANSWER,
)
REVIEW_REFUSED = _act(
    "review_refused",
    "راجع تصريح أسرتكم ولم يقبل الأجوبة.",
    "A vérifié la déclaration de votre ménage et refusé les réponses.",
    "Checked the declaration of your household and refused the answers.",
    basis=_ANSWER,
)
REVIEW_LAPSED = _act(
    "review_lapsed",
    "أنهى مراجعة مؤشر أسرتكم: مؤشر أحدث هو المعتمد.",
    "A clos la vérification de l’indice de votre ménage\u00a0: un indice plus récent compte.",
    "Ended the check of your household's score: a newer score counts.",
    basis=_ANSWER,
)

# declarations, one entry for those kept together
DECLARATIONS_KEPT = _act(
    "declarations_kept",
    "حفظ تصريحات الأسر كما أُدلي بها.",
    "A conservé des déclarations de ménages telles que faites.",
    "Kept declarations of households as they were made.",
)

# its members, one entry for each
MEMBER_ADDED = _act(
    "member_added",
    "ذكركم فردا من أسرة.",
    "Vous a cité comme membre d’un ménage.",
    "Named you as a member of a household.",
    reads=True,
)
MEMBER_REMOVED = _act(
    "member_removed",
    "حذفكم من لائحة أفراد أسرة.",
    "Vous a retiré de la liste d’un ménage.",
    "Took you off the list of a household.",
)
DECLARED = _act(
    "declared",
    "أرسل استمارة أسرة تنتمون إليها.",
    "A envoyé le formulaire d’un ménage dont vous faites partie.",
    "Sent the form of a household that you belong to.",
    reads=True,
)
DRAFT_READ = _act(
    "draft_read",
    "اطلع على اسمكم وسنكم في استمارة أسرة يملؤها.",
    "A lu votre nom et votre âge dans le formulaire d’un ménage qu’il remplit.",
    "Read your name and age in the form of a household that is being filled in.",
    reads=True,
)
READ = _act(
    "read",
    "فتح ملف أسرتكم.",
    "A ouvert le dossier de votre ménage.",
    "Opened the file of your household.",
    reads=True,
)
REVIEW_READ = _act(
    "review_read",
    "فتح تصريح أسرتكم ليراجعه، دون أسماء.",
    "A ouvert la déclaration de votre ménage pour la vérifier, sans les noms.",
    "Opened the declaration of your household to check it, without names.",
    basis=_ANSWER,
    reads=True,
)
RECEIPT_PRINTED = _act(
    "receipt_printed",
    "طبع وصل تسجيل أسرتكم.",
    "A imprimé le récépissé de l’inscription de votre ménage.",
    "Printed the receipt of your household's registration.",
    reads=True,
)
