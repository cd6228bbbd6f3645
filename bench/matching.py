"""Matching: do both scripts meet, how long does a search take, and what does a peer's rule find.

keys      share of attested (Arabic, French) name pairs of Morocco whose keys are equal, beside Soundex of the
          same pairs after plain transliteration (what a stock database offers). All pairs of the package
          arabic-name-romanizer when it is installed, else the sample kept in the tests.
search    compare() of one file with everyone known: keys, one statement, scores, the stored result
          floor: one look-up by exact name, birth date and sex on an index (MOSIP's demographic stage)
found     share of second files (re-spelt in French, 1 in 10 misspelt in Arabic, moved, another telephone, a
          date of which only the year is left) that each finds; the peer's rule on its better script

Run: ./run bench matching, or python -m bench.matching [people]. Needs a database of its own
(SIJIL_DATABASE_URL): it migrates it and loads people. Prints one JSON object per figure.
"""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import importlib.util
import json
import random
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "src/sijil/kernel/tests/names_ma.csv"
PROBES, STRANGERS = 2000, 500
Pair = tuple[str, str, int]


def attested() -> tuple[list[Pair], str]:
    """Return (Arabic, French, how often) of Morocco, and where they come from."""
    found = importlib.util.find_spec("arabic_name_romanizer")
    if found and found.origin:
        base = sqlite3.connect(Path(found.origin).parent / "resources/names.sqlite3")
        ask = (
            "SELECT arabic_key, latin, sum(count) FROM units WHERE country = 'MA' GROUP BY 1, 2 ORDER BY 1, 2"
        )
        return base.execute(ask).fetchall(), "arabic-name-romanizer 0.2.0"
    lines = [line for line in SAMPLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [(a, f, 1) for a, f in list(csv.reader(lines))[1:]], "400-pair sample"


def soundex(text: str) -> str:
    """Return the Soundex of Latin letters (Knuth)."""
    groups = zip("123456", ("bfpv", "cgjkqsxz", "dt", "l", "mn", "r"), strict=True)
    codes = {c: digit for digit, letters in groups for c in letters}
    letters = [c for c in text.lower() if "a" <= c <= "z"]
    kept, last = [], ""
    for c in letters:
        code = codes.get(c, "" if c in "aeiouy" else last)
        if code and code != last:
            kept.append(code)
        last = code
    return (letters[0] + "".join(kept[1:] if letters[0] in codes else kept) + "000")[:4] if letters else ""


_PLAIN = {
    "ا": "a", "ب": "b", "ت": "t", "ث": "t", "ج": "j", "ح": "h", "خ": "kh", "د": "d", "ذ": "d", "ر": "r",
    "ز": "z", "س": "s", "ش": "ch", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "a", "غ": "gh", "ف": "f",
    "ق": "q", "ك": "k", "ل": "l", "م": "m", "ن": "n", "ه": "h", "و": "ou", "ي": "i",
}  # fmt: skip


def plain(arabic: str) -> str:
    """Return a letter by letter transliteration."""
    return "".join(_PLAIN.get(c, "") for c in arabic)


def keys(pairs: Sequence[Pair], source: str) -> dict[str, Any]:
    """Measure how many pairs meet, by our key and by Soundex."""
    from sijil.kernel.names import skeleton

    met = [skeleton(a) == skeleton(f) for a, f, _ in pairs]
    by_sound = [soundex(plain(a)) == soundex(f) for a, f, _ in pairs]
    total = sum(n for *_, n in pairs)
    weighted = sum(n for ok, (*_, n) in zip(met, pairs, strict=True) if ok) / total
    started = time.perf_counter()
    for a, f, _ in pairs:
        skeleton.__wrapped__(a), skeleton.__wrapped__(f)
    each = (time.perf_counter() - started) / (2 * len(pairs)) * 1e6
    return figure(
        "Names whose key is equal in Arabic and in French", "share of pairs",
        round(sum(met) / len(pairs), 4), round(sum(by_sound) / len(pairs), 4),
        f"{len(pairs)} attested pairs of Morocco ({source}); {weighted:.3f} weighted by frequency; "
        f"{each:.0f} µs per name; floor: Soundex",
    )  # fmt: skip


def people(pairs: Sequence[Pair], count: int) -> list[Any]:
    """Return invented people: attested names by frequency, some 1,500 communes, three in ten are siblings."""
    from sijil.domains.matching.types import Subject
    from sijil.kernel.dates import PartialDate

    draw = random.Random(20261122)
    weights = [n for *_, n in pairs]
    made: list[Any] = []
    for i in range(count):
        first, last = draw.choices(pairs, weights, k=2)
        commune = f"{int(draw.paretovariate(0.8)) % 1503:04d}"
        if made and draw.random() < 0.3:
            kin = made[draw.randrange(len(made))]
            last, commune = (kin.last_name_ar, kin.last_name_fr, 1), kin.commune_code
        made.append(
            Subject(
                ref=UUID(int=i + 1),
                last_name_ar=last[0],
                first_name_ar=first[0],
                last_name_fr=last[1],
                first_name_fr=first[1],
                birth=PartialDate(draw.randint(1936, 2025), draw.randint(1, 12), draw.randint(1, 28)),
                sex=draw.choice("FM"),
                commune_code=commune,
                phone=f"06{draw.randrange(10**8):08d}",
                document_number=f"AB{draw.randrange(10**7)}" if draw.random() < 0.6 else "",
            )
        )
    return made


def second_file(one: Any, number: int, spellings: Mapping[str, Sequence[str]], draw: random.Random) -> Any:
    """Return a second file of the same person, as people really make them."""
    from sijil.kernel.dates import PartialDate

    again = {
        "ref": UUID(int=10**9 + number),
        "last_name_fr": draw.choice(spellings[one.last_name_ar]),
        "first_name_fr": draw.choice(spellings[one.first_name_ar]),
    }
    if draw.random() < 0.1:
        again["first_name_ar"] = misspelt(one.first_name_ar)
    if draw.random() < 0.2:
        again["commune_code"] = f"{draw.randrange(1503):04d}"
    if draw.random() < 0.5:
        again["phone"] = f"07{draw.randrange(10**8):08d}"
    if draw.random() < 0.5:
        again["document_number"] = ""
    if draw.random() < 0.1:
        again["birth"] = PartialDate(one.birth.year)
    return dataclasses.replace(one, **again)


def misspelt(arabic: str) -> str:
    """Return the name without its first long vowel, or with its last letter twice."""
    place = next((i for i, c in enumerate(arabic) if i and c in "اوي"), None)
    return arabic[:place] + arabic[place + 1 :] if place else arabic + arabic[-1]


def prepare(known: Sequence[Any]) -> None:
    """Migrate, load the keys, and load the peer's table with its index."""
    from django.db import connection

    from sijil.domains.matching import services

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE matching_key")
        services.copy_keys(cursor, known)
        cursor.execute("DROP TABLE IF EXISTS bench_exact")
        cursor.execute("CREATE TABLE bench_exact (ref uuid, script text, name text, birth text, sex text)")
        with cursor.copy("COPY bench_exact FROM STDIN") as copy:
            for s in known:
                for script in ("ar", "fr"):
                    copy.write_row((s.ref, script, exact_name(s, script), str(s.birth), s.sex))
        cursor.execute("CREATE INDEX ON bench_exact (script, name, birth, sex)")
        cursor.execute("ANALYZE matching_key")
        cursor.execute("ANALYZE bench_exact")


def exact_name(subject: Any, script: str) -> str:
    return f"{getattr(subject, f'first_name_{script}')} {getattr(subject, f'last_name_{script}')}".lower()


def search_ours(subject: Any, register: Mapping[UUID, Any]) -> set[UUID]:
    from sijil.domains.matching import services

    found = services.compare(subject, load=lambda refs: {r: register[r] for r in refs}, now=NOW)
    return {c.ref for c in found.candidates}


def search_exact(subject: Any, register: Mapping[UUID, Any], script: str = "ar") -> set[UUID]:
    from django.db import connection

    with connection.cursor() as cursor:
        ask = "SELECT ref FROM bench_exact WHERE script = %s AND name = %s AND birth = %s AND sex = %s"
        cursor.execute(ask, [script, exact_name(subject, script), str(subject.birth), subject.sex])
        return {row[0] for row in cursor.fetchall()}


def search_exact_french(subject: Any, register: Mapping[UUID, Any]) -> set[UUID]:
    return search_exact(subject, register, "fr")


def measure(
    search: Callable[[Any, Mapping[UUID, Any]], set[UUID]], probes: Sequence[tuple[Any, UUID]], register: Any
) -> tuple[list[float], float]:
    """Return the seconds of each search, sorted, and the share of probes that found their person."""
    for probe, _ in probes[:50]:
        search(probe, register)
    seconds, hits = [], 0
    for probe, person in probes:
        started = time.perf_counter()
        found = search(probe, register)
        seconds.append(time.perf_counter() - started)
        hits += person in found
    return sorted(seconds), hits / len(probes)


def figure(name: str, unit: str, ours: float, floor: float, detail: str) -> dict[str, Any]:
    return {
        "name": name, "unit": unit, "ours": ours, "floor": floor,
        "ratio": round(ours / floor, 2) if floor else None, "detail": detail,
    }  # fmt: skip


def main() -> int:
    """Print the figures, one line each."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", "matching", verbosity=0, skip_checks=True)
    pairs, source = attested()
    everyone = people(pairs, count + STRANGERS)
    known, strangers = everyone[:count], everyone[count:]
    prepare(known)
    for line in [keys(pairs, source), *searches(known, strangers, pairs)]:
        print(json.dumps(line, ensure_ascii=False))
    return 0


def searches(
    known: Sequence[Any], strangers: Sequence[Any], pairs: Sequence[Pair]
) -> Iterator[dict[str, Any]]:
    """Yield what the searches cost and what they found."""
    register = {s.ref: s for s in known}
    probes = second_files(known, pairs)
    ours, ours_found = measure(search_ours, probes, register)
    exact, exact_found = measure(search_exact, probes, register)
    _, french_found = measure(search_exact_french, probes, register)
    what = f"{len(known):,} people known, {len(probes)} searches"
    for share, name in ((0.5, "median"), (0.99, "99th percentile")):
        times = (round(1000 * side[int(share * len(side))], 2) for side in (ours, exact))
        detail = f"{what}; with scores and the stored result; floor: one look-up by exact name, date and sex"
        yield figure(f"One file compared with everyone known, {name}", "ms", *times, detail)
    detail = (
        f"{what}; re-spelt in French, 1 in 10 misspelt in Arabic, moved, other telephone, 1 in 10 with the "
        f"year only; floor: exact Arabic name, date and sex ({french_found:.3f} with the French name)"
    )
    yield figure("Second files found", "share", round(ours_found, 4), round(exact_found, 4), detail)
    wrong = sum(is_likely(stranger, register) for stranger in strangers) / len(strangers)
    detail = f"{len(known):,} people known, {len(strangers)} new ones"
    yield figure("New people wrongly called likely", "share", round(wrong, 4), 0, detail)


def second_files(known: Sequence[Any], pairs: Sequence[Pair]) -> list[tuple[Any, UUID]]:
    """Return (second file, the person it belongs to) of some people drawn at random."""
    spellings: dict[str, list[str]] = {}
    for arabic, french, _ in pairs:
        spellings.setdefault(arabic, []).append(french)
    draw = random.Random(1)
    drawn = draw.sample(list(known), min(PROBES, len(known)))
    return [(second_file(one, i, spellings, draw), one.ref) for i, one in enumerate(drawn)]


def is_likely(subject: Any, register: Mapping[UUID, Any]) -> bool:
    from sijil.domains.matching import services

    found = services.compare(subject, load=lambda refs: {r: register[r] for r in refs}, now=NOW)
    return found.verdict == "likely"


if __name__ == "__main__":
    sys.exit(main())
