"""Five tables: accounts, one-time codes and their steps, counted trials, tokens of the HTTP API."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.fields import ArrayField
from django.db import models

from sijil.domains.accounts.states import ChallengeState
from sijil.domains.accounts.types import AccountKind, Purpose, Role
from sijil.kernel.ids import new_key
from sijil.kernel.rows import StateRow


class Account(AbstractBaseUser):
    """One who may sign in. ``login``: key of a citizen, or a staff login. ``sealed``: the name of staff.

    ``area``: code of the geography that an officer works for; empty: the whole country.
    """

    last_login = None  # the clock is ours: signed_in_at

    id = models.UUIDField(primary_key=True, default=new_key)
    login = models.CharField(max_length=64)
    kind = models.CharField(max_length=8)
    roles = ArrayField(models.CharField(max_length=24), default=list)
    centre_code = models.CharField(max_length=16, blank=True)
    area = models.CharField(max_length=16, blank=True, default="")
    sealed = models.BinaryField(default=bytes)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    password_set_at = models.DateTimeField(null=True)
    signed_in_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "login"

    class Meta:
        db_table = "accounts_account"
        constraints = [
            models.UniqueConstraint(fields=["login"], name="accounts_account_login_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=[k.value for k in AccountKind]), name="accounts_account_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(roles__contained_by=[r.value for r in Role]),
                name="accounts_account_roles_known",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=AccountKind.STAFF)
                | models.Q(login__regex="^[1-9][0-9]{18}$", roles=[], centre_code="", area=""),
                name="accounts_account_citizen_is_a_person",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=AccountKind.CITIZEN) | ~models.Q(login__regex="^[0-9]+$"),
                name="accounts_account_staff_login_not_a_number",
            ),
        ]


class OtpChallenge(models.Model):
    """One code asked for. ``code_tag`` is empty when nobody was to receive it: such a code is never right.

    ``subject``: the person, or what the log calls a number that nobody has.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    purpose = models.CharField(max_length=20)
    subject = models.CharField(max_length=64)
    claim_tag = models.BinaryField(max_length=16)
    code_tag = models.BinaryField(max_length=16, default=bytes)
    state = models.CharField(max_length=10, default=ChallengeState.SENT)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    grant_tag = models.BinaryField(max_length=32, default=bytes)
    confirmed_at = models.DateTimeField(null=True)
    consumed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_otp"
        indexes = [models.Index(fields=["claim_tag", "purpose", "-sent_at"], name="accounts_otp_claim")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(attempts__lte=5), name="accounts_otp_at_most_five_attempts"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in ChallengeState]), name="accounts_otp_state"
            ),
            models.CheckConstraint(
                condition=models.Q(purpose__in=[p.value for p in Purpose]), name="accounts_otp_purpose"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=ChallengeState.USED) | models.Q(consumed_at__isnull=False),
                name="accounts_otp_used_has_a_time",
            ),
        ]


class ChallengeStep(StateRow):
    """Asked, confirmed, used. It names nobody and outlives the code, which is forgotten after a week."""

    challenge = models.ForeignKey(
        OtpChallenge, on_delete=models.DO_NOTHING, db_constraint=False, related_name="steps"
    )

    class Meta(StateRow.Meta):
        abstract = False
        db_table = "accounts_otp_step"


class Trial(models.Model):
    """How often one login, or one address, was tried in the present window. ``key``: a blind index."""

    key = models.BinaryField(primary_key=True, max_length=16)
    count = models.IntegerField(default=0)
    window_started_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_trial"


class ApiToken(models.Model):
    """One bearer token. ``tag``: SHA-256 of 256 random bits; the token itself is not kept."""

    id = models.UUIDField(primary_key=True, default=new_key)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tokens")
    tag = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_token"
        constraints = [models.UniqueConstraint(fields=["tag"], name="accounts_token_tag_once")]
