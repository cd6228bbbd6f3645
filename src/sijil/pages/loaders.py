"""Templates are indented for who reviews them; pages are sent without, for who waits on a slow line."""

from __future__ import annotations

import re

from django.template import Origin
from django.template.loaders.app_directories import Loader

_INDENT = re.compile(r"\n[ \t]+")


class Unindented(Loader):
    """Loads a template without the spaces at the beginning of its lines, unless they are shown (``pre``)."""

    def get_contents(self, origin: Origin) -> str:
        text: str = super().get_contents(origin)
        return text if "<pre" in text else _INDENT.sub("\n", text)
