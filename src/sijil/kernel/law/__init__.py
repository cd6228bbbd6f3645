"""The law as dated versions: published, never edited, named by what was decided with them.

    parameters/butane_prices/BUT-2021.yaml      one version, or a folder when it has several files
    law: scoring.butane_prices                  which law
    version: BUT-2021                           the name of the file
    from: 2021-08-09                            the first day; ``to`` the last one, where a law may end
    source: ...                                 text, article, bulletin
    last_checked_on: 2026-11-22                 the day a person last compared it with the text
    doubt: none                                 what is not certain: a sentence, or one per subject
    prices: {big_bottle: "40"}                  the body, by the schema of its kind; numbers between quotes

A domain declares its kinds in its ``rules`` (:class:`LawKind`) and asks ``law.on(KIND, day)`` or
``law.load(KIND, version)``. Whoever decides keeps the :class:`Pin` of each version it used. ``law.lock`` has
the digest of everything shipped; versions enacted later on an installation come through :func:`use_enacted`,
with the same schema and digest, so that nothing else knows where a version lives.
"""

from __future__ import annotations

from sijil.kernel.law.delays import AtEnd, CountedIn, Delay, Delays, declare_delays, delay
from sijil.kernel.law.examination import Finding, check_pins, examine
from sijil.kernel.law.kinds import LawKind, declare, list_kinds
from sijil.kernel.law.lock import check_joins, seal
from sijil.kernel.law.reading import Page, read_page, read_text, read_words, typed
from sijil.kernel.law.shelf import (
    EnactedReader,
    EnactedText,
    NotInForce,
    Shelf,
    current,
    enacted,
    load,
    names,
    on,
    pin,
    read_law,
    use_enacted,
    use_shelf,
    versions,
)
from sijil.kernel.law.values import B, Body, Doubt, Law, LawFault, Number, Pin, Text, Wrong

__all__ = [
    "AtEnd",
    "B",
    "Body",
    "CountedIn",
    "Delay",
    "Delays",
    "Doubt",
    "EnactedReader",
    "EnactedText",
    "Finding",
    "Law",
    "LawFault",
    "LawKind",
    "NotInForce",
    "Number",
    "Page",
    "Pin",
    "Shelf",
    "Text",
    "Wrong",
    "check_joins",
    "check_pins",
    "current",
    "declare",
    "declare_delays",
    "delay",
    "enacted",
    "examine",
    "list_kinds",
    "load",
    "names",
    "on",
    "pin",
    "read_law",
    "read_page",
    "read_text",
    "read_words",
    "seal",
    "typed",
    "use_enacted",
    "use_shelf",
    "versions",
]
