"""The way through the form: which pages there are for this draft, in which order, and which are done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from sijil.domains.social_register import rules
from sijil.domains.social_register.types import Answer, Block, DraftMember, Form, FormField, Problem
from sijil.journeys.household_registration import File
from sijil.kernel.ids import PersonKey
from sijil.portal.household import words


@dataclass(frozen=True, slots=True)
class Page:
    """One page of questions. ``left``: how many answers are missing or wrong."""

    title: str
    url: str
    left: int
    answered: int

    @property
    def state(self) -> str:
        if not self.left:
            return "done"
        return "begun" if self.answered else "open"


def form_about(file: File, person: PersonKey | None) -> Form:
    """Return the form in the words that agree with a member."""
    return words.form_about(file.form, file.people, person, reader=file.draft.declarant)


def household_blocks(file: File) -> list[Block]:
    """Return the blocks of the household's step that its milieu asks."""
    return [b for b in file.form.blocks if b.step == "SOC" and household_fields(file, b.id)]


def household_fields(file: File, block: str) -> list[FormField]:
    return [f for f in file.form.of_block(block) if file.draft.milieu in f.milieus]


def member_blocks(file: File, member: DraftMember) -> list[Block]:
    """Return the blocks to ask about a member, by age and milieu."""
    return [b for b in file.form.blocks if b.step == "COM" and member_fields(file, member, b.id)]


def member_fields(file: File, member: DraftMember, block: str) -> list[FormField]:
    """Return the questions of a block for a member's age; those hanging on an answer are included."""
    age = file.ages[member.person]
    fields = [f for f in form_about(file, member.person).of_block(block) if file.draft.milieu in f.milieus]
    return [f for f in fields if f.condition.age_from <= age <= f.condition.age_to]


def household_pages(file: File) -> list[Page]:
    """Return the pages of the second step with what is left on each."""
    return [_household_page(file, block) for block in household_blocks(file)]


def member_pages(file: File, member: DraftMember) -> list[Page]:
    """Return the pages about one member with what is left on each."""
    age = file.ages[member.person]
    wrong = {p.field for p in rules.member_problems(file.form, file.draft, member.person, age)}
    return [_member_page(file, member, block, wrong) for block in member_blocks(file, member)]


def after_member(file: File, member: DraftMember, block: str) -> str:
    """Return the address of the page after one page about a member."""
    ids = [b.id for b in member_blocks(file, member)]
    following = ids[ids.index(block) + 1 :]
    if following:
        return reverse("household-member", args=[member.place, following[0]])
    return reverse("household-members")


def after_household(file: File, block: str) -> str:
    """Return the address of the page after one page of the household's step."""
    ids = [b.id for b in household_blocks(file)]
    following = ids[ids.index(block) + 1 :]
    return reverse("household-questions", args=[following[0]]) if following else reverse("household-check")


def url_of(file: File, field: str, member: PersonKey | None) -> str:
    """Return the address where an answer can be given, with the place of the question on the page."""
    if field == "area":
        return reverse("household-place") + "#area"
    found = file.form.fields.get(field)
    place = file.draft.place_of(member)
    if found is None or (found.step == "COM" and not place):
        return reverse("household-members")
    if found.step == "COM":
        return reverse("household-member", args=[place, found.block]) + f"#id_{field}"
    return reverse("household-questions", args=[found.block]) + f"#id_{field}"


def done_steps(file: File, found: Sequence[Problem]) -> frozenset[str]:
    """Return the steps of which nothing is left: its answers make a step done, not its place."""
    left = {file.form.fields[p.field].step if p.field in file.form.fields else "COM" for p in found}
    return frozenset({"COM", "SOC"} - left)


def show_problems(file: File, found: Sequence[Problem]) -> list[dict[str, str]]:
    """Return what is to correct, in words, each with the address where it can be."""
    return [
        {"text": words.problem(p, form_about(file, p.member)), "url": url_of(file, p.field, p.member)}
        for p in found
    ]


def _household_page(file: File, block: Block) -> Page:
    left = len(rules.block_problems(file.form, file.draft, block.id))
    answered = _answered(household_fields(file, block.id), file.draft.answers)
    return Page(words.text(block.labels), reverse("household-questions", args=[block.id]), left, answered)


def _member_page(file: File, member: DraftMember, block: Block, wrong: set[str]) -> Page:
    fields = member_fields(file, member, block.id)
    left = len(wrong & {f.id for f in fields})
    url = reverse("household-member", args=[member.place, block.id])
    return Page(words.text(block.labels), url, left, _answered(fields, member.answers))


def _answered(fields: Sequence[FormField], answers: Mapping[str, Answer]) -> int:
    return sum(f.id in answers for f in fields)
