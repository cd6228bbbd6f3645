"""What the household calls receive and answer."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from ninja import Field, Schema
from pydantic import StrictBool, StrictInt

from sijil.api.problems import Body

Language = Literal["ar", "fr", "zgh", "en"]
Typed = StrictBool | StrictInt | str | list[StrictInt | str]


class BoundsOut(Schema):
    """Inclusive; in the unit of the field (bills: dirhams, of the average month)."""

    minimum: int
    maximum: int


class ConditionOut(Schema):
    """Asked between these ages (whole years), and when another answer of the same person is one of these."""

    age_from: int
    age_to: int
    when: dict[str, list[str]]


class OptionOut(Schema):
    code: str
    labels: dict[str, str]
    said: dict[str, dict[str, str]]
    condition: ConditionOut


class FieldOut(Schema):
    """One question. ``feeds``: the inputs of the score that it enters. ``said``: labels that agree with
    whom it is about: ``self`` (who fills in), F, M; ``labels`` are general and hold what these leave out.
    """

    id: str
    step: str
    block: str
    kind: Literal["flag", "integer", "choice", "money_month"]
    unit: str
    mandatory: bool
    milieus: list[str]
    bounds: dict[str, BoundsOut]
    condition: ConditionOut
    options: list[OptionOut]
    labels: dict[str, str]
    said: dict[str, dict[str, str]]
    hints: dict[str, str]
    feeds: list[str]


class BlockOut(Schema):
    id: str
    step: str
    labels: dict[str, str]


class FormOut(Schema):
    """The form in force: data, not code. Steps: COM members, SOC living conditions."""

    version: str
    starts_on: dt.date
    blocks: list[BlockOut]
    fields: list[FieldOut]


class AnswerOut(Schema):
    value: str | list[str]
    saved_at: dt.datetime


class ShortcomingOut(Schema):
    """Something to correct before sending. ``member``: the place of who it is about."""

    field: str
    member: int | None
    code: str
    title: str
    remedy: str


class MemberOut(Schema):
    """``place``: by which the calls about a member name them; never given again in this draft."""

    place: int
    idcs: str
    age: int
    sex: str
    answers: dict[str, AnswerOut]


class UrbanCentreOut(Schema):
    code: str
    name_ar: str
    name_fr: str


class PlaceQuestionOut(Schema):
    """Asked where the commune holds both areas. ``answers``: by the value to send as ``area``."""

    kind: Literal["inside_centre", "town_or_country"]
    centres: list[UrbanCentreOut]
    labels: dict[str, str]
    answers: dict[str, dict[str, str]]


class DraftOut(Schema):
    """``version`` grows with each change; send back the one you showed when confirming.

    ``milieu_by``: asked, census or kind (of the commune); empty while ``place_question`` is not answered,
    and then ``milieu`` is provisional.
    """

    number: str
    version: int
    commune_code: str
    milieu: str
    milieu_by: str
    area: str
    place_question: PlaceQuestionOut | None
    form_version: str
    updated_at: dt.datetime
    answers: dict[str, AnswerOut]
    members: list[MemberOut]
    problems: list[ShortcomingOut]


class PlaceIn(Body):
    """``area``: the answer to the draft's ``place_question``; without it, one given before is forgotten."""

    commune_code: str = Field(max_length=16, examples=["04.421.01.0"])
    area: Literal["", "urban", "rural"] = ""


class AnswersIn(Body):
    """``seen_at``: when the person saw the answers; a newer one of another device then stands."""

    answers: dict[str, Typed] = Field(
        max_length=60, examples=[{"rooms": 3, "bath": 1, "water_bills": [80, "95,50"]}]
    )
    seen_at: dt.datetime | None = None


class SavedOut(Schema):
    """``problem``: what is wrong with the answer, kept all the same. ``kept_other``: a newer one stands."""

    field: str
    value: str | list[str]
    saved_at: dt.datetime
    kept_other: bool
    problem: ShortcomingOut | None


class PartOut(Schema):
    """What is asked of the household (``place`` 0) or of a member: the questions, and what was answered.

    ``place``: by which the calls about a member name them; ``age``: the one that counts.
    """

    place: int
    idcs: str
    age: int | None
    questions: list[FieldOut]
    answers: dict[str, AnswerOut]


class CompletionOut(Schema):
    """What is asked of a household that has declared, because of an age or of a newer form.

    ``version`` grows with each answer; send back the one you showed when completing. ``form_version``: of the
    declaration that the answers will make. ``due_on``: the last day of the delay; later answers are taken
    too. ``keeps_score``: the law in force cannot score the household before it answers, and its last score
    stands. ``may_answer``: whether the reader is who answers (who declared, or the head).
    """

    version: int
    form_version: str
    asked_at: dt.datetime
    due_on: dt.date
    keeps_score: bool
    may_answer: bool
    parts: list[PartOut]
    problems: list[ShortcomingOut]


class CompletionIn(Body):
    """The two statements of the last page, and the version of the answers that was read."""

    version: int
    accept_law: bool
    accept_info: bool


class MemberIn(Body):
    """Both must agree with the population register. ``birth``: YYYY, YYYY-MM or YYYY-MM-DD."""

    idcs: str
    birth: str = Field(examples=["1988-03-14", "1950"])


class AddedOut(Schema):
    place: int
    idcs: str
    sex: str


class SubmissionIn(Body):
    """The two statements of the last page, and the version of the draft that was read."""

    version: int
    accept_law: bool
    accept_info: bool
    language: Language = "ar"


class EligibilityOut(Schema):
    """The stored decision. ``distance`` = threshold − score as shown (0 only at the threshold, which is
    eligible); ``exact_distance``: the same exactly, as a fraction. ``newer_version``: a threshold in force by
    which this household is not decided yet. ``ended_on``: the last day of a programme that has ended.
    """

    programme: str
    names: dict[str, str]
    outcome: str
    threshold: str
    threshold_version: str
    distance: str
    exact_distance: str
    decided_on: dt.date
    newer_version: str | None
    ended_on: dt.date | None


class CompletedOut(Schema):
    """The new declaration, and the score that it was given at once."""

    household_code: str
    form_version: str
    declared_on: dt.date
    score: str
    eligibilities: list[EligibilityOut]


class ReceiptOut(Schema):
    number: str
    state: str
    household_code: str
    household_state: str
    members: int
    answer_due_on: dt.date | None
    score: str | None
    eligibilities: list[EligibilityOut]


class MyHouseholdOut(Schema):
    """Where the person stands: a draft to finish, or a household."""

    idcs: str
    has_draft: bool
    registration_number: str | None
    registration_state: str | None
    household_code: str | None
    household_state: str | None
    members: list[str]
    score: str | None


class TermOut(Schema):
    """value × coefficient = contribution; ``answers``: the inputs it reads."""

    id: str
    label: str
    coefficient: str
    answers: dict[str, int]
    contribution: str
    change: str | None


class GroupOut(Schema):
    id: str
    label: str
    contribution: str
    change: str | None
    terms: list[TermOut]


class ScoreOut(Schema):
    """The present score. Contributions add up to groups and groups to ``shown``, exactly.

    ``checked_until``: of a score set aside, the last day on which an officer is to check it.
    """

    household_code: str
    number: int
    state: str
    score: str
    shown: str
    change: str | None
    formula_version: str
    computed_at: dt.datetime
    checked_until: dt.date | None
    inputs: dict[str, int]
    groups: list[GroupOut]
    eligibilities: list[EligibilityOut]
