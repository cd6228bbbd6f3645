"""What the social register writes: one function per use case."""

from sijil.domains.social_register.services.births import follow_birth, follow_sex
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
from sijil.domains.social_register.services.files import COMPLETIONS, HOUSEHOLDS, REGISTRATIONS, REVIEWS
from sijil.domains.social_register.services.loading import load_households
from sijil.domains.social_register.services.review import confirm_review, refuse_review, settle_reviews
from sijil.domains.social_register.services.submission import submit_registration

__all__ = [
    "COMPLETIONS",
    "HOUSEHOLDS",
    "REGISTRATIONS",
    "REVIEWS",
    "add_member",
    "claim_registration",
    "complete",
    "confirm_review",
    "follow_birth",
    "follow_sex",
    "lift_draft",
    "load_households",
    "may_complete",
    "move_dwelling",
    "process_registration",
    "quarantine_registration",
    "read_to_complete",
    "refuse_review",
    "reject_registration",
    "remove_member",
    "save_answer",
    "save_completion",
    "settle_completions",
    "settle_reviews",
    "start_draft",
    "submit_registration",
    "withdraw_draft",
]
