"""Make the fonts of the pages from those of the receipts: what the languages need, and the name of Tamazight.

    python tools/fonts.py        write fonts/*.woff2, sheets/fonts.css and the drawn word of the pages anew

Run at development time only; what it writes is committed, the fonts beside their licence (OFL). Two weights
of each script, one of Tifinagh; a browser fetches those whose characters stand on the page.
"""

from __future__ import annotations

import textwrap
from pathlib import Path

from fontTools import subset
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "src/sijil/domains/documents/fonts"
PAGES = ROOT / "src/sijil/pages"
TARGET = PAGES / "static/pages/fonts"
WORD = "ⵜⴰⵎⴰⵣⵉⵖⵜ"

LATIN = "U+20-7E, U+A0-FF, U+152-153, U+2000-206F, U+20AC, U+2190-2193, U+2212, U+2713"
# Letters of Arabic, their marks, digits, and what names and places of Morocco borrow (پ چ ژ ڤ ڨ ڭ گ).
ARABIC = (
    "U+60C, U+61B, U+61F, U+621-63A, U+640-655, U+660-66C, U+670-671, U+67E, U+686, U+698, U+6A4, U+6A8-6A9, "
    "U+6AD, U+6AF, U+6CC"
)
TIFINAGH = "U+2D30-2D67, U+2D6F"  # the 33 letters of IRCAM and their kin
RECIPES = {
    "plex-sans-400": ("IBMPlexSans_400Regular", LATIN),
    "plex-sans-700": ("IBMPlexSans_700Bold", LATIN),
    "plex-arabic-400": ("IBMPlexSansArabic_400Regular", ARABIC),
    "plex-arabic-700": ("IBMPlexSansArabic_700Bold", ARABIC),
    "tifinagh-400": ("NotoSansTifinagh_400Regular", TIFINAGH),
}


DRAWN = """\
<svg
    role="img"
    aria-label="{text}"
    viewBox="0 {top:.0f} {x:.0f} {height:.0f}"
    height="0.72em"
    fill="currentColor"
>
    <path
        d="
{path}"
    />
</svg>
"""
FACE = """\
@font-face {{
  font-family: Plex;
  src: url(../fonts/{name}.woff2) format("woff2");
  font-weight: {weight};
  font-display: swap;
  unicode-range:
    {ranges};
}}
"""


def sheet() -> str:
    """Return the style sheet that names the fonts and what each is fetched for."""
    faces = [
        FACE.format(name=name, weight=name[-3:], ranges=textwrap.fill(ranges, 100, subsequent_indent=" " * 4))
        for name, (_source, ranges) in RECIPES.items()
    ]
    return (
        "/* Each script is fetched where it is read. Written by tools/fonts.py; licence: fonts/OFL-*. */\n"
        + "".join(faces)
    )


def make(name: str) -> Path:
    """Write one font of the pages; return its path."""
    source, ranges = RECIPES[name]
    options = subset.Options(flavor="woff2", hinting=False, notdef_outline=True, name_IDs=[0, 1, 2, 13, 14])
    font = subset.load_font(str(SOURCES / f"{source}.ttf"), options)
    chosen = subset.Subsetter(options)
    chosen.populate(unicodes=subset.parse_unicodes(ranges.replace("U+", "")))
    chosen.subset(font)
    path = TARGET / f"{name}.woff2"
    subset.save_font(font, str(path), options)
    return path


def drawn_word(text: str = WORD, size: int = 100) -> str:
    """Return the word as an inline drawing with a name to read aloud, in the colour of the text."""
    font = TTFont(SOURCES / "NotoSansTifinagh_400Regular.ttf")
    glyphs, names = font.getGlyphSet(), font.getBestCmap()
    scale = size / font["head"].unitsPerEm
    pen, bounds, x = SVGPathPen(glyphs, ntos=lambda n: f"{n:.0f}"), BoundsPen(glyphs), 0.0
    for letter in text:
        glyph = glyphs[names[ord(letter)]]
        for drawing in (pen, bounds):
            glyph.draw(TransformPen(drawing, (scale, 0, 0, -scale, x, 0)))
        x += glyph.width * scale
    top, bottom = bounds.bounds[1], bounds.bounds[3]
    height, lines = (
        bottom - top,
        textwrap.fill(pen.getCommands().replace("Z", "Z "), 112, break_long_words=False),
    )
    return DRAWN.format(text=text, top=top, x=x, height=height, path=textwrap.indent(lines, " " * 8))


if __name__ == "__main__":
    for name in RECIPES:
        path = make(name)
        print(f"{path.stat().st_size:>7,} {path.relative_to(ROOT)}")
    (PAGES / "static/pages/sheets/fonts.css").write_text(sheet(), encoding="utf-8")
    (PAGES / "templates/pages/tamazight.html").write_text(drawn_word(), encoding="utf-8")
