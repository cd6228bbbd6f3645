"""Derive the Arabic font of the receipts from IBM Plex Sans Arabic: one glyph for one letter.

    python tools/arabic_font.py     write the two fonts of the receipts anew

Plex draws 241 pairs of letters as one glyph by a feature that is always on (``rlig``). A PDF then holds the
two letters in the order of reading inside a line in the order of drawing, and every reader turns them round:
a search for الوطني finds nothing. Here only lam + alef is joined, as the script demands, by two glyphs: the
alef takes the outline of the old ligature and half its width, the lam is empty and takes the rest.

The family is renamed: "Plex" is a reserved name of the licence (OFL). Run at development time only.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont
from fontTools.ttLib.tables import otTables as ot
from fontTools.ttLib.tables._g_l_y_f import Glyph

FOLDER = Path(__file__).resolve().parents[1] / "src/sijil/domains/documents/fonts"
FAMILY = "Sijil Arabic"
LAMS = ("uniFEDF", "uniFEE0")  # initial, medial
ALEFS = ("uniFE8E", "uniFE84", "uniFE88", "uniFE82", "uniFB51")  # final: ا أ إ آ ٱ
_SKIP_MARKS = 9  # right to left, ignore marks: the flags of the lookup that goes


def derive(font: TTFont) -> None:
    """Change the font: no ligature of letters, lam + alef as two glyphs."""
    table = font["GSUB"].table
    (required,) = [r.Feature for r in table.FeatureList.FeatureRecord if r.FeatureTag == "rlig"]
    (old,) = required.LookupListIndex
    pairs = list(_pairs(table.LookupList.Lookup[old]))
    for _lam, _alef, ligature in pairs:
        _split(font, ligature)
    required.LookupListIndex = _join(table.LookupList, pairs)
    required.LookupCount = 2
    table.LookupList.Lookup[old].SubTable = []
    table.LookupList.Lookup[old].SubTableCount = 0
    _anchor(font, [ligature for _lam, _alef, ligature in pairs])
    _rename(font)


def _pairs(lookup: Any) -> Iterator[tuple[str, str, str]]:
    for subtable in lookup.SubTable:
        for lam in LAMS:
            for found in subtable.ligatures.get(lam, ()):
                if found.Component[0] in ALEFS and len(found.Component) == 1:
                    yield lam, found.Component[0], found.LigGlyph


def _split(font: TTFont, ligature: str) -> None:
    """Add the two glyphs of a ligature: all the ink in the alef, half of the width in each."""
    width, left = font["hmtx"][ligature]
    drawn = copy.deepcopy(font["glyf"][ligature])
    half = width // 2
    for name, glyph, metrics in (
        (f"{ligature}.alef", drawn, (half, left)),
        (f"{ligature}.lam", Glyph(), (width - half, 0)),
    ):
        font["glyf"][name] = glyph
        font["hmtx"][name] = metrics
        font["GDEF"].table.GlyphClassDef.classDefs[name] = 1
    font.setGlyphOrder(font["glyf"].glyphOrder)


def _join(lookups: Any, pairs: list[tuple[str, str, str]]) -> list[int]:
    """Add the lookups that put them in: lam before alef first, then the alef after it; return both."""
    first, second = [], []
    for lam, alef, ligature in pairs:
        single = _add(lookups, 1, 0, [_single({lam: f"{ligature}.lam"})])
        first.append(_chain(lam, single, ahead=alef))
    for _lam, alef, ligature in pairs:
        single = _add(lookups, 1, 0, [_single({alef: f"{ligature}.alef"})])
        second.append(_chain(alef, single, back=f"{ligature}.lam"))
    return [_add(lookups, 6, _SKIP_MARKS, first), _add(lookups, 6, _SKIP_MARKS, second)]


def _add(lookups: Any, kind: int, flag: int, subtables: list[Any]) -> int:
    lookup = ot.Lookup()
    lookup.LookupType, lookup.LookupFlag = kind, flag
    lookup.SubTable, lookup.SubTableCount = subtables, len(subtables)
    lookups.Lookup.append(lookup)
    lookups.LookupCount = len(lookups.Lookup)
    return len(lookups.Lookup) - 1


def _single(mapping: Mapping[str, str]) -> Any:
    found = ot.SingleSubst()
    found.mapping = dict(mapping)
    return found


def _chain(glyph: str, lookup: int, *, back: str = "", ahead: str = "") -> Any:
    found, record = ot.ChainContextSubst(), ot.SubstLookupRecord()
    found.Format = 3
    for side, name in (("Backtrack", back), ("Input", glyph), ("LookAhead", ahead)):
        coverages = [_coverage(name)] if name else []
        setattr(found, f"{side}Coverage", coverages)
        setattr(found, f"{side}GlyphCount", len(coverages))
    record.SequenceIndex, record.LookupListIndex = 0, lookup
    found.SubstLookupRecord, found.SubstCount = [record], 1
    return found


def _coverage(*names: str) -> Any:
    found = ot.Coverage()
    found.glyphs = list(names)
    return found


def _anchor(font: TTFont, ligatures: list[str]) -> None:
    """Give the marks of each component of a ligature to its glyph, the lam's moved by the alef's width."""
    lookups = font["GPOS"].table.LookupList.Lookup
    (to_ligatures,) = [
        subtable for lookup in lookups if lookup.LookupType == 5 for subtable in lookup.SubTable
    ]
    to_bases = [lookup for lookup in lookups if lookup.LookupType == 4][-1]
    anchors = dict(_anchors(font, to_ligatures, ligatures))
    names = sorted(anchors, key=font.getGlyphID)
    added = ot.MarkBasePos()
    added.Format, added.ClassCount = 1, to_ligatures.ClassCount
    added.MarkCoverage = copy.deepcopy(to_ligatures.MarkCoverage)
    added.MarkArray = copy.deepcopy(to_ligatures.MarkArray)
    added.BaseCoverage, added.BaseArray = _coverage(*names), ot.BaseArray()
    added.BaseArray.BaseRecord = [anchors[name] for name in names]
    added.BaseArray.BaseCount = len(names)
    to_bases.SubTable.append(added)
    to_bases.SubTableCount = len(to_bases.SubTable)


def _anchors(font: TTFont, subtable: Any, ligatures: list[str]) -> Iterator[tuple[str, Any]]:
    for ligature in ligatures:
        place = subtable.LigatureCoverage.glyphs.index(ligature)
        lam, alef = subtable.LigatureArray.LigatureAttach[place].ComponentRecord
        yield f"{ligature}.alef", _record(alef, 0)
        yield f"{ligature}.lam", _record(lam, font["hmtx"][f"{ligature}.alef"][0])


def _record(component: Any, left: int) -> Any:
    record = ot.BaseRecord()
    record.BaseAnchor = copy.deepcopy(component.LigatureAnchor)
    for anchor in filter(None, record.BaseAnchor):
        anchor.XCoordinate -= left
    return record


def _rename(font: TTFont) -> None:
    names = font["name"]
    names.names = [record for record in names.names if record.nameID < 7 or record.nameID in (8, 9, 13, 14)]
    style = names.getDebugName(2)
    for number, text in ((1, FAMILY), (3, f"{FAMILY} {style}"), (4, f"{FAMILY} {style}")):
        names.setName(text, number, 3, 1, 0x409)
    names.setName(f"{FAMILY.replace(' ', '')}-{style}", 6, 3, 1, 0x409)
    names.setName("Derived from IBM Plex Sans Arabic", 10, 3, 1, 0x409)


if __name__ == "__main__":
    for weight in ("400Regular", "700Bold"):
        font = TTFont(FOLDER / f"IBMPlexSansArabic_{weight}.ttf", recalcTimestamp=False)
        derive(font)
        place = FOLDER / f"SijilArabic_{weight}.ttf"
        font.save(place)
        print(f"{place.stat().st_size:>7,} {place.name}")
