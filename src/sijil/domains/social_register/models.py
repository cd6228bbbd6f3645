"""Tables of the social register. No name and no contact; an IDCS, codes, figures, and sealed birth dates."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models
from django.db.models import F, Q

from sijil.domains.social_register.rules.packing import pack_births, unpack_births
from sijil.domains.social_register.states import COMPLETION, HOUSEHOLD, REGISTRATION, REVIEW
from sijil.kernel.casework.rows import CaseFile, file_constraints, file_indexes
from sijil.kernel.dates import PartialDate
from sijil.kernel.ids import PersonKey, new_key
from sijil.kernel.rows import PersonKeyField, StateRow
from sijil.kernel.sealing import keyring

SEALED = "social_register"


MILIEU_SOURCES = ["asked", "census", "kind"]


class Household(CaseFile):
    """A household. ``code``: 11 digits, for ever. Milieu and commune are those of its dwelling.

    ``milieu_by``: who said the milieu: the household (asked), the census, or the kind of the commune.
    ``sealed_births``: the birth dates of its members, in one sealed block, so that ages are known on any day
    without opening an identity. Written by the act that registers the household or changes a person.
    """

    code = models.CharField(primary_key=True, max_length=11)
    commune_code = models.CharField(max_length=16)
    region_code = models.CharField(max_length=2)
    milieu = models.CharField(max_length=5)
    milieu_by = models.CharField(max_length=6)
    head = PersonKeyField()
    declarant = PersonKeyField()
    sealed_births = models.BinaryField()
    declaration_id = models.UUIDField()  # the last complete declaration

    class Meta:
        constraints = [
            *file_constraints(HOUSEHOLD, "household"),
            models.CheckConstraint(
                condition=Q(milieu__in=["urban", "rural"], milieu_by__in=MILIEU_SOURCES),
                name="household_milieu_known",
            ),
        ]
        indexes = file_indexes(HOUSEHOLD, "household")

    @property
    def births(self) -> dict[PersonKey, PartialDate]:
        """Return the block, opened. Raises: SealBroken."""
        return unpack_births(keyring().unseal(SEALED, bytes(self.sealed_births), aad=births_aad(self.code)))

    def set_births(self, births: Mapping[PersonKey, PartialDate]) -> None:
        """Take over a block; the row is not saved."""
        self.sealed_births = keyring().seal(SEALED, pack_births(births), aad=births_aad(self.code))


def births_aad(code: str) -> str:
    """Return what ties a block of birth dates to its household."""
    return f"social_register_household.sealed_births:{code}"


class HouseholdStateRow(StateRow):
    """One step of a household; immutable."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="steps")


class Member(models.Model):
    """A stay of one person in one household. The present household has no ``left_on``."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="members")
    person = PersonKeyField()
    relation = models.CharField(max_length=24)
    sex = models.CharField(max_length=1)
    joined_on = models.DateField()
    left_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(left_on__isnull=True), name="member_in_one_household"
            ),
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(left_on__isnull=True, relation="head"),
                name="household_has_one_head",
            ),
        ]
        indexes = [models.Index(fields=["person"], name="member_by_person")]


class Registration(CaseFile):
    """A request to register a household: the file, from the first draft to the decision.

    ``version`` grows with each change of its drafts: what is confirmed is what was read. ``language``: of the
    declarant's page, in which every notice of this file is written, whoever decides.
    ``area``: the household's own answer where its commune holds both areas. Until it is given ``milieu_by``
    is empty, and ``milieu`` that of the commune's kind.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    number = models.CharField(max_length=10, unique=True)
    declarant = PersonKeyField()
    language = models.CharField(max_length=3)
    commune_code = models.CharField(max_length=16)
    region_code = models.CharField(max_length=2)
    milieu = models.CharField(max_length=5)
    milieu_by = models.CharField(max_length=6, blank=True)
    area = models.CharField(max_length=5, blank=True)
    form_version = models.CharField(max_length=60)
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="registrations")
    version = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *file_constraints(REGISTRATION, "registration"),
            models.CheckConstraint(
                condition=Q(state__in=["drafted", "withdrawn"]) | Q(household__isnull=False),
                name="registration_submitted_has_household",
            ),
            models.CheckConstraint(
                condition=Q(milieu_by="asked", area=F("milieu")) | ~Q(milieu_by="asked") & Q(area=""),
                name="registration_area_is_its_milieu",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["drafted", "withdrawn"]) | Q(milieu_by__in=MILIEU_SOURCES),
                name="registration_submitted_has_milieu",
            ),
            models.UniqueConstraint(
                fields=["declarant"],
                condition=Q(state__in=["drafted", "submitted", "quarantined"]),
                name="registration_one_open_per_declarant",
            ),
        ]
        indexes = file_indexes(REGISTRATION, "registration")


