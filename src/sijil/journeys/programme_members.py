"""A published list as its programme needs it: who the members of each household are.

list_rows (programmes) --> households, members (social register) --> identities (population register) --> CSV
                           some households at a time, each person's entry written before the lines are given

Members and names are those of the moment, ranks and scores those of the list. The last line counts what was
given: a file without it was cut.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence

from sijil.domains.population_register import queries as population
from sijil.domains.population_register.types import NAMES, Person
from sijil.domains.programmes import acts
from sijil.domains.programmes import queries as programmes
from sijil.domains.programmes.types import PublishedList, RankedHousehold
from sijil.domains.social_register import queries as households
from sijil.domains.social_register.types import HouseholdMember, HouseholdView
from sijil.kernel.actors import Actor
from sijil.kernel.acts import record
from sijil.kernel.ids import PersonKey

AT_A_TIME = 200  # households
COLUMNS = (
    "rank",
    "household_code",
    "score",
    "household_state",
    "relation",
    "idcs",
    *NAMES,  # empty where the document has no such name
    "birth_date",
    "sex",
    "commune_code",
    "person_state",
)
END = "end"


def download_members(
    *, list_id: str, actor: Actor, now: dt.datetime
) -> tuple[PublishedList, Iterator[bytes]]:
    """Return a list and its members as CSV in pieces, by rank, the head of each household first.

    A household without members now (closed since) is a line without a person. The last line is ``end``, the
    count of households and that of persons. Raises: Refused(LIST_MISSING).
    """
    found = programmes.get_published(list_id)
    facts = {"programme": found.programme, "number": found.number, "rows": found.count, "members": True}
    record(acts.LIST_DOWNLOADED, actor=actor, subject=f"list:{found.id}", facts=facts, now=now)
    return found, _iter_file(found.id, actor, now)


def _iter_file(list_id: str, actor: Actor, now: dt.datetime) -> Iterator[bytes]:
    yield _as_csv([COLUMNS])
    count = persons = 0
    after: int | None = 0
    while after is not None:
        page = programmes.list_rows(list_id, after=after, limit=AT_A_TIME)
        homes = households.list_households(row.household_code for row in page.rows)
        people = _people(homes, actor, now)
        lines = [line for row in page.rows for line in _lines(row, homes.get(row.household_code), people)]
        yield _as_csv(lines)
        count, persons, after = count + len(page.rows), persons + len(people), page.next_after
    yield _as_csv([(END, count, persons)])


def _people(homes: Mapping[str, HouseholdView], actor: Actor, now: dt.datetime) -> Mapping[PersonKey, Person]:
    """Return the members by their key; an entry for each is written first."""
    keys = [member.person for home in homes.values() for member in home.members]
    return population.list_persons(keys, act=acts.LIST_MEMBERS_SHOWN, actor=actor, now=now)


def _lines(
    row: RankedHousehold, home: HouseholdView | None, people: Mapping[PersonKey, Person]
) -> Iterator[tuple[object, ...]]:
    """Give a line for each member, or one without a person."""
    known = [m for m in home.members if m.person in people] if home else []
    head = (row.rank, row.household_code, row.score, home.state if home else "")
    for member in known:
        yield (*head, *_person(member, people[member.person]))
    if not known:
        yield (*head, *[""] * (len(COLUMNS) - len(head)))


def _person(member: HouseholdMember, person: Person) -> Sequence[object]:
    return (
        member.relation,
        person.idcs,
        *(getattr(person.identity, name) for name in NAMES),
        person.birth,
        person.sex.value,
        person.commune_code,
        person.state,
    )


def _as_csv(lines: Sequence[Sequence[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue().encode()
