"""People are addressed in one form, the polite plural, and things are called by the glossary's terms."""

import re
from pathlib import Path

import polib
import pytest
import yaml

from sijil.processes import messages

LETTERS = "\u0621-\u064a\u064b-\u0652\u0671"
ORDERS = """
    اختر اكتب اطلب انتظر ادخل استعمل حاول ابدأ افتح أعد أرسل اضبط احفظ اقترب أزل تأكد أضئ أبعد نظف ارفع انظر
    التقط احتفظ امسح اطبع قدم أصلح أكمل ارجع احسم انتقل اترك اذكر اكتف حدد صحح املأ انشر أجب راجع احذف أضف
    اقرأ أكد دع اختصر انقل سلّم فعّل أدخل أخبر اسأل ألغ أعط أنشئ اعرض قارن احضر أحضر ابحث احصل جرب انسخ صغّر
    تابع اضغط أنت
"""
"""Verbs in the singular, and "you"; with و or ف before them or a pronoun behind."""
WITHOUT_YOU = """
    بنك البنك الشباك شباك شريك الشريك ذلك تلك هناك السلك ترك يملك يشارك يتحرك محرك مشترك المشترك اشتراك سلوك
    شك الأملاك التشيك المكسيك الدانمرك المارتينيك الهرسك كوك نورفولك
"""
"""Words whose last letter is no "your" in the singular."""
TOLD = {
    "أؤكد وأرسل",
    "انتقل إلى منصب آخر",
    "انتقل الشخص إلى سكن آخر",
    "أدخل صيغة جديدة لنص قانوني.",
    "كل الرسائل النصية والإلكترونية التي أرسلها هذا العرض. في الخدمة الحقيقية تصل إلى هواتف الناس.",
}
"""Of oneself, or of somebody else, in words that read like an order."""
BANNED = {
    "ar": (
        r"تاريخ (ال)?ميلاد(?!ي)", r"سنة الميلاد", r"كلمة (ال)?سر(?![ء-ي])", r"اسم المستخدم", r"القائمة",
        r"المعرف الرقمي", r"رقم[ء-ي]* المدني", r"خدمات المواطن", r"[ء-ي] ?[,;?]", r", ?[ء-ي]",
    ),
    "fr": (
        r"(?<!au )\bfoyer", r"\bcourriel", r"(?<!e-)\bmails?\b", r"\bemail", r"\b(tu|ton|ta|tes|toi|te)\b",
        r"^(?!Sijil : ).*\w'\w",  # a short message has the alphabet of GSM, which lacks ’
        r"centres? de services", r"services? (du|aux) citoyen",
    ),
}  # fmt: skip


def words_in(value, language, inside=False):
    """Yield the texts of a language in a file of words."""
    if isinstance(value, dict):
        for key, part in value.items():
            spoken = key == language if key in messages.PLURALS or key == "en" else inside
            yield from words_in(part, language, spoken)
    elif isinstance(value, list):
        for part in value:
            yield from words_in(part, language, inside)
    elif isinstance(value, str) and inside:
        yield value


def said(language):
    """Yield every text that people read in a language: parts, texts beside codes, files of words."""
    for folder in messages.folders(language):
        for part in messages.parts(folder):
            for entry in polib.pofile(str(part)):
                yield from (text for text in (entry.msgstr, *entry.msgstr_plural.values()) if text)
    yield from (text.text(language) for _place, text in messages.iter_texts())
    for path in sorted(Path(messages.SOURCE).glob("**/parameters/**/*.yaml")):
        yield from words_in(yaml.safe_load(path.read_text("utf-8")), language)


def is_singular(word):
    """Tell whether an Arabic word speaks to one person without politeness."""
    order = rf"[وف]?({'|'.join(ORDERS.split())})(ه|ها|هما|هم|ني)?"
    you = word.endswith("ك") and not re.fullmatch(rf"[وفبلك]*({'|'.join(WITHOUT_YOU.split())})", word)
    return you or bool(re.fullmatch(order, word))


def test_arabic_speaks_in_the_polite_plural():
    texts = list(said("ar"))
    assert len(texts) > 1500
    found = {text for text in texts for word in re.findall(f"[{LETTERS}]+", text) if is_singular(word)}
    assert found - TOLD == set()


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_things_are_called_by_the_terms_of_the_glossary(language):
    texts = list(said(language))
    assert [t for t in texts for banned in BANNED[language] if re.search(banned, t, re.IGNORECASE)] == []


def test_templates_part_items_without_a_latin_comma():
    """A comma between two words of a page is a translation (between items); a dot needs none."""
    latin = re.compile(r'join:"[^"]*,|%\}[,;]\s*[<{]')
    found = [
        path.name for path in Path(messages.SOURCE).glob("**/*.html") if latin.search(path.read_text("utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("word", "singular"),
    [
        ("اختر", True), ("واكتبه", True), ("فأرسلها", True), ("ملفك", True), ("أنت", True),
        ("اختاروا", False), ("ملفكم", False), ("ولذلك", False), ("للشريك", False), ("بالشباك", False),
    ],
)  # fmt: skip
def test_a_singular_address_is_known(word, singular):
    assert is_singular(word) is singular


def test_texts_are_found_in_files_of_words():
    tree = {"a": [{"ar": {"sms": "X"}, "fr": "Y"}], "ar": "Z", "en": {"ar": "W"}}
    assert list(words_in(tree, "ar")) == ["X", "Z", "W"]
