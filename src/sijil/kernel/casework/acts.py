"""The act of files that came by the million: one entry for all."""

from __future__ import annotations

from sijil.kernel.acts import declare
from sijil.kernel.texts import Text4

FILES_LOADED = declare(
    "files.loaded",
    Text4(
        "حمّل ملفات كانت مقيدة في نظام آخر.",
        "A repris des dossiers d’un autre système.",
        "Took over files from another system.",
    ),
    purpose="register_keeping",
    basis="Law 09-08, article 23 (what is kept can be shown to be what was given)",
)
