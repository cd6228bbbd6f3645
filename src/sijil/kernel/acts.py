"""Acts: everything that is done with somebody's file, declared once, and written down each time.

A domain declares its acts in ``acts.py``; whoever opens an identity or moves a file names one of them.
The person reads the sentence on the page "who consulted my file": there is no other list. Where the entries
go is wired by ``sijil.config`` (the audit domain).

    record(act, ...)   something was done: one entry, always
    record_each(act, ...)  one step that concerns several persons: one entry for each, always
    shown(act, ...)    identities were shown to a person or a partner: one entry for each person shown;
                       the same reader, person, act and hour make one entry with a count; oneself: none
    ran(act, ...)      a run that showed nobody's identity: one entry with selection, law and counts
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sijil.kernel.actors import Actor
from sijil.kernel.texts import Text4

_declared: dict[str, Act] = {}


@dataclass(frozen=True, slots=True)
class Act:
    """``code``: ``what.done`` in snake case, unique. ``says``: the sentence for the person concerned.

    ``purpose``: what for, a code with words in ``sijil.kernel.acts.PURPOSES``. ``basis``: the article that
    allows it. ``reads``: an identity is opened.
    """

    code: str
    says: Text4
    purpose: str
    basis: str
    reads: bool = False


class Recorder(Protocol):
    """Where entries go. All of it takes part in the caller's transaction."""

    def record(
        self, act: Act, *, actor: Actor, subject: str, facts: Mapping[str, Any], now: dt.datetime
    ) -> None: ...

    def record_each(
        self,
        act: Act,
        *,
        actor: Actor,
        subjects: Iterable[str],
        facts: Mapping[str, Any],
        now: dt.datetime,
    ) -> None: ...

    def shown(
        self,
        act: Act,
        *,
        actor: Actor,
        subjects: Iterable[str],
        facts: Mapping[str, Any],
        now: dt.datetime,
    ) -> None: ...

    def counted(
        self, act: Act, *, actor: Actor, subject: str, facts: Mapping[str, Any], now: dt.datetime
    ) -> None: ...


_recorder: Recorder | None = None


def declare(code: str, says: Text4, *, purpose: str, basis: str, reads: bool = False) -> Act:
    """Declare an act. Raises: ValueError when the code is taken or names no purpose."""
    if purpose not in PURPOSES:
        raise ValueError(f"the act {code} has the unknown purpose {purpose!r}")
    act = Act(code, says, purpose, basis, reads)
    if _declared.setdefault(code, act) != act:
        raise ValueError(f"the act {code} is declared twice")
    return act


def declared() -> Mapping[str, Act]:
    """Return every act by its code."""
    return _declared


def use(recorder: Recorder | None) -> Recorder | None:
    """Choose where the entries of this process go (``sijil.config``); return what was chosen before."""
    global _recorder
    before, _recorder = _recorder, recorder
    return before


def record(
    act: Act, *, actor: Actor, subject: str, now: dt.datetime, facts: Mapping[str, Any] | None = None
) -> None:
    """Write one entry. ``subject``: whom or what it concerns. ``facts``: small JSON without identity."""
    _chosen().record(act, actor=actor, subject=subject, facts=facts or {}, now=now)


def record_each(
    act: Act,
    *,
    actor: Actor,
    subjects: Iterable[str],
    now: dt.datetime,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Write one entry for each person whom a step concerns, oneself included, in one statement."""
    _chosen().record_each(act, actor=actor, subjects=subjects, facts=facts or {}, now=now)


def shown(
    act: Act,
    *,
    actor: Actor,
    subjects: Iterable[str],
    now: dt.datetime,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Write that these identities were shown. Raises: ValueError for an act that reads nothing."""
    if not act.reads:
        raise ValueError(f"{act.code} is no act of reading")
    _chosen().shown(act, actor=actor, subjects=subjects, facts=facts or {}, now=now)


def counted(
    act: Act, *, actor: Actor, subject: str, now: dt.datetime, facts: Mapping[str, Any] | None = None
) -> None:
    """Write what anybody can try again and again: one entry a minute by subject and asker, the rest counted.

    In a transaction of its own, outside that of what was refused.
    """
    _chosen().counted(act, actor=actor, subject=subject[:64], facts=facts or {}, now=now)


def ran(
    act: Act, *, actor: Actor, selection: str, counts: Mapping[str, int], law: Iterable[str], now: dt.datetime
) -> None:
    """Write that identities were read by a run that showed none: what was taken, by which law, how many."""
    facts = {"selection": selection, "law": sorted(law), "counts": dict(counts)}
    _chosen().record(act, actor=actor, subject=f"run:{act.code}"[:64], facts=facts, now=now)


def _chosen() -> Recorder:
    if _recorder is None:
        raise RuntimeError("No recorder of acts: sijil.config wires one before anything is read.")
    return _recorder


PURPOSES: Mapping[str, Text4] = {
    "enrolment": Text4(
        "التسجيل في السجل الوطني للسكان",
        "Inscription au registre de la population",
        "Registration in the population register",
        "ⴰⵣⵎⵎⴻⵎ ⴳ ⵓⵣⵎⵎⴻⵎ ⴰⵏⴰⵎⵓⵔ ⵏ ⵉⵎⵣⴷⴰⵖⵏ",
    ),
    "adjudication": Text4(
        "التأكد من أن لكل شخص معرفا واحدا",
        "S’assurer que chaque personne a un seul identifiant",
        "Making sure that one person has one identifier",
    ),
    "register_keeping": Text4(
        "تدبير السجل الوطني للسكان", "Tenue du registre de la population", "Keeping the population register"
    ),
    "household_registration": Text4(
        "التسجيل في السجل الاجتماعي الموحد",
        "Inscription au registre social unifié",
        "Registration in the social register",
    ),
    "scoring": Text4(
        "حساب مؤشر الأسرة", "Calcul de l’indice du ménage", "Computing the score of the household"
    ),
    "programme": Text4("تدبير برنامج للدعم", "Gestion d’un programme d’aide", "Running an aid programme"),
    "verification": Text4("التحقق من صدقية المعطيات", "Vérification de données", "Checking data"),
    "account": Text4("حماية الحساب", "Protection du compte", "Protecting the account"),
    "oversight": Text4("المراقبة", "Contrôle", "Oversight"),
}
"""Why a file is touched (law 09-08, article 3: data are collected for stated purposes)."""
