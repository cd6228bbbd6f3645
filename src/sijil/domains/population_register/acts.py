"""What is done with a request and with a person, in the words of the page "who consulted my file"."""

from __future__ import annotations

from sijil.kernel.acts import Act, declare
from sijil.kernel.texts import Text4

_REGISTER = "Law 72.18, article 6 (registration in the population register)"
_PAPERS = "Decree 2.21.473, article 3 (papers)"
_NUMBER = "Law 72.18 (one person, one number)"
_KEEPING = "Law 72.18, articles 5 to 10 (keeping the register)"
_HOUSEHOLD = "Law 72.18 and decree 2.21.582, article 2 (a household and its members)"


def _act(code: str, ar: str, fr: str, en: str, basis: str, **more: bool) -> Act:
    return declare(code, Text4(ar, fr, en), purpose="enrolment", basis=basis, **more)


PRE_REGISTERED = _act(
    "enrolment.pre_registered",
    "سجل طلب تقييدكم.",
    "A enregistré votre demande d’inscription.",
    "Kept your registration request.",
    _REGISTER,
)
CORRECTED = _act(
    "enrolment.corrected",
    "صحح استمارتكم في المركز.",
    "A corrigé votre formulaire au guichet.",
    "Corrected your form at the counter.",
    _PAPERS,
)
PAPERS_COMPARED = _act(
    "enrolment.papers_compared",
    "قارن وثائقكم باستمارتكم.",
    "A comparé vos papiers avec votre formulaire.",
    "Compared your papers with your form.",
    _PAPERS,
)
PAPER_ASKED = _act(
    "enrolment.paper_asked",
    "طلب منكم وثيقة ناقصة.",
    "Vous a demandé un papier qui manquait.",
    "Asked you for a paper that was missing.",
    _PAPERS,
)
PAPER_BROUGHT = _act(
    "enrolment.paper_brought",
    "تسلم الوثيقة التي كانت ناقصة.",
    "A reçu le papier qui manquait.",
    "Received the paper that was missing.",
    _PAPERS,
)
PAPER_TAKEN_BACK = _act(
    "enrolment.paper_taken_back",
    "سُحبت وثيقة من طلبكم قبل دراستها.",
    "A retiré un papier de votre demande avant son examen.",
    "Took a paper back before it was looked at.",
    _PAPERS,
)
HOME_TAKEN_OVER = _act(
    "enrolment.home_taken_over",
    "نقل عنوانكم ووسائل الاتصال بكم إلى طلب شخص آخر من بيتكم.",
    "A repris votre adresse et vos contacts pour une autre personne de votre ménage.",
    "Took your address and contacts over for another person of your home.",
    _REGISTER,
    reads=True,
)
BIRTH_FOLLOWED = _act(
    "enrolment.birth_followed",
    "فتح ملف طفلكم حسب ما أخبرت به الحالة المدنية.",
    "A ouvert le dossier de votre enfant, sur la foi de l’état civil.",
    "Opened the file of your child, as the civil register told.",
    _REGISTER,
    reads=True,
)
RE_ENROLMENT_PLANNED = _act(
    "re_enrolment.planned",
    "حدد اليوم الذي تلتقط فيه القزحية.",
    "A fixé le jour à partir duquel les iris seront pris.",
    "Set the day from which the irises are taken.",
    _REGISTER,
)
RE_ENROLMENT_OPENED = _act(
    "re_enrolment.opened",
    "طلب حضور الطفل لالتقاط القزحية.",
    "A demandé la venue de l’enfant pour prendre les iris.",
    "Asked for the child to come: the irises are due.",
    _REGISTER,
)
RE_ENROLMENT_CENTRE_CHOSEN = _act(
    "re_enrolment.centre_chosen",
    "غير المركز الذي يحضر إليه الطفل.",
    "A changé le centre où l’enfant se présente.",
    "Changed the centre to which the child comes.",
    _REGISTER,
)
RE_ENROLMENT_RECEIVED = _act(
    "re_enrolment.received",
    "التقط صورة الوجه والقزحية.",
    "A pris le visage et les iris.",
    "Took the face and the irises.",
    _REGISTER,
)
RE_ENROLMENT_COMPARED = _act(
    "re_enrolment.compared",
    "قارن الصور بالسجل كله.",
    "A comparé les images avec tout le registre.",
    "Compared the pictures with the whole register.",
    _NUMBER,
)
RE_ENROLMENT_ENDED = _act(
    "re_enrolment.ended",
    "أنهى طلب التقاط القزحية دون التقاط.",
    "A clos la demande d’iris sans capture.",
    "Closed the request for irises without a capture.",
    _REGISTER,
)
RE_ENROLMENT_READ = _act(
    "re_enrolment.read",
    "قرأ ملف التقاط القزحية.",
    "A lu le dossier de capture des iris.",
    "Read the file of the irises to be taken.",
    _REGISTER,
    reads=True,
)
FILIATION_KEPT = _act(
    "enrolment.filiation_kept",
    "سجل صلتكم بطفل أو بشخص تنوبون عنه.",
    "A inscrit votre lien avec un enfant, ou avec une personne que vous représentez.",
    "Kept that you are parent or guardian of somebody.",
    _REGISTER,
)
FAMILY_READ = _act(
    "enrolment.family_read",
    "قرأ اسمكم في ملف طفل أو شخص تنوبون عنه.",
    "A lu votre nom au dossier d’un enfant, ou d’une personne que vous représentez.",
    "Read your name on the file of a child, or of somebody you represent.",
    _PAPERS,
    reads=True,
)
DEPOSITED = _act(
    "enrolment.deposited",
    "تسلّم وثائقكم وسلّمكم الوصل.",
    "A reçu vos papiers et vous a remis le récépissé.",
    "Received your papers and gave you the receipt.",
    _REGISTER,
)
SENT_TO_ADJUDICATION = _act(
    "enrolment.sent_to_adjudication",
    "أحال ملفكم على موظفين للتأكد من أنكم غير مسجلين من قبل.",
    "A confié votre dossier à deux agents : un dossier semblable est connu.",
    "Handed your file to two officers: a similar one is known.",
    _NUMBER,
)
NUMBER_ISSUED = _act(
    "enrolment.registered",
    "أنهى معالجة طلبكم بمنحكم رقما.",
    "A clos votre demande : votre identifiant est délivré.",
    "Closed your request: your identifier was issued.",
    _NUMBER,
)
WITNESS_NAMED = _act(
    "enrolment.witness_named",
    "سجل شاهدا على هويتكم.",
    "A inscrit un témoin de votre identité.",
    "Entered a witness to your identity.",
    _PAPERS,
)
WITNESS_SIGNED = _act(
    "enrolment.witness_signed",
    "سجل شهادة شاهد على هويتكم.",
    "A reçu l’attestation d’un témoin de votre identité.",
    "Received the attestation of a witness to your identity.",
    _PAPERS,
)
WITNESS_REMOVED = _act(
    "enrolment.witness_removed",
    "حذف شاهدا من ملفكم.",
    "A retiré un témoin de votre dossier.",
    "Took a witness off your file.",
    _PAPERS,
)
WITNESS_READ = _act(
    "enrolment.witness_read",
    "اطلع على اسمكم بصفتكم شاهدا في ملف.",
    "A lu votre nom, comme témoin dans un dossier.",
    "Read your name, as a witness in a file.",
    _PAPERS,
    reads=True,
)
ATTESTED = _act(
    "person.attested",
    "سجل شهادتكم على هوية شخص آخر.",
    "A reçu votre attestation sur l’identité d’une autre personne.",
    "Received your attestation of somebody else’s identity.",
    _PAPERS,
)
REFUSED = _act(
    "enrolment.refused",
    "رفض طلب تقييدكم.",
    "A refusé votre demande d’inscription.",
    "Refused your registration request.",
    "Law 55-19, article 19 (a refusal gives its reasons)",
)
REOPENED = _act(
    "enrolment.reopened",
    "أعاد فتح طلب تقييدكم الذي كان مرفوضا.",
    "A rouvert votre demande d’inscription, qui avait été refusée.",
    "Opened your registration request again, which had been refused.",
    "Law 55-19, article 19 (a decision can be contested)",
)
WITHDRAWN = _act(
    "enrolment.withdrawn",
    "سحب طلب تقييدكم.",
    "A retiré votre demande d’inscription.",
    "Withdrew your registration request.",
    _REGISTER,
)
FILE_READ = _act(
    "enrolment.file_read",
    "فتح ملف تقييدكم.",
    "A ouvert votre dossier d’inscription.",
    "Opened your registration file.",
    _REGISTER,
    reads=True,
)
QUEUE_READ = _act(
    "enrolment.queue_read",
    "رأى اسمكم في لائحة الملفات المنتظرة بالمركز.",
    "A vu votre nom dans la liste d’attente du centre.",
    "Saw your name among the files that wait at the centre.",
    _REGISTER,
    reads=True,
)
SEARCHED = _act(
    "enrolment.searched",
    "رأى اسمكم في نتائج البحث عن ملف.",
    "A vu votre nom en recherchant un dossier.",
    "Saw your name when looking for a file.",
    _REGISTER,
    reads=True,
)
ASKED_FOR = _act(
    "enrolment.asked_for",
    "بحث عن ملف برقم أو هاتف أو وثيقة، دون رؤية الاسم.",
    "A recherché un dossier par un numéro, un téléphone ou une pièce, sans voir le nom.",
    "Looked for a file by a number, a telephone or a paper, without seeing the name.",
    _REGISTER,
)
SLIP_PRINTED = _act(
    "enrolment.slip_printed",
    "طبع ورقة موعدكم.",
    "A imprimé votre bulletin de rendez-vous.",
    "Printed your appointment slip.",
    _REGISTER,
    reads=True,
)
FORM_PRINTED = _act(
    "enrolment.form_printed",
    "طبع استمارة تسجيلكم القبلي.",
    "A imprimé votre formulaire de pré-inscription.",
    "Printed your pre-registration form.",
    _REGISTER,
    reads=True,
)
TEMPORARY_SLIP_PRINTED = _act(
    "enrolment.temporary_slip_printed",
    "طبع لكم بطاقة تعريف مؤقتة بصورتكم.",
    "A imprimé votre fiche provisoire avec votre photo.",
    "Printed your temporary slip with your photograph.",
    _REGISTER,
    reads=True,
)
RECEIPT_PRINTED = _act(
    "enrolment.receipt_printed",
    "طبع وصل إيداع ملفكم.",
    "A imprimé votre récépissé de dépôt.",
    "Printed your deposit receipt.",
    _REGISTER,
    reads=True,
)


