"""``sijil verify-audit``: is the audit log whole?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from sijil.console.output import say
from sijil.processes import roles

if TYPE_CHECKING:
    from sijil.domains.audit.types import Head, Report

SENTENCES = {
    "root_missing": "root {root} is missing",
    "chain_broken": "root {root} does not follow the root before it",
    "signature_invalid": "root {root} is not signed by a key of this installation",
    "entries_missing": "{missing} of the {expected} entries under root {root} are missing",
    "entries_extra": "{extra} entries were added under root {root}, which sealed {expected}",
    "entry_altered": "an entry under root {root} was altered",
    "head_differs": "root {root}, noted outside the database, is missing or different: "
    "the end of the log was cut off, or an older backup was restored",
}
Entry = Annotated[UUID | None, typer.Option(help="Print the proof that this entry is in a sealed tree.")]
Anchor = Annotated[str, typer.Option(help="A root noted elsewhere, NUMBER:DIGEST, that must still be there.")]
AcceptHead = Annotated[
    bool,
    typer.Option(
        "--accept-head", help="After restoring a backup: its last root becomes the head kept outside."
    ),
]


def verify_audit(
    entry: Entry = None,
    anchor: Anchor = "",
    accept_head: AcceptHead = False,
) -> None:
    """Compute every Merkle root, signature and link of the audit log anew from the entries.

    Exit code 1 if anything was altered, removed or added after it was sealed; the first broken root is named.
    The last line is the head: note it elsewhere, and give it to --anchor next time.
    """
    import django

    roles.run_as(roles.AUDIT)
    django.setup()
    if entry is not None:
        _print_proof(entry)
        return
    from sijil.domains.audit.adapters.choice import seal
    from sijil.domains.audit.queries import verify_log

    report = verify_log(anchor=_read_anchor(anchor))
    if accept_head and report.head:
        seal().write_head(report.head)
        report = verify_log(anchor=_read_anchor(anchor))
    _print_report(report)
    raise typer.Exit(0 if report.is_whole else 1)


def _print_report(report: Report) -> None:
    for finding in report.findings[:20]:
        missing, extra = finding.expected - finding.counted, finding.counted - finding.expected
        facts = {"root": finding.root, "expected": finding.expected, "missing": missing, "extra": extra}
        say("BROKEN: " + SENTENCES[finding.fault.value].format(**facts) + ".")
    if len(report.findings) > 20:
        say(f"… and {len(report.findings) - 20} more.")
    oldest = report.oldest_pending_at
    waiting = f"; the oldest waits since {oldest:%Y-%m-%d %H:%M:%S %Z}" if oldest else ""
    say(
        f"{report.roots} roots over {report.entries} entries; "
        f"{report.pending} entries are not sealed yet{waiting}."
    )
    if report.is_whole:
        say("The audit log is whole.")
    else:
        say(f"The audit log is NOT whole: first at root {report.findings[0].root}.")
    if report.head:
        say(f"Head: {report.head.number}:{report.head.digest}")


def _print_proof(entry: UUID) -> None:
    from sijil.domains.audit.queries import prove_entry
    from sijil.domains.audit.rules import is_included

    proof = prove_entry(entry)
    say(f"Entry {entry} is leaf {proof.index} of {proof.size} under root {proof.root}.")
    say(f"Leaf: {proof.leaf.hex()}")
    for step in proof.path:
        say(f"  with {step.hex()}")
    say(f"Tree: {proof.tree.hex()}")
    included = is_included(proof)
    say("The proof holds." if included else "The proof does NOT hold: the tree was altered.")
    raise typer.Exit(0 if included else 1)


def _read_anchor(text: str) -> Head | None:
    from sijil.domains.audit.types import Head

    number, _, digest = text.partition(":")
    if not text:
        return None
    if not (number.isdigit() and len(digest) == 64):
        words = "write NUMBER:DIGEST as the last line of an earlier run shows it"
        raise typer.BadParameter(words, param_hint="--anchor")
    return Head(int(number), digest.lower())
