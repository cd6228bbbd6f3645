"""The language of each block of a page with gaps, for browsers and screen readers (WCAG 3.1.2).

A page in Tamazight holds what is written in Tamazight and, where it is silent, the second language
(``pages.languages``), names and places too. Each has a script of its own, so the page is marked when it is
done: a block, a label or a link wholly of the other script gets its ``lang`` and ``dir``; of a text with
both, the parts. A borrowed ``aria-label`` has no language apart from its element's: where the element holds
something else, a hidden text with a language of its own names it instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial

ARABIC, TIFINAGH, LATIN = 1, 2, 4
_LETTERS = {
    ARABIC: re.compile("[\u0620-\u064a\u066e-\u06d3]"),
    TIFINAGH: re.compile("[\u2d30-\u2d7f]"),
    LATIN: re.compile("(?<![&#\\w])[A-Za-zÀ-ÿ]*[a-zà-ÿ]{2}"),
}
_ENTITY = "&[#\\w]+;"
_PARTS = re.compile(
    f"{_ENTITY}|(?P<ar>[\u0620-\u06d3](?:[^\u2d30-\u2d7f<>&A-Za-z]*[\u0620-\u06d3])*)"
    f"|(?P<fr>[A-Za-zÀ-ÿ](?:[^\u2d30-\u2d7f\u0620-\u06d3<>&]|{_ENTITY})*[a-zà-ÿ])"
)
_MARKS = {ARABIC: ' lang="ar" dir="rtl"', LATIN: ' lang="fr"'}
_TOKEN = re.compile(
    r"""(<!--.*?-->|<!.*?>|<script\b.*?</script>|<style\b.*?</style>"""
    r"""|</?[a-zA-Z](?:[^<>"']++|"[^"]*"|'[^']*')*>)""",
    re.DOTALL,
)
_NAME = re.compile(r"</?([a-zA-Z0-9]+)")
_LANG = re.compile(r"\slang=")
_LABEL = re.compile(r'(\saria-label="([^"]*)")')
_EMPTY = frozenset({
    "area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr",
})  # fmt: skip
_STRUCTURE = frozenset({
    "html", "head", "body", "main", "header", "footer", "nav", "section", "article", "aside", "form",
    "fieldset", "table", "thead", "tbody", "tfoot", "tr", "ul", "ol", "dl", "div", "details", "select",
    "optgroup", "svg", "g",
})  # fmt: skip
_TEXT_ONLY = frozenset({"title", "option", "textarea", "text"})  # hold no element: marked whole


@dataclass(slots=True)
class _Element:
    """``seen``: scripts in it; ``label``: those of a name borrowed for it.

    ``is_told``: its language, or one it stands in, is said; -1: no start tag.
    """

    name: str
    place: int
    parent: _Element | None
    is_told: bool = False
    is_structure: bool = False
    seen: int = 0
    texts: list[int] = field(default_factory=list)
    label: int = 0

    @property
    def is_covered(self) -> bool:
        return self.is_told or (self.parent is not None and self.parent.is_covered)


def mark(page: str, second: str) -> str:
    """Return a page of HTML in Tamazight with the language of what is not, ``second``: ar or fr."""
    foreign = ARABIC | (LATIN if second == "fr" else 0)
    pieces, names = _TOKEN.split(page), list[str]()
    for element in _read(pieces, foreign):
        _tell(pieces, element, foreign)
        if element.label:
            _name(pieces, element, names)
    body = next((at for at in range(len(pieces) - 1, 0, -1) if pieces[at] == "</body>"), len(pieces) - 1)
    pieces[body] = "".join(names) + pieces[body]
    return "".join(pieces)


def _name(pieces: list[str], element: _Element, names: list[str]) -> None:
    """Say the language of a borrowed label: on an empty element, or in a text of its own."""
    tag = pieces[element.place]
    [(whole, label)] = _LABEL.findall(tag)
    script = _labelled(element.label)
    if element.is_covered:
        return
    if not element.seen:
        pieces[element.place] = _marked(tag, script, element.name)
        return
    key = f"tongue-{len(names) + 1}"
    pieces[element.place] = tag.replace(whole, f' aria-labelledby="{key}"')
    names.append(f'<span id="{key}" hidden{_MARKS[script]}>{label}</span>')


def _labelled(seen: int) -> int:
    return ARABIC if seen & ARABIC else LATIN


def _read(pieces: list[str], foreign: int) -> list[_Element]:
    """Return the elements in the order of the page; texts stand at even places, tags at odd ones."""
    at = _Element("", -1, None, is_structure=True)
    found = [at]
    for place, piece in enumerate(pieces):
        if place % 2 == 0:
            if seen := _scripts(piece, foreign):
                at.seen |= seen
                at.texts.append(place)
        elif piece.startswith("</"):
            at = _closed(at, piece)
        elif (name := _opened(piece)) and not (name in _EMPTY or piece.endswith("/>")):
            at = _Element(name, place, at, bool(_LANG.search(piece)) and name != "html", name in _STRUCTURE)
            at.label = _borrowed(piece, foreign)
            found.append(at)
        elif name and (label := _borrowed(piece, foreign)):
            found.append(_Element(name, place, at, bool(_LANG.search(piece)), label=label))
    return found


def _borrowed(tag: str, foreign: int) -> int:
    """Return the scripts of the label of an element, if it is of another language."""
    label = _LABEL.search(tag)
    seen = _scripts(label[2], foreign) if label else 0
    return 0 if seen & TIFINAGH else seen


def _opened(tag: str) -> str:
    found = _NAME.match(tag)
    return found[1].lower() if found and not tag.startswith(("<script", "<style")) else ""


def _closed(at: _Element, tag: str) -> _Element:
    """Return the element around the one that a tag closes; what it holds is told to the one around it."""
    name = _opened(tag)
    while at.parent is not None:
        ended, at = at, at.parent
        at.seen |= 0 if ended.is_told else ended.seen
        at.is_structure |= ended.is_structure
        if ended.name == name:
            break
    return at


def _scripts(text: str, foreign: int) -> int:
    """Return the scripts of a text that matter on the page."""
    if not text or text.isspace():
        return 0
    return sum(
        script for script in (ARABIC, TIFINAGH, foreign & LATIN) if script and _LETTERS[script].search(text)
    )


def _tell(pieces: list[str], element: _Element, foreign: int) -> None:
    """Say the language of an element that is wholly of one, or of the texts right in it."""
    if element.is_covered or not element.seen & foreign:
        return
    script = ARABIC if element.seen & ARABIC else LATIN
    if element.name in _TEXT_ONLY or (element.seen == script and not element.is_structure):
        pieces[element.place] = _marked(pieces[element.place], script, element.name)
        element.is_told = True
        return
    for place in element.texts:
        pieces[place] = _parts(pieces[place], foreign)


def _marked(tag: str, script: int, name: str) -> str:
    marks = _MARKS[script]
    if name in ("bdi", "text") or " dir=" in tag:
        marks = marks.split(" dir=")[0]
    return f"{tag[:-1]}{marks}>"


def _parts(text: str, foreign: int) -> str:
    """Return a text with each part of another script in a ``span``."""
    seen = _scripts(text, foreign)
    if not seen & TIFINAGH and seen in _MARKS:
        core = text.strip()
        return text.replace(core, f"<span{_MARKS[seen]}>{core}</span>", 1)
    return _PARTS.sub(partial(_span, foreign), text)


def _span(foreign: int, part: re.Match[str]) -> str:
    script = {"ar": ARABIC, "fr": LATIN}.get(part.lastgroup or "", 0)
    is_foreign = script & foreign and _LETTERS[script].search(part[0])
    return f"<span{_MARKS[script]}>{part[0]}</span>" if is_foreign else part[0]