class RegistrationStateRow(StateRow):
    """One step of a registration; immutable."""

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="steps")


class CompletionRequest(CaseFile):
    """A household is asked to complete its declaration: questions fell due by age, or a newer form asks them.
    One is open at a time.

    ``declaration_id``: what is to be completed. ``due``: [[place of the member, person, [questions]], …], as
    of the last rescoring; -1 and no person: of the household. ``needed_by``: the formula that cannot score
    the household without the answers; empty while the law in force can. ``version`` grows with each change of
    its drafts.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    household = models.ForeignKey(Household, models.PROTECT, related_name="completions")
    declaration_id = models.UUIDField()
    due = models.JSONField()
    needed_by = models.CharField(max_length=60, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            *file_constraints(COMPLETION, "completion"),
            models.UniqueConstraint(
                fields=["household"], condition=Q(state="asked"), name="completion_one_open"
            ),
        ]
        indexes = file_indexes(COMPLETION, "completion")


class CompletionStateRow(StateRow):
    """One step of a request to complete; immutable."""

    completion = models.ForeignKey(CompletionRequest, models.PROTECT, related_name="steps")


class ScoreReview(CaseFile):
    """The score of a registered household is set aside: an officer looks at it. One is open at a time.

    ``score_number``: of the household's scores, the one in doubt.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    household = models.ForeignKey(Household, models.PROTECT, related_name="reviews")
    score_number = models.IntegerField()

    class Meta:
        constraints = [
            *file_constraints(REVIEW, "review"),
            models.UniqueConstraint(
                fields=["household"], condition=Q(state="waiting"), name="review_one_open"
            ),
        ]
        indexes = file_indexes(REVIEW, "review")


class ScoreReviewStateRow(StateRow):
    """One step of the check of a score; immutable."""

    review = models.ForeignKey(ScoreReview, models.PROTECT, related_name="steps")


class Draft(models.Model):
    """What is typed so far, for a registration or for a request to complete: one row for the household, and
    one for each member.

    ``place``: 0 for the household; of a member, by which pages and callers name them: never given again.
    ``answers``: {field: {"raw": text or texts, "saved_at": ISO time, "page": token}}, kept even when wrong.
    """

    registration = models.ForeignKey(Registration, models.CASCADE, null=True, related_name="drafts")
    completion = models.ForeignKey(CompletionRequest, models.CASCADE, null=True, related_name="drafts")
    step = models.CharField(max_length=3)
    place = models.PositiveIntegerField()
    person = PersonKeyField(null=True)
    sex = models.CharField(max_length=1, blank=True)
    answers = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registration", "place"], name="draft_one_per_place"),
            models.UniqueConstraint(fields=["registration", "person"], name="draft_one_per_member"),
            models.CheckConstraint(
                condition=Q(step="SOC", place=0, person__isnull=True)
                | Q(step="COM", place__gt=0, person__isnull=False),
                name="draft_member_has_a_place",
            ),
            models.UniqueConstraint(
                fields=["completion", "person"],
                nulls_distinct=False,
                condition=Q(completion__isnull=False),
                name="draft_one_per_completion_and_member",
            ),
            models.CheckConstraint(
                condition=Q(registration__isnull=True, completion__isnull=False)
                | Q(registration__isnull=False, completion__isnull=True),
                name="draft_of_one_file",
            ),
        ]


class Declaration(models.Model):
    """What was declared, frozen: parsed answers, members with their ages that day; immutable.

    ``packed_household``, ``packed_members``: the same as whole numbers (rules.packing), which scores read.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    household = models.ForeignKey(Household, models.PROTECT, related_name="declarations")
    registration = models.OneToOneField(Registration, models.PROTECT, null=True, related_name="declaration")
    form_version = models.CharField(max_length=60)
    form_digest = models.CharField(max_length=64)
    declared_on = models.DateField()
    milieu = models.CharField(max_length=5)
    milieu_by = models.CharField(max_length=6)
    answers = models.JSONField()
    members = models.JSONField()
    packed_household = models.BinaryField()
    packed_members = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    declared_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["household", "-declared_at"], name="declaration_latest"),
            models.Index(fields=["form_version"], name="declaration_form"),
        ]
