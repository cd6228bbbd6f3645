"""Django calls this once when everything is loaded."""

from __future__ import annotations

from django.apps import AppConfig


class Wiring(AppConfig):
    name = "sijil.config"
    label = "config"

    def ready(self) -> None:
        from sijil.config.wiring import wire

        wire()
