"""What the social register writes: one function per use case."""

from sijil.domains.social_register.services.births import keep_births
from sijil.domains.social_register.services.completion import (
    complete,
    may_complete,
    read_to_complete,
    save_completion,
    settle_completions,
)
from sijil.domains.social_register.services.decision import (
    claim_registration,
    process_registration,
    quarantine_registration,
    reject_registration,
)
from sijil.domains.social_register.services.drafting import (
    add_member,
    lift_draft,
    move_dwelling,
    remove_member,
    save_answer,
    start_draft,
    withdraw_draft,
)
from sijil.domains.social_register.services.files import COMPLETIONS, HOUSEHOLDS, REGISTRATIONS
from sijil.domains.social_register.services.loading import load_households
from sijil.domains.social_register.services.submission import submit_registration

__all__ = [
    "COMPLETIONS",
    "HOUSEHOLDS",
    "REGISTRATIONS",
    "add_member",
    "claim_registration",
    "complete",
    "keep_births",
    "lift_draft",
    "load_households",
    "may_complete",
    "move_dwelling",
    "process_registration",
    "quarantine_registration",
    "read_to_complete",
    "reject_registration",
    "remove_member",
    "save_answer",
    "save_completion",
    "settle_completions",
    "start_draft",
    "submit_registration",
    "withdraw_draft",
]
