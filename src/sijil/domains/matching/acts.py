"""What is done with a person to make sure that one person has one number."""

from __future__ import annotations

from sijil.kernel.acts import Act, declare
from sijil.kernel.texts import Text4


def _act(code: str, ar: str, fr: str, en: str, **more: bool) -> Act:
    basis = "Law 72.18 (one person, one number)"
    return declare(code, Text4(ar, fr, en), purpose="adjudication", basis=basis, **more)


COMPARED = _act(
    "matching.compared",
    "قارن آليا الملف بالملفات القريبة منه.",
    "A comparé automatiquement le dossier à ceux qui lui ressemblent.",
    "Compared the file by machine with those near it.",
    reads=True,
)
CASE_OPENED = _act(
    "adjudication.opened",
    "عرض ملفكم على موظفين: يوجد ملف يشبهه.",
    "A soumis votre dossier à deux agents : un autre lui ressemble.",
    "Put your file before two officers: another one resembles it.",
)
DECIDED = _act(
    "enrolment.adjudicated",
    "بتّ في ما إذا كان ملفكم وملف آخر يعودان إلى الشخص نفسه.",
    "A décidé si votre dossier et un autre sont ceux d’une même personne.",
    "Decided whether your file and another one belong to the same person.",
)
ASKED = _act(
    "adjudication.asked",
    "طلب منكم ما يثبت أن ملفكم ليس ملف غيركم.",
    "Vous a demandé de quoi distinguer votre dossier d’un autre.",
    "Asked you for what tells your file from another one.",
)
ANSWERED = _act(
    "adjudication.answered",
    "تسلم ما طلب منكم، وأعاد الملف إلى موظفين.",
    "A reçu ce qui vous était demandé et rendu le dossier à deux agents.",
    "Received what was asked of you, and put the file before two officers again.",
)
UNANSWERED = _act(
    "adjudication.unanswered",
    "أعاد الملف إلى موظفين: انقضى أجل ما طلب منكم.",
    "A rendu le dossier à deux agents : le délai de ce qui vous était demandé est passé.",
    "Put the file before two officers again: the day for what was asked of you has passed.",
)
OVERTURNED = _act(
    "adjudication.overturned",
    "ألغى القرار الذي اعتبر ملفكم وملفا آخر لشخص واحد.",
    "A annulé la décision qui attribuait votre dossier et un autre à une même personne.",
    "Reversed the decision that your file and another one belong to the same person.",
)
CASE_READ = _act(
    "adjudication.case_read",
    "فتح ملفكم ليقارنه بملف يشبهه.",
    "A ouvert votre dossier pour le comparer à un dossier semblable.",
    "Opened your file to compare it with one that resembles it.",
    reads=True,
)
