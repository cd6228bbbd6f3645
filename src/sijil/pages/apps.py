"""The page furniture as a Django application; teaches Django the name of Tamazight."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf.locale import LANG_INFO


class PagesConfig(AppConfig):
    name = "sijil.pages"

    def ready(self) -> None:
        LANG_INFO.setdefault(
            "zgh",
            {"bidi": False, "code": "zgh", "name": "Standard Moroccan Tamazight", "name_local": "ⵜⴰⵎⴰⵣⵉⵖⵜ"},
        )
