"""Acts about decisions and ranked lists. One opens identities: a list given with its members."""

from __future__ import annotations

from sijil.kernel.acts import Act, declare
from sijil.kernel.texts import Text4


def _act(code: str, ar: str, fr: str, en: str, *, reads: bool = False) -> Act:
    basis = "Law 72.18 (lists ordered by score, for the programmes)"
    return declare(code, Text4(ar, fr, en), purpose="programme", basis=basis, reads=reads)


HOUSEHOLDS_DECIDED = _act(
    "programme.households_decided",
    "قرر في أهلية الأسر لبرنامج للدعم حسب العتبة الجاري بها العمل.",
    "A décidé pour tous les ménages, selon le seuil en vigueur d’un programme.",
    "Decided on all households by the threshold of a programme in force.",
)
DECISIONS_RECORDED = _act(
    "programme.decisions_recorded",
    "سجل قرارات بخصوص برنامج للدعم.",
    "A enregistré des décisions sur un programme d’aide.",
    "Kept decisions on an aid programme.",
)
LIST_PUBLISHED = _act(
    "list.published",
    "نشر لائحة مرتبة لبرنامج للدعم.",
    "A publié la liste classée d’un programme.",
    "Published the ranked list of a programme.",
)
LIST_READ = _act(
    "list.read",
    "اطلع على لائحة مرتبة لبرنامج للدعم.",
    "A lu la liste classée d’un programme.",
    "Read the ranked list of a programme.",
)
LIST_DOWNLOADED = _act(
    "list.downloaded",
    "حمّل لائحة مرتبة لبرنامج للدعم.",
    "A téléchargé la liste classée d’un programme.",
    "Downloaded the ranked list of a programme.",
)
LIST_MEMBERS_SHOWN = _act(
    "list.members_shown",
    "حمّل لائحة المستفيدين من برنامج للدعم بأسماء أفراد أسركم.",
    "A téléchargé la liste d’un programme avec les noms des membres de votre ménage.",
    "Downloaded the list of a programme with the names of your household’s members.",
    reads=True,
)
LIST_CHECKED = _act(
    "list.checked",
    "تحقق من أن لائحة منشورة لم تتغير.",
    "A vérifié qu’une liste publiée n’a pas changé.",
    "Checked that a published list has not changed.",
)
