"""What the social register writes: one function per use case."""

from sijil.domains.social_register.services.births import keep_births
from sijil.domains.social_register.services.completion import completions_of
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
from sijil.domains.social_register.services.files import HOUSEHOLDS, REGISTRATIONS
from sijil.domains.social_register.services.loading import load_households
from sijil.domains.social_register.services.submission import submit_registration

__all__ = [
    "HOUSEHOLDS",
    "REGISTRATIONS",
    "add_member",
    "claim_registration",
    "keep_births",
    "lift_draft",
    "load_households",
    "move_dwelling",
    "completions_of",
    "process_registration",
    "quarantine_registration",
    "reject_registration",
    "remove_member",
    "save_answer",
    "start_draft",
    "submit_registration",
    "withdraw_draft",
]
