"""Invented people of ``bench/matching.py`` and ``bench/_matching_weights.py``: families and twins.

And second files of the same person, with the mistakes that people and counters make (shares: ``SLIPS``).
"""

from __future__ import annotations

import csv
import dataclasses
import importlib.util
import random
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID

from sijil.domains.matching.types import Subject
from sijil.kernel.dates import PartialDate
from sijil.kernel.names import skeleton

SAMPLE = Path(__file__).resolve().parents[1] / "src/sijil/kernel/tests/names_ma.csv"
Pair = tuple[str, str, int]
COMPOUND, SIBLING, TWIN = 0.15, 0.3, 0.03
"""Shares of people: a first name of two words; of the family of another; of these, born the same day."""
SLIPS = {
    "respelt": 1.0, "arabic": 0.1, "french": 0.1, "part": 0.2, "courtesy": 0.05, "swapped": 0.01,
    "other_first": 0.005, "other_last": 0.005, "moved": 0.2, "phone": 0.5, "no_phone": 0.2, "no_card": 0.4,
    "wrong_card": 0.02, "year": 0.05, "day_for_month": 0.01, "digit": 0.02, "date": 0.01, "sex": 0.003,
}  # fmt: skip
"""How often a second file shows each; set by hand: no field data are public."""
COURTESY = {"M": ("مولاي", "Moulay"), "F": ("للا", "Lalla")}


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


class Invented:
    """A register of invented people, the same for the same seed."""

    def __init__(self, pairs: Sequence[Pair], seed: int = 20261122) -> None:
        self.draw = random.Random(seed)
        self.names = [(arabic, french) for arabic, french, _ in pairs]
        self.weights = [count for *_, count in pairs]
        self.spellings: dict[str, list[str]] = {}
        for arabic, french, _ in pairs:
            self.spellings.setdefault(arabic, []).append(french)

    def people(self, count: int) -> list[Subject]:
        """Return so many, one after another: a new family, or one more of a family already there."""
        made: list[Subject] = []
        for i in range(count):
            one = self._somebody(UUID(int=i + 1))
            if made and self.draw.random() < SIBLING:
                one = self._of_family(one, made[self.draw.randrange(len(made))])
            made.append(one)
        return made

    def second_file(self, one: Subject, number: int) -> Subject:
        """Return a second file of the same person, as people really make them."""
        slipped = {slip for slip, share in SLIPS.items() if self.draw.random() < share}
        again = dataclasses.replace(one, ref=UUID(int=10**9 + number), **self._names(one, slipped))
        changes = {
            "moved": {"commune_code": self._commune()},
            "phone": {"phone": self._phone()},
            "no_phone": {"phone": ""},
            "wrong_card": self._card(one.birth),
            "no_card": {"document_number": "", "strong_documents": ()},
            "sex": {"sex": "M" if one.sex == "F" else "F"},
        }
        for slip in changes.keys() & slipped:
            again = dataclasses.replace(again, **changes[slip])
        return dataclasses.replace(again, birth=self._date(one.birth, slipped))

    def twin(self, one: Subject, number: int) -> Subject:
        """Return a brother or sister born the same day, of another name, without a card of their own yet."""
        first = self._name()
        while first[0] in one.first_name_ar or skeleton(first[1]) == skeleton(one.first_name_fr):
            first = self._name()
        own = {
            "first_name_ar": first[0],
            "first_name_fr": first[1],
            "document_number": "",
            "strong_documents": (),
        }
        return dataclasses.replace(one, ref=UUID(int=2 * 10**9 + number), **own)

    def _somebody(self, ref: UUID) -> Subject:
        first, last = self._name(), self._name()
        if self.draw.random() < COMPOUND:
            first = tuple(map(" ".join, zip(first, self._name(), strict=True)))
        birth = PartialDate(self.draw.randint(1936, 2025), self.draw.randint(1, 12), self.draw.randint(1, 28))
        sex = self.draw.choice("FM")
        card = self._card(birth)
        return Subject(
            ref, last[0], first[0], last[1], first[1], birth, sex, self._commune(), self._phone(), **card
        )

    def _of_family(self, one: Subject, kin: Subject) -> Subject:
        shared = {"last_name_ar": kin.last_name_ar, "last_name_fr": kin.last_name_fr, "phone": kin.phone}
        if self.draw.random() < TWIN:
            shared["birth"] = kin.birth
        return dataclasses.replace(one, commune_code=kin.commune_code, **shared)

    def _name(self) -> tuple[str, str]:
        return self.draw.choices(self.names, self.weights)[0]

    def _commune(self) -> str:
        return f"{int(self.draw.paretovariate(0.8)) % 1503:04d}"

    def _phone(self) -> str:
        return f"06{self.draw.randrange(10**8):08d}"

    def _card(self, birth: PartialDate) -> dict[str, object]:
        number = f"AB{self.draw.randrange(10**7)}" if birth.year < 2008 else ""
        return {"document_number": number, "strong_documents": (number,) if number else ()}

    def _names(self, one: Subject, slipped: set[str]) -> dict[str, str]:
        first = [one.first_name_ar, self._respelt(one.first_name_ar, one.first_name_fr)]
        last = [one.last_name_ar, self._respelt(one.last_name_ar, one.last_name_fr)]
        first = list(self._name()) if "other_first" in slipped else first
        last = list(self._name()) if "other_last" in slipped else last
        if "part" in slipped and " " in first[0]:
            first = [name.split()[0] for name in first]
        if "courtesy" in slipped:
            first = [f"{word} {name}" for word, name in zip(COURTESY[one.sex], first, strict=True)]
        slip = first if self.draw.random() < 0.5 else last
        slip[0] = self._misspelt(slip[0]) if "arabic" in slipped else slip[0]
        slip[1] = self._misspelt(slip[1]) if "french" in slipped else slip[1]
        first, last = (last, first) if "swapped" in slipped else (first, last)
        return dict(
            zip(("first_name_ar", "first_name_fr", "last_name_ar", "last_name_fr"), first + last, strict=True)
        )

    def _respelt(self, arabic: str, french: str) -> str:
        return (
            " ".join(self.draw.choice(self.spellings.get(w, [french])) for w in arabic.split())
            if (all(w in self.spellings for w in arabic.split()))
            else french
        )

    def _misspelt(self, name: str) -> str:
        """Return the name without one letter, with one twice, or with two turned round; the first stays."""
        if len(name) < 3:
            return name + name[-1]
        i = self.draw.randrange(1, len(name) - 1)
        return self.draw.choice((
            name[:i] + name[i + 1 :], name[:i] + name[i] + name[i:],
            name[:i] + name[i + 1] + name[i] + name[i + 2 :],
        ))  # fmt: skip

    def _date(self, birth: PartialDate, slipped: set[str]) -> PartialDate:
        year, month, day = birth.year, birth.month, birth.day
        if "year" in slipped:
            return PartialDate(year)
        if "day_for_month" in slipped and day <= 12:
            return PartialDate(year, day, month)
        if "digit" in slipped:
            return PartialDate(year + self.draw.choice((-10, -1, 1, 10)), month, day)
        if "date" in slipped:
            return PartialDate(
                year + self.draw.randint(-2, 2), self.draw.randint(1, 12), self.draw.randint(1, 28)
            )
        return birth


def names_of(subject: Subject) -> Mapping[str, str]:
    """Return the whole name by script, as a peer compares it."""
    return {
        "ar": f"{subject.first_name_ar} {subject.last_name_ar}",
        "fr": f"{subject.first_name_fr} {subject.last_name_fr}".lower(),
    }
