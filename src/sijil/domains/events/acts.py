"""Acts about events: told from outside, and taken again by staff."""

from __future__ import annotations

from sijil.kernel.acts import declare
from sijil.kernel.texts import Text4

_CIVIL_STATUS = "Law 36.21 (civil status); law 72.18, article 8 (the register is kept up to date)"

CIVIL_REPORTED = declare(
    "civil.reported",
    Text4(
        "أبلغ عن واقعة مدونة بالحالة المدنية.",
        "A signalé un fait d’état civil.",
        "Reported a fact of civil status.",
    ),
    purpose="register_keeping",
    basis=_CIVIL_STATUS,
)
EVENT_REPLAYED = declare(
    "events.replayed",
    Text4(
        "أُعيدت خطوات تلي واقعة لم تكتمل.",
        "Les suites inachevées d’un événement ont été reprises.",
        "The unfinished steps of an event were taken again.",
    ),
    purpose="oversight",
    basis="Law 09-08, article 23 (security of processing)",
)
