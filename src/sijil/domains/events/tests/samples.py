"""Events of the tests."""

import datetime as dt

from sijil.domains.events.services import record_event
from sijil.kernel.actors import system

NOW = dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 27)
TESTS = system("tests")


def recorded(kind="civil.death", **changes):
    given = {
        "kind": kind, "subject": "2034567894", "effective_on": TODAY, "facts": {"act_number": "12/2026"},
        "source": "civil-status", "source_id": "D-1", "steps": ["first.step", "second.step"],
        "actor": TESTS, "now": NOW,
    }  # fmt: skip
    return record_event(**{**given, **changes})
