"""Templates are indented for who reviews them; pages are sent without, for who waits on a slow line."""

from __future__ import annotations

import re

from django.template import Origin, Template
from django.template.loaders import app_directories, base, cached, filesystem

from sijil.pages.folding import fold

_INDENT = re.compile(r"\s*\n\s*")


class _Unindented(filesystem.Loader):
    """Loads a template without the spaces around its lines, unless they are shown (``pre``)."""

    def get_contents(self, origin: Origin) -> str:
        text: str = super().get_contents(origin)
        return text if "<pre" in text else _INDENT.sub("\n", text)


class Folders(_Unindented):
    """The templates of the folders of the settings."""


class Rooms(_Unindented, app_directories.Loader):
    """The templates of every room."""


class _Folding(base.Loader):
    """Folds what it compiles."""

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        template = super().get_template(template_name, skip)
        fold(template.nodelist)
        return template


class Kept(cached.Loader, _Folding):
    """Templates compiled once, and what says the same to everybody drawn once for each language."""


LOADERS = [("sijil.pages.loaders.Kept", ["sijil.pages.loaders.Folders", "sijil.pages.loaders.Rooms"])]
