"""Nine tables: accounts, the files of staff with their steps, one-time links, one-time codes with theirs,
counted trials, what is open in browsers, tokens of the HTTP API.
"""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.crypto import salted_hmac

from sijil.domains.accounts.states import STAFF, ChallengeState
from sijil.domains.accounts.types import AccountKind, Purpose, Role
from sijil.kernel.casework.rows import CaseFile, file_constraints, file_indexes
from sijil.kernel.ids import new_key
from sijil.kernel.rows import StateRow


class Account(AbstractBaseUser):
    """One who may sign in. ``login``: key of a citizen, or a staff login. ``sealed``: the name of staff.

    ``area``: ``country``, or the code of the geography that staff works for; empty: no place.
    ``valid_from``, ``valid_until``: the days of an account of staff. ``is_active``: a citizen's account is
    not closed, a file of staff is active. ``session_round``: what is open in a browser belongs to one round;
    the next one ends it.
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
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    session_round = models.IntegerField(default=0)
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
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gte=models.F("valid_from")),
                name="accounts_account_ends_after_it_begins",
            ),
        ]

    def set_password(self, raw_password: str | None) -> None:
        """Refuse: what Django would keep lets nobody in. ``services.password.keep_password`` binds it."""
        raise TypeError("keep_password(login, password) makes what this table keeps")

    def check_password(self, raw_password: str | None) -> bool:
        """Refuse: Django would say no to the right one. ``services.password.check_password`` compares it."""
        raise TypeError("check_password(login, password, kept) compares what this table keeps")

    @property
    def power(self) -> dict[str, str | list[str]]:
        """What the owner may and where, as each entry about the account says it."""
        until = self.valid_until.isoformat() if self.valid_until else ""
        return {"roles": sorted(self.roles), "area": self.area, "centre": self.centre_code, "until": until}

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Return what a session must hold to go on: another password or another round ends it."""
        text = f"{self.session_round}:{self.password}"
        return salted_hmac("accounts.session", text, secret=secret, algorithm="sha256").hexdigest()


class StaffFile(CaseFile):
    """The file of an account of staff: who asked for it, and its second factor.

    ``asked_by``: login of the administrator, or the command; whoever activates is another one. ``is_first``:
    one of the two administrators of the first start, who activate each other. ``sealed``: the secret of the
    second factor; ``factor_step``: the last time step whose code was used, none before it is confirmed.
    """

    account = models.OneToOneField(Account, on_delete=models.PROTECT, primary_key=True, related_name="file")
    asked_by = models.CharField(max_length=64)
    is_first = models.BooleanField(default=False)
    sealed = models.BinaryField(default=bytes)
    factor_step = models.BigIntegerField(null=True)

    class Meta:
        db_table = "accounts_staff"
        constraints = [
            *file_constraints(STAFF, "accounts_staff"),
            models.CheckConstraint(
                condition=models.Q(factor_step__isnull=True) | ~models.Q(sealed=b""),
                name="accounts_staff_step_of_a_secret",
            ),
        ]
        indexes = file_indexes(STAFF, "accounts_staff")


class StaffFileStep(StateRow):
    """Asked for, activated, asked anew, suspended, closed."""

    file = models.ForeignKey(StaffFile, on_delete=models.PROTECT, related_name="steps")

    class Meta(StateRow.Meta):
        abstract = False
        db_table = "accounts_staff_step"


class OneTimeLink(models.Model):
    """A link by which the owner of an account chooses a password. ``tag``: SHA-256 of its 256 random bits.

    The newest link of an account is the only one that is good.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="links")
    tag = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_link"
        constraints = [
            models.UniqueConstraint(fields=["tag"], name="accounts_link_tag_once"),
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(used_at__isnull=True), name="accounts_link_one_is_good"
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
        indexes = [
            models.Index(fields=["claim_tag", "purpose", "-sent_at"], name="accounts_otp_claim"),
            models.Index(fields=["subject", "purpose", "-sent_at"], name="accounts_otp_subject"),
        ]
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


class Session(models.Model):
    """What is open in a browser. ``tag``: the digest of its key; ``browser``: as "Firefox, Android".

    It ends at ``ends_at`` at the latest; after a time without a click the session itself is gone before.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sessions")
    tag = models.CharField(max_length=40)
    browser = models.CharField(max_length=40, blank=True)
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "accounts_session"
        constraints = [models.UniqueConstraint(fields=["tag"], name="accounts_session_tag_once")]


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
