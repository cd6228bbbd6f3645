"""What there is to say of the law: every version, and those by which something was decided here."""

from __future__ import annotations

from django.db import DatabaseError

from sijil.domains.law.queries import list_pins
from sijil.kernel import law

DATABASE = law.Finding("enacted versions", "", True, "not looked at: the database does not answer")


def examine() -> list[law.Finding]:
    """Return what there is to say of every version, and of those that past decisions name.

    Without the database: of what is shipped.
    """
    try:
        return [*law.examine(), *law.check_pins(list_pins())]
    except DatabaseError:
        with law.use_shelf(law.Shelf(law.current().root)):
            return [*law.examine(), DATABASE]


def list_faults() -> list[str]:
    """Return the faults of the law, each naming file or version and what to do."""
    return [f"{f.name} {f.version}".strip() + f": {f.seen}" for f in examine() if not f.well]
