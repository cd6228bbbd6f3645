"""Estimate the shares m and u of ``matching.model`` on an invented and seeded register.

m: share of each level among pairs (file, second file of the same person), whose truth is known.
u: share of each level among pairs of two people drawn at random, families included as they fall.
A level that is hardly ever seen gets the least share that the numbers can tell (one in twice the pairs).

Run: python -m bench._matching_weights [people] [pairs]. Prints each level, both shares, its bits.
"""

from __future__ import annotations

import math
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable

from bench.matching_people import Invented, attested
from sijil.domains.matching.rules.levels import field_levels
from sijil.domains.matching.types import Subject


def shares(pairs: Iterable[tuple[Subject, Subject]]) -> tuple[dict[str, Counter[str]], int]:
    """Return how often each level of each comparison is seen, and in how many pairs."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    total = 0
    for a, b in pairs:
        total += 1
        for name, level in field_levels(a, b).items():
            seen[name][level] += 1
    return seen, total


def main() -> int:
    """Print the table."""
    count, drawn = (int(a) for a in (sys.argv[1:] + ["100000", "1000000"][len(sys.argv) - 1 :])[:2])
    pairs, source = attested()
    invented, draw = Invented(pairs), random.Random(1)
    known = invented.people(count)
    same, of_one = shares((one, invented.second_file(one, i)) for i, one in enumerate(known))
    other, of_two = shares(tuple(draw.sample(known, 2)) for _ in range(drawn))
    print(f"# {count:,} people, {drawn:,} pairs of two; names: {source}")
    for name in same:
        levels = [level for level in {**same[name], **other[name]} if level not in ("missing", "family")]
        ones, twos = (total - seen[name]["missing"] for seen, total in ((same, of_one), (other, of_two)))
        for level in levels if name != "family" else ():
            m, u = max(same[name][level], 0.5) / ones, max(other[name][level], 0.5) / twos
            print(f"{name:12} {level:10} m {m:.6f}  u {u:.7f}  {math.log2(m / u):7.2f} bits")
    return 0


if __name__ == "__main__":
    sys.exit(main())
