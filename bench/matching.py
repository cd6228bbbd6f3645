"""Matching: do both scripts meet, how long does a search take, and what does a peer's rule find.

keys      share of attested (Arabic, French) name pairs of Morocco whose keys are equal, beside Soundex of the
          same pairs after plain transliteration (what a stock database offers). All pairs of the package
          arabic-name-romanizer when it is installed, else the sample kept in the tests.
search    compare() of one file with everyone known: keys, one statement, scores, the stored result
          floor: one look-up by exact name, birth date and sex on an index (MOSIP's demographic stage)
found     share of second files, with the slips of bench/matching_people.py, that each finds; the peer's
          rule on its better script; and of new people and twins that are called alike

Run: ./run bench matching, or python -m bench.matching [people]. Needs a database of its own
(SIJIL_DATABASE_URL): it migrates it and loads people. Prints one JSON object per figure.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from bench.matching_people import Invented, Pair, attested, names_of
from sijil.domains.matching.types import Comparison, Subject, Verdict

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
PROBES, STRANGERS = 2000, 500


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
                    copy.write_row((s.ref, script, names_of(s)[script], str(s.birth), s.sex))
        cursor.execute("CREATE INDEX ON bench_exact (script, name, birth, sex)")
        cursor.execute("ANALYZE matching_key")
        cursor.execute("ANALYZE bench_exact")


def search_ours(subject: Any, register: Mapping[UUID, Any]) -> set[UUID]:
    from sijil.domains.matching import services

    found = services.compare(subject, load=lambda refs: {r: register[r] for r in refs}, now=NOW)
    return {c.ref for c in found.candidates}


def search_exact(subject: Any, register: Mapping[UUID, Any], script: str = "ar") -> set[UUID]:
    from django.db import connection

    with connection.cursor() as cursor:
        ask = "SELECT ref FROM bench_exact WHERE script = %s AND name = %s AND birth = %s AND sex = %s"
        cursor.execute(ask, [script, names_of(subject)[script], str(subject.birth), subject.sex])
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

    call_command("migrate", verbosity=0, skip_checks=True)
    pairs, source = attested()
    invented = Invented(pairs)
    everyone = invented.people(count + STRANGERS)
    known, strangers = everyone[:count], everyone[count:]
    prepare(known)
    for line in [keys(pairs, source), *searches(invented, known, strangers)]:
        print(json.dumps(line, ensure_ascii=False))
    return 0


def searches(
    invented: Invented, known: Sequence[Subject], strangers: Sequence[Subject]
) -> Iterator[dict[str, Any]]:
    """Yield what the searches cost and what they found."""
    register = {s.ref: s for s in known}
    drawn = random.Random(1).sample(list(known), min(PROBES, len(known)))
    probes = [(invented.second_file(one, i), one.ref) for i, one in enumerate(drawn)]
    ours, ours_found = measure(search_ours, probes, register)
    exact, exact_found = measure(search_exact, probes, register)
    _, french_found = measure(search_exact_french, probes, register)
    what = f"{len(known):,} people known, {len(probes)} searches"
    for share, name in ((0.5, "median"), (0.99, "99th percentile")):
        times = (round(1000 * side[int(share * len(side))], 2) for side in (ours, exact))
        detail = f"{what}; with scores and the stored result; floor: one look-up by exact name, date and sex"
        yield figure(f"One file compared with everyone known, {name}", "ms", *times, detail)
    detail = (
        f"{what}; slips by the shares of bench/matching_people.py: re-spelt, misspelt, a word of the first "
        f"name left out, moved, other telephone, no card, part of the date; floor: Arabic name, date, sex "
        f"({french_found:.3f} with the French name)"
    )
    yield figure("Second files found", "share", round(ours_found, 4), round(exact_found, 4), detail)
    verdicts = Counter(found(stranger, register).verdict for stranger in strangers)
    detail = f"{len(known):,} people known, {len(strangers)} new ones, three in ten of a family that is known"
    for verdict in (Verdict.LIKELY, Verdict.POSSIBLE):
        share = round(verdicts[verdict] / len(strangers), 4)
        yield figure(f"New people called {verdict}", "share", share, 0, detail)
    twins = [invented.twin(one, i) for i, one in enumerate(drawn)]
    likely = sum(found(twin, register).verdict is Verdict.LIKELY for twin in twins) / len(twins)
    yield figure(
        "Twins called likely the same", "share", round(likely, 4), 0, f"{len(twins)} twins of known people"
    )


def found(subject: Subject, register: Mapping[UUID, Subject]) -> Comparison:
    from sijil.domains.matching import services

    return services.compare(subject, load=lambda refs: {r: register[r] for r in refs}, now=NOW)


if __name__ == "__main__":
    sys.exit(main())
