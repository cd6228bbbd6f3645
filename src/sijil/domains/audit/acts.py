"""Acts about the log itself."""

from __future__ import annotations

from sijil.kernel.acts import declare
from sijil.kernel.texts import Text4

READS_COUNTED = declare(
    "audit.reads_counted",
    Text4(
        "سُجل عدد مرات الاطلاع المتكررة خلال ساعة واحدة.",
        "Le nombre de consultations répétées en une heure a été noté.",
        "The number of repeated readings within one hour was noted.",
    ),
    purpose="oversight",
    basis="Law 09-08, article 23 (security of processing)",
)
CONSULTATIONS_READ = declare(
    "consultations.read",
    Text4(
        "اطلع على سجل من تصفح الملف.",
        "A consulté le registre des consultations.",
        "Read who consulted the file.",
    ),
    purpose="oversight",
    basis="Law 09-08, article 7 (right of access)",
)
