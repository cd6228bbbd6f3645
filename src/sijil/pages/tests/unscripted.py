"""A form as a browser without script sends it: controls wherever they stand, and the button pressed."""

from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

Attributes = dict[str, str | None]
_SILENT = {"submit", "button", "reset", "image"}


class Sheet(HTMLParser):
    """The form ``id`` of a page. ``boxes``: what it says before anybody types."""

    def __init__(self, answer: HttpResponse, form: str) -> None:
        super().__init__()
        self.form, self.here, self.action, self.is_open = form, answer.request["PATH_INFO"], "", False
        self.boxes: dict[str, str] = {}
        self.ticks: dict[str, str] = {}
        self.files: set[str] = set()
        self.buttons: list[Attributes] = []
        self.select = ""
        self.feed(answer.content.decode())

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        said: Attributes = dict(attrs)
        if tag == "form":
            self.is_open = said.get("id") == self.form
            self.action = said.get("action") or self.here if self.is_open else self.action
        is_ours = said.get("form") == self.form if "form" in said else self.is_open
        if is_ours and tag in ("input", "select", "button"):
            getattr(self, f"_{tag}")(said)
        elif tag == "option" and self.select and ("selected" in said or self.select not in self.boxes):
            self.boxes[self.select] = said.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        self.is_open = self.is_open and tag != "form"
        self.select = "" if tag == "select" else self.select

    def _select(self, said: Attributes) -> None:
        self.select = said.get("name") or ""

    def _button(self, said: Attributes) -> None:
        if said.get("type", "submit") == "submit":
            self.buttons.append(said)

    def _input(self, said: Attributes) -> None:
        name, kind = said.get("name") or "", said.get("type", "text")
        if kind == "file":
            self.files.add(name)
        elif kind in ("checkbox", "radio"):
            self.ticks[name] = said.get("value") or "on"
            if "checked" in said:
                self.boxes[name] = self.ticks[name]
        elif kind not in _SILENT:
            self.boxes[name] = said.get("value") or ""

    def press(
        self, desk: Client, which: Callable[[Attributes], bool], typed: Mapping[str, str | bytes]
    ) -> HttpResponse:
        """Type, choose files (their content) and press a button; follow where it leads."""
        assert typed.keys() <= self.boxes.keys() | self.ticks.keys() | self.files, typed
        button = next(button for button in self.buttons if which(button))
        said: dict[str, Any] = {**self.boxes, **typed}
        if name := button.get("name"):
            said[name] = button.get("value") or ""
        is_whole = button.get("formenctype") == "multipart/form-data"
        for name in self.files & typed.keys():
            said[name] = SimpleUploadedFile("x.png", said[name], "image/png") if is_whole else "x.png"
        return desk.post(urljoin(self.here, button.get("formaction") or self.action), said, follow=True)
