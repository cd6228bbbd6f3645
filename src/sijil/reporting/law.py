"""What there is to say of the law: every version, and those by which something was decided here."""

from __future__ import annotations

from django.db import DatabaseError

from sijil.domains.law.queries import list_pins
from sijil.journeys.law_enactment import iter_misfits
from sijil.kernel import law

DATABASE = law.Finding("enacted versions", "", True, "not looked at: the database does not answer")


def examine() -> list[law.Finding]:
    """Return what there is to say of every version, alone and beside the others, and of those that past
    decisions name.

    Without the database: of what is shipped.
    """
    try:
        return [*_list_versions(), *law.check_pins(list_pins())]
    except DatabaseError:
        with law.use_shelf(law.Shelf(law.current().root)):
            return [*_list_versions(), DATABASE]


def _list_versions() -> list[law.Finding]:
    """Return a finding for every version; one that does not fit those of other laws is not well."""
    odd = [law.Finding(v.name, v.version, False, str(fault)) for v, fault in iter_misfits()]
    known = {(f.name, f.version) for f in odd}
    return [*(f for f in law.examine() if not f.well or (f.name, f.version) not in known), *odd]


def list_faults() -> list[str]:
    """Return the faults of the law, each naming file or version and what to do."""
    return [f"{f.name} {f.version}".strip() + f": {f.seen}" for f in examine() if not f.well]
