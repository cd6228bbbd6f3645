"""The act of bringing in a law on an installation."""

from __future__ import annotations

from sijil.kernel.acts import declare
from sijil.kernel.texts import Text4

ENACTED = declare(
    "law.enacted",
    Text4(
        "أدخل صيغة جديدة لنص قانوني.",
        "A mis en vigueur une nouvelle version d’un texte.",
        "Brought in a new version of a law.",
    ),
    purpose="oversight",
    basis="The text that is brought in, signed by two administrators",
)