def _kept(code: str, ar: str, fr: str, en: str, **more: bool) -> Act:
    return declare(code, Text4(ar, fr, en), purpose="register_keeping", basis=_KEEPING, **more)


REGISTERED = declare(
    "person.registered",
    Text4(
        "قيّدكم في السجل الوطني للسكان.",
        "Vous a inscrit au registre national de la population.",
        "Entered you in the population register.",
    ),
    purpose="enrolment",
    basis=_NUMBER,
)
SUSPENDED = _kept(
    "person.suspended", "أوقف رقمكم مؤقتا.", "A suspendu votre identifiant.", "Suspended your identifier."
)
REACTIVATED = _kept(
    "person.reactivated",
    "أعاد تفعيل رقمكم.",
    "A rétabli votre identifiant.",
    "Made your identifier valid again.",
)
DEATH_DECLARED = _kept(
    "person.death_declared",
    "سجل وفاة في هذا الملف.",
    "A inscrit un décès dans ce dossier.",
    "Entered a death in this file.",
)
DEATH_ANNULLED = _kept(
    "person.death_annulled",
    "ألغى وفاة سُجلت خطأ في هذا الملف.",
    "A annulé un décès inscrit par erreur dans ce dossier.",
    "Annulled a death entered in this file by mistake.",
)
IDENTITY_CHANGED = _kept(
    "person.identity_changed",
    "صحح معطياتكم في السجل الوطني للسكان.",
    "A corrigé vos données dans le registre de la population.",
    "Corrected your data in the population register.",
)
IDENTITY_READ = _kept(
    "person.identity_read",
    "قرأ معطياتكم وما تغير منها في السجل.",
    "A lu vos données et leurs changements dans le registre.",
    "Read your data and what has changed of them.",
    reads=True,
)
COPIES_COMPARED = declare(
    "person.copies_compared",
    Text4(
        "قورنت معطياتكم في السجل بما تقوله عنها المصالح الأخرى.",
        "Vos données du registre ont été comparées à leurs copies.",
        "Your data in the register were compared with their copies.",
    ),
    purpose="oversight",
    basis="Law 09-08, article 3 (data are accurate and kept up to date)",
    reads=True,
)
NAMED_IN_HOUSEHOLD = declare(
    "person.named_in_household",
    Text4(
        "رأى اسمكم في ملف أسرة.",
        "A vu votre nom dans le dossier d’un ménage.",
        "Saw your name in the file of a household.",
    ),
    purpose="household_registration",
    basis=_HOUSEHOLD,
    reads=True,
)
AGES_READ = declare(
    "person.ages_read",
    Text4(
        "قرأ تاريخ ازديادكم لحساب السن.",
        "A lu votre date de naissance pour calculer l’âge.",
        "Read your birth date to know the age.",
    ),
    purpose="scoring",
    basis=_HOUSEHOLD,
    reads=True,
)
