"""Make ``data/names.csv`` again: attested Moroccan names in both scripts, with their counts.

    pip install arabic-name-romanizer==0.2.0
    python -m sijil.country.name_table

That package's table (units of names of people in Wikidata, CC0) gives for each Arabic name the French
spellings in use and how often. It knows no sex: the lists here say which given names are of whom, in
full Arabic spelling (the table folds hamza and ta marbuta). Needed only to rebuild the file.
"""

from __future__ import annotations

import csv
import re
import sqlite3
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

from sijil.kernel.names import skeleton


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


TARGET = Path(__file__).parent / "data/names.csv"
MOST_SPELLINGS = 3
LEAST = 3  # a surname attested less often is not in the table
MEN = _words(
    """
    محمد أحمد مصطفى إدريس رشيد حسن سعيد يوسف عبد_الله عمر إبراهيم هشام أمين علي خالد ياسين
    عبد_العزيز عزيز مهدي يونس عادل عبد_القادر كريم عبد_الرحيم سفيان عبد_اللطيف نور_الدين
    جمال رضا عبد_السلام حميد حمزة طارق نبيل العربي جواد إسماعيل أنس أيوب مراد رضوان
    عبد_الكريم منير بلال فؤاد المهدي سمير إلياس عبد_الرحمن أسامة عبد_الإله لحسن كمال سعد
    زكريا عبد_الحق عبد_الحميد محسن أيمن بدر عبد_الهادي عبد_الواحد الحسين فريد عصام زكرياء
    سامي عثمان آدم عبد_المجيد يحيى عبد_الصمد عبد_الفتاح زهير صلاح_الدين خليل صالح ناصر أشرف
    أنور مروان وليد الحسن حفيظ عبد_الرزاق عز_الدين عبد_الجليل عبد_الوهاب فيصل محمود نسيم
    بوشعيب ريان سليمان طه علال لطفي عبد_الغني عبد_الكبير عماد المعطي توفيق حكيم عبد_المالك
    منصف ميلود نجيب الحبيب الطاهر امحمد أنيس ربيع مبارك ميمون ياسر البشير جلال رفيق شكيب
    عبد_العالي عدنان قاسم حاتم سليم شفيق صابر عبد_الحكيم مختار نزار نعمان بلعيد رحال نوفل
    عبد_الخالق عبد_النبي سهيل فاروق حدو محجوب موحى مسعود وسيم زياد رياض شعيب عيسى
    """
)
WOMEN = _words(
    """
    فاطمة ليلى خديجة أمينة مريم مليكة سعاد أسماء نادية عائشة نزهة ابتسام نجاة لطيفة سارة
    سناء إيمان زينب سميرة هند صوفيا نعيمة أمل سهام سعيدة سكينة سلمى لمياء سمية عزيزة ياسمين
    حنان حياة رجاء زهور هدى بشرى حفيظة زكية زهرة غزلان فريدة لبنى أميمة حسناء رشيدة سليمة
    فاتحة كوثر آمال جميلة جيهان منى نوال ثريا حليمة كنزة نبيلة حفصة غيثة فدوى ياسمينة رباب
    رقية شيماء صفية كريمة لينا نسرين نورا وفاء إلهام إيناس بهيجة حورية سلوى صفاء فتيحة فوزية
    مونية نفيسة هاجر إكرام بهية حبيبة حكيمة نسيمة نورة وئام يسرا أحلام آسية بديعة دنيا
    ريحانة سامية صباح فاطنة ملاك منيرة مها مينة نجوى ندى وداد حادة ربيعة سعدية ضحى فضيلة
    مباركة مروة منال ميمونة نجية هبة هنو إيتو خلود دلال ريم جليلة
    """
)
FULL = {
    "عيسي": "عيسى", "موسي": "موسى", "بن عيسي": "بن عيسى", "بنعيسي": "بنعيسى", "يحيي": "يحيى",
    "الادريسي": "الإدريسي", "ادريسي": "إدريسي", "ادريس": "إدريس", "ابراهيم": "إبراهيم",
    "ابراهيمي": "إبراهيمي", "الابراهيمي": "الإبراهيمي", "اسماعيل": "إسماعيل", "اسماعيلي": "إسماعيلي",
    "الاسماعيلي": "الإسماعيلي", "الانصاري": "الأنصاري", "الاحمدي": "الأحمدي", "الازرق": "الأزرق",
}  # fmt: skip
# Names of other countries that the table files under Morocco, and names that would point at one person.
LEFT_OUT = _words(
    """
    ديوب بيرو مادي سيسيه كامارا تراوري ديالو ندياي فال مارتن اخنوش بنكيران اوفقير العثماني
    امرابط حكيمي زياش بونو الركراكي محمد احمد علي بابا
    """
)
LEARNED = re.compile(r"\b(?:Al|al|Abd al|Abdul|Abu|Ibn|Muhammad|Hammadi)\b|'|ee|sh|Q|w[aiy]$|q$")
LATIN = re.compile(r"[A-ZÀ-Ý][a-zà-ÿ]+(?:[ '-]?[A-ZÀ-Ýa-zà-ÿ][a-zà-ÿ]*)*")


