"""Tables of the social register. No name, no birth date, no contact: an IDCS, codes and figures."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from sijil.domains.social_register.states import HouseholdState, RegistrationState
from sijil.kernel.ids import new_key
from sijil.kernel.rows import StateRow


def _state(states: type[HouseholdState] | type[RegistrationState]) -> list[str]:
    return [state.value for state in states]


MILIEU_SOURCES = ["asked", "census", "kind"]


class Household(models.Model):
    """A household. ``code``: 11 digits, for ever. Milieu and commune are those of its dwelling.

    ``milieu_by``: who said the milieu: the household (asked), the census, or the kind of the commune.
    """

    code = models.CharField(primary_key=True, max_length=11)
    state = models.CharField(max_length=16)
    commune_code = models.CharField(max_length=16)
    region_code = models.CharField(max_length=2)
    milieu = models.CharField(max_length=5)
    milieu_by = models.CharField(max_length=6)
    head_idcs = models.CharField(max_length=10)
    declarant_idcs = models.CharField(max_length=10)
    declared_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=_state(HouseholdState)), name="household_state_known"
            ),
            models.CheckConstraint(
                condition=Q(milieu__in=["urban", "rural"], milieu_by__in=MILIEU_SOURCES),
                name="household_milieu_known",
            ),
        ]


class HouseholdStateRow(StateRow):
    """One step of a household; immutable."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="steps")


class Member(models.Model):
    """A stay of one person in one household. The present household has no ``left_on``."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="members")
    idcs = models.CharField(max_length=10)
    relation = models.CharField(max_length=24)
    sex = models.CharField(max_length=1)
    joined_on = models.DateField()
    left_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["idcs"], condition=Q(left_on__isnull=True), name="member_in_one_household"
            ),
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(left_on__isnull=True, relation="head"),
                name="household_has_one_head",
            ),
        ]
        indexes = [models.Index(fields=["idcs"], name="member_idcs")]


class Registration(models.Model):
    """A request to register a household: the file, from the first draft to the decision.

    ``version`` grows with each change of its drafts: what is confirmed is what was read.
    ``area``: the household's own answer where its commune holds both areas. Until it is given ``milieu_by``
    is empty, and ``milieu`` that of the commune's kind.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    number = models.CharField(max_length=10, unique=True)
    declarant_idcs = models.CharField(max_length=10)
    state = models.CharField(max_length=16)
    commune_code = models.CharField(max_length=16)
    region_code = models.CharField(max_length=2)
    milieu = models.CharField(max_length=5)
    milieu_by = models.CharField(max_length=6, blank=True)
    area = models.CharField(max_length=5, blank=True)
    form_version = models.CharField(max_length=60)
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="registrations")
    version = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    answer_due_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=_state(RegistrationState)), name="registration_state_known"
            ),
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
                fields=["declarant_idcs"],
                condition=Q(state__in=["drafted", "submitted", "quarantined"]),
                name="registration_one_open_per_declarant",
            ),
        ]


class RegistrationStateRow(StateRow):
    """One step of a registration; immutable."""

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="steps")


class Draft(models.Model):
    """What is typed so far: one row per step, and for the members' step one row per member.

    ``answers``: {field: {"raw": text or texts, "saved_at": ISO time, "page": token}}, kept even when wrong.
    """

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="drafts")
    step = models.CharField(max_length=3)
    member_idcs = models.CharField(max_length=10, blank=True)
    member_sex = models.CharField(max_length=1, blank=True)
    answers = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "step", "member_idcs"], name="draft_one_per_step_and_member"
            )
        ]


class Declaration(models.Model):
    """What was declared, frozen: parsed answers, members with their ages that day; immutable."""

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
    sha256 = models.CharField(max_length=64)
    declared_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["household", "-declared_at"], name="declaration_latest")]
