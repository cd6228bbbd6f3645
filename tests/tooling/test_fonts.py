"""The fonts of the pages hold what the languages need, and what the tool writes is what is committed."""

import re

import fonts
import polib
import pytest
from fontTools.ttLib import TTFont

SCRIPTS = {
    "plex-arabic": re.compile("[\u0600-\u06ff]"),
    "plex-sans": re.compile("[\u0021-\u007e\u00a1-\u00ac\u00ae-\u017f\u2013-\u2026]"),
    "tifinagh": re.compile("[\u2d30-\u2d7f]"),
}


def texts():
    for part in (fonts.ROOT / "src").rglob("parts/*.po"):
        for entry in polib.pofile(str(part)):
            yield from (entry.msgstr, *entry.msgstr_plural.values())


@pytest.mark.parametrize("name", fonts.RECIPES)
def test_every_letter_of_the_pages_has_a_glyph(name):
    letters = set(SCRIPTS[name.rpartition("-")[0]].findall("".join(texts())))
    assert len(letters) > 30
    assert letters <= {chr(code) for code in TTFont(fonts.TARGET / f"{name}.woff2").getBestCmap()}


def test_two_weights_of_a_script_at_most():
    files = sorted(path.stem for path in fonts.TARGET.glob("*.woff2"))
    assert files == sorted(fonts.RECIPES)
    assert max(sum(one.startswith(script) for one in files) for script in SCRIPTS) == 2


def test_what_the_tool_writes_is_committed():
    assert (fonts.PAGES / "static/pages/sheets/fonts.css").read_text() == fonts.sheet()
    assert (fonts.PAGES / "templates/pages/tamazight.html").read_text() == fonts.drawn_word()
