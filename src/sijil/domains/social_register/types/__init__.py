"""Values that cross the border of the social register."""

from sijil.domains.social_register.types.declarations import (
    HOUSEHOLD,
    Completion,
    DeclaredMember,
    Due,
    FrozenDeclaration,
    LoadedHousehold,
    Value,
)
from sijil.domains.social_register.types.drafts import (
    Answer,
    DraftMember,
    Problem,
    Raw,
    RegistrationDraft,
    Saved,
)
from sijil.domains.social_register.types.files import (
    Addressee,
    HouseholdMember,
    HouseholdView,
    RegistrationView,
    ScoreInReview,
    Step,
)
from sijil.domains.social_register.types.form import (
    Block,
    Bounds,
    Condition,
    Derivation,
    Form,
    FormField,
    Labels,
    Milieu,
    Option,
)

__all__ = [
    "Addressee",
    "Answer",
    "Block",
    "Bounds",
    "Completion",
    "Condition",
    "DeclaredMember",
    "Derivation",
    "DraftMember",
    "Due",
    "Form",
    "FormField",
    "FrozenDeclaration",
    "HOUSEHOLD",
    "HouseholdMember",
    "HouseholdView",
    "Labels",
    "LoadedHousehold",
    "Milieu",
    "Option",
    "Problem",
    "Raw",
    "RegistrationDraft",
    "RegistrationView",
    "Saved",
    "ScoreInReview",
    "Step",
    "Value",
]
