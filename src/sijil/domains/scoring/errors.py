"""Why a household cannot be scored, or a score not be found."""

from __future__ import annotations

from sijil.kernel.errors import Category, ErrorCode

INPUT_MISSING = ErrorCode(
    "scoring.input_missing",
    Category.INVALID,
    "The answer {answer} is missing.",
    "Give this answer; without it there is no score. An answer of zero must be written as 0.",
)
INPUT_UNKNOWN = ErrorCode(
    "scoring.input_unknown",
    Category.INVALID,
    "{answer} is not an answer that the score knows.",
    "Use the field names of the list of inputs.",
)
INPUT_OUT_OF_BOUNDS = ErrorCode(
    "scoring.input_out_of_bounds",
    Category.INVALID,
    "The answer {answer} is {value}; it must be a whole number from {least} to {most}.",
    "Correct the answer.",
)
INPUT_INCONSISTENT = ErrorCode(
    "scoring.input_inconsistent",
    Category.INVALID,
    "The answer {answer} is {value}, more than {other} ({most}).",
    "Correct one of the two answers.",
)
SCORE_MISSING = ErrorCode(
    "scoring.score_missing",
    Category.MISSING,
    "This household has no score.",
    "A score follows the confirmation of the household's answers.",
)
FORMULA_MISSING = ErrorCode(
    "scoring.formula_missing",
    Category.MISSING,
    "There is no formula {version}.",
    "Ask for one of the published versions.",
)
HOUSEHOLD_CODE_INVALID = ErrorCode(
    "scoring.household_code_invalid",
    Category.INVALID,
    "{value} is not a household code.",
    "A household code has eleven digits.",
)
RESCORING_MISSING = ErrorCode(
    "scoring.rescoring_missing",
    Category.MISSING,
    "There is no such rescoring.",
    "Look at the list of rescorings.",
)
RESCORING_RUNNING = ErrorCode(
    "scoring.rescoring_running",
    Category.CONFLICT,
    "This rescoring is being done by another process.",
    "Wait for its end; it can be followed by its progress.",
)
