"""What a program reads in a receipt: every printed word in both languages, the marks of an archive copy."""

import datetime as dt
import re
import zlib
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from fontTools.ttLib import TTFont

from sijil.domains.documents.receipts import Both, Line, Marks, compose, draw_page
from sijil.kernel.texts import Text4

NOW = dt.datetime(2026, 11, 3, 9, 14, tzinfo=dt.UTC)
MARKS = Marks(
    "https://sijil.example/check/a.b.c/", "K7QD-4M2X-9TAB", "https://sijil.example/check/K7QD-4M2X-9TAB/"
)
NAME = Both("عائشة بناني", "Aïcha Bennani")
CENTRE = Both("مركز أكدال الرياض", "Centre d'Agdal")
PAPER = Text4("البطاقة الوطنية للتعريف", "Carte nationale d'identité", "National card")
FACTS = {
    "appointment": {"applicant": NAME, "at": NOW, "centre": CENTRE, "paper": PAPER},
    "deposit": {
        "applicant": NAME,
        "deposited_at": NOW,
        "centre": CENTRE,
        "papers": [PAPER],
        "until": dt.date(2026, 11, 4),
    },
    "temporary": {
        "applicant": NAME,
        "deposited_at": NOW,
        "centre": CENTRE,
        "until": dt.date(2026, 12, 3),
    },
    "household": {"declarant": NAME, "submitted_at": NOW, "members": 5, "household_code": "4827193650-3"},
    "score": {
        "household_code": "4827193650-3",
        "score": "9,432",
        "formula": "HCP-2021-BO7011",
        "computed_at": NOW,
    },
}
TERMS = [Line(f"لا شيء إلى الأسرة {n}", f"à l'unité {n}", f"\u2212{n},5000000") for n in range(3, 20)]
TABLES = {
    "deposit": {
        "declared": [Line("الهاتف", "Téléphone", "+212 6 12 34 56 78"), Line("الاسم", "Prénom", NAME)]
    },
    "score": {
        "programmes": [
            Line("الدعم (العتبة 9,743001)، 03/11/2026", "Aide (seuil 9,743001), 03/11/2026", NAME)
        ],
        "terms": TERMS,
    },
}
FONTS = Path(__file__).parents[1] / "fonts"


def written(kind):
    return compose(kind, FACTS[kind], number="K7QD-4M2X-9T", issued_at=NOW, tables=TABLES.get(kind))


def drawn(kind):
    return draw_page(written(kind), MARKS, NOW)


def texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from texts(part)


def printed_words(kind):
    """Return what is searched for. In a line that is also Arabic PDFium turns apostrophes round."""
    page = written(kind)
    page["words"] = {
        name: text for name, text in page["words"].items() if name not in ("square", "photo")
    }  # read aloud only
    page["issuer"] = {language: page["issuer"][language] for language in ("ar", "fr")}
    found = {word.strip("«».,;:?()!،؟") for text in texts(page) for word in re.split(r"[\s']+", text)}
    return sorted((found | {MARKS.code, MARKS.address}) - {""})


@pytest.fixture(params=FACTS)
def kind(request):
    return request.param


def test_every_printed_word_is_found(kind):
    with pdfium.PdfDocument(drawn(kind)) as pdf:
        pages = [pdf[n].get_textpage() for n in range(len(pdf))]
        missing = [w for w in printed_words(kind) if not any(p.search(w).get_next() for p in pages)]
        for page in pages:
            page.close()
    assert missing == []


def test_what_is_copied_holds_nothing_unseen(kind):
    with pdfium.PdfDocument(drawn(kind)) as pdf:
        text = "".join(pdf[n].get_textpage().get_text_range() for n in range(len(pdf)))
    assert MARKS.address in text
    assert not re.search("[\u200b-\u200f\u202a-\u202e\u2060-\u2069]", text)


def test_the_address_is_a_link(kind):
    assert f"/URI({MARKS.address})".encode() in drawn(kind)


def test_it_is_a_copy_for_the_archive_and_for_readers_aloud(kind):
    pdf = drawn(kind)
    for mark in (
        b"<pdfaid:part>2<",
        b"<pdfaid:conformance>A<",
        b"<pdfuaid:part>1<",
        b"/StructTreeRoot",
        b"/Marked true",
    ):
        assert mark in pdf
    title = written(kind)["title"]
    assert title["ar"] in re.search(rb"<dc:title>.*?</dc:title>", pdf, re.DOTALL)[0].decode()


def test_each_language_is_marked(kind):
    pdf = drawn(kind)
    inside = b"".join(
        unpacked(stream) for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    )
    assert re.search(rb"/Type/Catalog.*/Lang\(fr\)", pdf)  # of all that says nothing else
    assert pdf.count(b"/Lang(ar)") > 10
    assert b"/Lang(zgh)" in inside


def unpacked(stream):
    try:
        return zlib.decompressobj().decompress(stream)
    except zlib.error:
        return b""


@pytest.mark.parametrize("weight", ["400Regular", "700Bold"])
def test_the_arabic_font_draws_each_letter_by_itself(weight):
    table = TTFont(FONTS / f"SijilArabic_{weight}.ttf")["GSUB"].table
    always = [r.Feature for r in table.FeatureList.FeatureRecord if r.FeatureTag == "rlig"]
    kinds = {table.LookupList.Lookup[n].LookupType for feature in always for n in feature.LookupListIndex}
    assert kinds == {6}
