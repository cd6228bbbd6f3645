"""Translations: find every sentence, merge the parts, compile, and fail on what is missing.

    python -m sijil.processes.messages            compile what is older than its parts
    python -m sijil.processes.messages check      list every sentence without Arabic or French, said twice,
                                                  translated in two ways, or no longer used

The sentences are English, in templates (``translate``, ``blocktranslate``, ``_("...")``), in Python
(``gettext`` and its kin) and in every :class:`ErrorCode`. A package keeps its translations in
``locale/<language>/LC_MESSAGES/parts/*.po``; the merged ``django.mo`` beside them is never committed.
A sentence stands in one part: of its room, or of ``pages`` when rooms share it. What carries its words
beside its code (``Text4``) says them as the parts do, or names a context.
"""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
from django.template.base import Lexer, Token, TokenType
from django.utils.text import smart_split
from django.utils.translation import trim_whitespace

from sijil.kernel.texts import Text4

SOURCE = Path(__file__).resolve().parents[1]
PLURALS = {
    "ar": (
        "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2"
        " : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5;"
    ),
    "fr": "nplurals=2; plural=(n > 1);",
    "zgh": "nplurals=2; plural=(n > 1);",
}
COMPLETE = ("ar", "fr")
OF_DJANGO = {("This field is required.", None)}  # said by Django; here in our words
MAIN_SCREENS = ("pages/base.html", "portal/home.html", "portal/track.html")  # complete in Tamazight too

SHARED = "pages"  # the package of what rooms share, and of every refusal

Places = dict[tuple[str, str | None], list[tuple[str, str, polib.POEntry]]]

