"""Bringing in a law on an installation: two administrators, ahead of its day, and it must fit the others.

a text --> reads as law? --> fits what other domains need of it? --> enacted, audited
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.db import transaction

from sijil.domains.accounts import queries as accounts
from sijil.domains.accounts.types import Role
from sijil.domains.law import errors, queries, services
from sijil.domains.law.acts import ENACTED
from sijil.domains.scoring import rules as scoring
from sijil.domains.scoring.rules.law import FORMULA
from sijil.domains.social_register import rules as social
from sijil.domains.social_register.rules.law import FORM
from sijil.domains.social_register.types import Form
from sijil.journeys import events
from sijil.kernel import law
from sijil.kernel.actors import Actor
from sijil.kernel.acts import record
from sijil.kernel.errors import Refused


@transaction.atomic
def enact(*, content: str, second: str, actor: Actor, now: dt.datetime, called: str = "") -> law.Law[Any]:
    """Enact a version. ``second``: login of the administrator who signs too; ``called``: the text's name.

    Raises: Refused as :func:`sijil.domains.law.services.enact`; SIGNER_REFUSED; TEXT_INVALID when it does
    not fit another law, or a version that begins later does not fit it.
    """
    _check_signers(actor.id, second, now=now)
    new = services.enact(content=content, second=second, actor=actor, now=now, called=called)
    for _, fault in iter_misfits():
        told = {"file": fault.file, "line": fault.line, "wrong": fault.wrong, "remedy": fault.remedy}
        raise Refused(errors.TEXT_INVALID, field="content", **told)
    facts = {"version": new.version, "from": f"{new.starts_on}", "digest": new.digest, "second": second}
    kept = facts | {"text": queries.digest_of_text(content)}
    record(ENACTED, actor=actor, subject=f"law:{new.name}", facts=kept, now=now)
    events.publish(
        "law.enacted",
        subject=f"law:{new.name}",
        effective_on=new.starts_on,
        facts=facts,
        actor=actor,
        now=now,
    )
    return new


def _check_signers(*logins: str, now: dt.datetime) -> None:
    administrators = {a.login for a in accounts.list_in_force(now=now) if Role.ADMINISTRATOR in a.roles}
    for login in logins:
        if login not in administrators:
            raise Refused(errors.SIGNER_REFUSED, field="second", login=login)


def iter_misfits() -> Iterator[tuple[law.Law[Any], law.LawFault]]:
    """Give every version that does not fit the laws of other domains, with why.

    One that cannot be read is left out: whoever examines it tells (``kernel.law.examine``).
    """
    for kind in (FORMULA, FORM):
        with suppress(law.LawFault):
            for version in law.versions(kind.name):
                fault = _find_readable_misfit(version)
                if fault is not None:
                    yield version, fault


def _find_readable_misfit(version: law.Law[Any]) -> law.LawFault | None:
    try:
        return find_misfit(version)
    except (law.LawFault, LookupError, Refused):  # of another law, which is ill itself
        return None


def find_misfit(new: law.Law[Any]) -> law.LawFault | None:
    """Return why a version does not fit the laws of other domains, or None if it does.

    A form makes the inputs that it names: every one that a milieu asks and no other, with known codes. On
    the first day of a formula, or of a form, the form in force gives all that the formula in force asks:
    otherwise nobody could be registered from that day on.
    """
    if new.name == FORMULA.name:
        return _find_unasked(new, new.body.inputs, social.form_on(new.starts_on))
    if new.name != FORM.name:
        return None
    try:
        known = {i.id: i for i in scoring.load_inputs(new.body.inputs)}
    except Refused:
        wrong = f"There are no inputs {new.body.inputs}."
        return new.page.fault(("inputs",), wrong, "Name a version of scoring.inputs.")
    return _find_misfit(new, known) or _find_unasked(new, _inputs_on(new), social.read_form(new))


def _inputs_on(new: law.Law[Any]) -> str:
    """Return the inputs of the formula in force on the first day of a form; its own before any formula."""
    try:
        return scoring.formula_on(new.starts_on).inputs_version
    except Refused:
        return str(new.body.inputs)


def _find_unasked(new: law.Law[Any], inputs: str, form: Form) -> law.LawFault | None:
    for milieu, code in scoring.MILIEUX.items():
        needed = {i.id for i in scoring.load_inputs(inputs) if code in i.bounds}
        for name in sorted(needed - form.inputs_in(milieu)):
            wrong = f"`{name}` is not asked by {form.version} in the {milieu} milieu on {new.starts_on}."
            return new.page.fault(("from",), wrong, "Bring in first the form that asks it, by that day.")
    return None


def _find_misfit(new: law.Law[Any], known: dict[str, Any]) -> law.LawFault | None:
    form = social.read_form(new)
    for milieu in ("urban", "rural"):
        asked = {name for name, i in known.items() if scoring.MILIEUX[milieu] in i.bounds}
        odd = sorted(asked ^ form.inputs_in(milieu))
        if odd:
            what = "is not derived" if odd[0] in asked else f"is not asked by {form.inputs_version}"
            wrong = f"`{odd[0]}` {what} in the {milieu} milieu."
            return new.page.fault(("derivations", odd[0]), wrong, "Compare the derivations with the inputs.")
    for name, derived in form.derivations.items():
        if not set(derived.codes.values()) <= set(known[name].codes or derived.codes.values()):
            return new.page.fault(("derivations", name), f"`{name}` has no such code.", "See the inputs.")
    return None