def write_names() -> int:
    """Write the table and return its number of rows (sex M, F or S for surnames; ar; fr; count)."""
    rows = [*_given("M", MEN), *_given("F", WOMEN), *_surnames()]
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["kind", "ar", "fr", "count"])
        writer.writerows(rows)
    return len(rows)


def _given(kind: str, names: tuple[str, ...]) -> list[tuple[str, str, str, int]]:
    known = _spellings("given")
    wanted = [name.replace("_", " ") for name in dict.fromkeys(names)]
    return [(kind, ar, fr, n) for ar in wanted for fr, n in _usual(ar, known.get(_key(ar), Counter()))]


def _surnames() -> list[tuple[str, str, str, int]]:
    found = _spellings("surname").items()
    known = {key: s for key, s in found if sum(s.values()) >= LEAST and key not in LEFT_OUT}
    ordered = sorted(known.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    return [("S", ar, fr, n) for key, s in ordered for ar in [_full(key)] for fr, n in _usual(ar, s)]


def _usual(ar: str, spellings: Counter[str]) -> list[tuple[str, int]]:
    """Keep the usual spellings that read like the Arabic name."""
    good = [(f, n) for f, n in spellings.items() if _is_french(f) and skeleton(f) == skeleton(ar)]
    return sorted(good, key=lambda pair: (-pair[1], pair[0]))[:MOST_SPELLINGS]


def _is_french(spelling: str) -> bool:
    """Leave out learned transliterations: the table also holds scholars of old, written as in English."""
    return bool(LATIN.fullmatch(spelling)) and not LEARNED.search(spelling)


def _spellings(role: str) -> dict[str, Counter[str]]:
    spec = find_spec("arabic_name_romanizer")
    if spec is None or spec.origin is None:
        raise SystemExit("pip install arabic-name-romanizer==0.2.0")
    table = sqlite3.connect(Path(spec.origin).parent / "resources/names.sqlite3")
    found: dict[str, Counter[str]] = {}
    query = "SELECT arabic_key, latin, count FROM units WHERE country = 'MA' AND role = ? ORDER BY 1, 2"
    for key, latin, count in table.execute(query, [role]):
        found.setdefault(key, Counter())[latin[:1].upper() + latin[1:]] += count
    return found


def _key(ar: str) -> str:
    return ar.translate(str.maketrans("أإآىة", "اااي" + "ه"))


def _full(key: str) -> str:
    if key in FULL:
        return FULL[key]
    name = key[:-1] + "ة" if key.endswith("ه") and not key.endswith(("الله", "طه")) else key
    if name.startswith("ايت"):
        return "آ" + name[1:]
    return "أ" + name[1:] if name.startswith("ا") and not name.startswith("ال") else name


if __name__ == "__main__":
    print(write_names())