_CALLS = {"gettext": 0, "gettext_lazy": 0, "gettext_noop": 0, "_": 0, "pgettext": 1, "pgettext_lazy": 1}
_PLURAL_CALLS = {"ngettext": 0, "ngettext_lazy": 0, "npgettext": 1, "npgettext_lazy": 1}
_INLINE = re.compile(r"""_\((?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\)""")
_PLACES = re.compile(r"%\(\w+\)s|\{\w+\}")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A message key and one place where it is used."""

    text: str
    context: str | None
    place: str
    plural: str = ""

    @property
    def key(self) -> tuple[str, str | None]:
        return (self.text, self.context)


# -- finding ---------------------------------------------------------------------------------------


def iter_sentences(source: Path = SOURCE) -> Iterator[Sentence]:
    """Yield every sentence of the templates, the code and the error codes below ``source``."""
    for path in sorted(source.rglob("templates/**/*")):
        if path.suffix in (".html", ".txt"):
            yield from template_sentences(path.read_text(encoding="utf-8"), str(path.relative_to(source)))
    for path in sorted(source.rglob("*.py")):
        if not {"tests", "migrations"} & set(path.parts):
            yield from code_sentences(path.read_text(encoding="utf-8"), str(path.relative_to(source)))


def template_sentences(text: str, place: str) -> Iterator[Sentence]:
    """Yield the sentences of one template."""
    block: list[Token] | None = None
    for token in Lexer(text).tokenize():
        name = token.contents.split()[0] if token.token_type is TokenType.BLOCK and token.contents else ""
        if block is not None:
            if name.startswith("end"):
                yield _block_sentence(block, place)
                block = None
            else:
                block.append(token)
        elif name in ("blocktranslate", "blocktrans"):
            block = [token]
        elif token.token_type in (TokenType.BLOCK, TokenType.VAR):
            yield from _tag_sentences(token, name, place)


def _tag_sentences(token: Token, name: str, place: str) -> Iterator[Sentence]:
    bits = list(smart_split(token.contents))
    if name in ("translate", "trans") and len(bits) > 1 and bits[1][0] in "\"'":
        context = bits[bits.index("context") + 1][1:-1] if "context" in bits else None
        yield Sentence(_literal(bits[1]), context, f"{place}:{token.lineno}")
    for double, single in _INLINE.findall(token.contents):
        yield Sentence(_literal(f'"{double or single}"'), None, f"{place}:{token.lineno}")


def _literal(quoted: str) -> str:
    inner = quoted[1 : quoted.rindex(quoted[0])]
    return inner.replace('\\"', '"').replace("\\'", "'").replace("%", "%%")


def _block_sentence(block: list[Token], place: str) -> Sentence:
    head, *body = block
    bits = list(smart_split(head.contents))
    context = bits[bits.index("context") + 1][1:-1] if "context" in bits else None
    texts = [""]
    for token in body:
        if token.token_type is TokenType.BLOCK:  # {% plural %}
            texts.append("")
        else:
            is_text = token.token_type is TokenType.TEXT
            texts[-1] += token.contents.replace("%", "%%") if is_text else f"%({token.contents})s"
    texts = [trim_whitespace(t) for t in texts] if "trimmed" in bits else texts
    return Sentence(texts[0], context, f"{place}:{head.lineno}", *texts[1:])


def code_sentences(text: str, place: str) -> Iterator[Sentence]:
    """Yield the sentences of one Python file: gettext calls and error codes."""
    if not any(word in text for word in ("gettext", "ErrorCode")):
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            yield from _call_sentences(node, f"{place}:{node.lineno}")


def _call_sentences(node: ast.Call, place: str) -> Iterator[Sentence]:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    strings = [_constant(argument) for argument in node.args]
    if name in _CALLS and len(strings) > _CALLS[name]:
        *context, text = strings[: _CALLS[name] + 1]
        yield from _sentence(text, context, place)
    elif name in _PLURAL_CALLS and len(strings) > _PLURAL_CALLS[name] + 1:
        *context, text, plural = strings[: _PLURAL_CALLS[name] + 2]
        yield from _sentence(text, context, place, plural or "")
    elif name == "ErrorCode":
        named = [_constant(k.value) for k in node.keywords if k.arg in ("title", "remedy")]
        for text in [*strings[2:4], *named]:
            yield from _sentence(text, [], place)


def _sentence(
    text: str | None, context: list[str | None], place: str, plural: str = ""
) -> Iterator[Sentence]:
    if text:
        yield Sentence(text, context[0] if context else None, place, plural)


def _constant(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


# -- merging and compiling -------------------------------------------------------------------------


def folders(language: str, source: Path = SOURCE) -> list[Path]:
    """Return the ``LC_MESSAGES`` folders of a language, one per package."""
    return sorted(p.parent for p in source.rglob(f"locale/{language}/LC_MESSAGES/parts"))


def parts(folder: Path) -> list[Path]:
    """Return the files merged into ``folder/django.mo``; of one key said twice the first stays."""
    return sorted(folder.glob("parts/*.po"))


def merge(folder: Path, language: str) -> polib.POFile:
    """Return one catalogue of all the parts of a folder."""
    merged = polib.POFile()
    merged.metadata = {
        "Content-Type": "text/plain; charset=utf-8", "Language": language, "Plural-Forms": PLURALS[language],
    }  # fmt: skip
    seen = set()
    for part in parts(folder):
        for entry in polib.pofile(str(part)):
            key = (entry.msgid, entry.msgctxt)
            if key not in seen and entry.translated() and not entry.obsolete:
                seen.add(key)
                merged.append(entry)
    return merged


def compile_stale(source: Path = SOURCE) -> list[Path]:
    """Compile the catalogues that are older than a part, or missing; return their paths.

    Safe with several processes at once (each file is replaced whole), silent where nothing can be
    written: an installed package carries its compiled catalogues.
    """
    done = []
    for language in PLURALS:
        for folder in folders(language, source):
            target = folder / "django.mo"
            newest = max(p.stat().st_mtime for p in [folder / "parts", *parts(folder)])
            if (target.exists() and target.stat().st_mtime >= newest) or not os.access(folder, os.W_OK):
                continue
            draft = folder / f".django.{os.getpid()}.mo"
            merge(folder, language).save_as_mofile(str(draft))
            draft.replace(target)
            done.append(target)
    return done


# -- checking --------------------------------------------------------------------------------------


def problems(source: Path = SOURCE) -> list[str]:
    """Return what is missing or wrong, one line each; empty when every interface can be read."""
    sentences = list(iter_sentences(source))
    found = []
    for language in PLURALS:
        places = _places(language, source)
        wanted = sentences if language in COMPLETE else [s for s in sentences if _is_main(s)]
        missing = [s for s in _once(wanted) if s.key not in places]
        found += [f"{language}: missing {s.text!r} ({s.place})" for s in missing]
        for told in (_entry_problems(language, places), _place_problems(places, sentences)):
            found += [f"{language}: {problem}" for problem in told]
    return found + list(_two_ways(source))


def _places(language: str, source: Path) -> Places:
    """Return every translated entry of a language by its key, each with the package it stands in."""
    found: Places = {}
    for folder in folders(language, source):
        for part in parts(folder):
            for entry in polib.pofile(str(part)):
                if entry.translated() and not entry.obsolete:
                    package = part.relative_to(source).parts[0]
                    found.setdefault((entry.msgid, entry.msgctxt), []).append((package, part.name, entry))
    return found


def _is_main(sentence: Sentence) -> bool:
    return any(f"templates/{screen}:" in sentence.place for screen in MAIN_SCREENS)


def _once(sentences: Iterable[Sentence]) -> list[Sentence]:
    return list({s.key: s for s in sentences}.values())


def _place_problems(places: Places, sentences: Iterable[Sentence]) -> Iterator[str]:
    rooms: dict[tuple[str, str | None], set[str]] = {key: {SHARED} for key in OF_DJANGO}
    for sentence in sentences:
        rooms.setdefault(sentence.key, set()).add(sentence.place.partition("/")[0])
    for key, stands in places.items():
        package, part, _entry = stands[0]
        if len(stands) > 1:
            yield f"in more than one place: {key[0]!r} ({', '.join(f'{p}/{name}' for p, name, _ in stands)})"
        elif key not in rooms:
            yield f"no longer used: {key[0]!r} ({package}/{part})"
        elif package != SHARED and rooms[key] != {package}:
            yield f"not said by {package} alone, so it belongs to {SHARED}: {key[0]!r} ({part})"


def _entry_problems(language: str, places: Places) -> Iterator[str]:
    count = int(PLURALS[language].split("nplurals=")[1][0])
    for entry in [entry for stands in places.values() for _, _, entry in stands]:
        texts = list(entry.msgstr_plural.values()) or [entry.msgstr]
        if entry.msgid_plural and len(texts) != count:
            yield f"{len(texts)} plural forms instead of {count} for {entry.msgid!r}"
        allowed = set(_PLACES.findall(entry.msgid + entry.msgid_plural))
        for text in texts:
            if set(_PLACES.findall(text)) - allowed or (
                not entry.msgid_plural and allowed - set(_PLACES.findall(text))
            ):
                yield f"places differ between {entry.msgid!r} and {text!r}"


def iter_texts(source: Path = SOURCE) -> Iterator[tuple[str, Text4]]:
    """Yield every text that stands in four languages beside its code, with its place."""
    for path in sorted(source.rglob("*.py")):
        if {"tests", "migrations"} & set(path.parts) or "Text4(" not in (code := path.read_text("utf-8")):
            continue
        for node in ast.walk(ast.parse(code)):
            if text := _text_of(node):
                yield f"{path.relative_to(source)}:{text[0]}", text[1]


def _text_of(node: ast.AST) -> tuple[int, Text4] | None:
    """Return the text that a call makes of constants, with its line."""
    if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "Text4":
        return None
    words = [_constant(argument) or "" for argument in node.args]
    named = {str(k.arg): _constant(k.value) or "" for k in node.keywords}
    return (node.lineno, Text4(*words, **named)) if all(words) and len(words) >= 3 else None


def _two_ways(source: Path) -> Iterator[str]:
    """Tell the English texts that are translated in two ways without a context."""
    for language in COMPLETE:
        said: dict[tuple[str, str | None], dict[str, str]] = {}
        for key, stands in _places(language, source).items():
            package, part, entry = stands[0]
            if not entry.msgid_plural:
                said.setdefault(key, {})[entry.msgstr] = f"{package}/{part}"
        for place, text in iter_texts(source):
            said.setdefault((text.en, text.context or None), {})[text.text(language)] = place
        for (english, _context), ways in said.items():
            if len(ways) > 1:
                told = "; ".join(f"{words!r} ({place})" for words, place in ways.items())
                yield f"{language}: two translations of {english!r}, so give one a context: {told}"


def main(arguments: list[str]) -> int:
    """Compile, or check. Returns the exit status."""
    if arguments[:1] == ["check"]:
        found = problems()
        print("\n".join(found) or "Every sentence is translated.")
        return 1 if found else 0
    for path in compile_stale():
        print(f"compiled {path.relative_to(SOURCE)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
