"""Three tables: the partners, the keys of those that sign what they send, and the steps of each."""

from __future__ import annotations

from django.db import models

from sijil.domains.partners.states import PartnerState
from sijil.kernel.rows import StateRow


class Partner(models.Model):
    """An administration or a company. ``token_salt``: seed of its own pseudonyms of persons."""

    code = models.CharField(max_length=40, primary_key=True)
    name_ar = models.CharField(max_length=200)
    name_fr = models.CharField(max_length=200)
    client_id = models.CharField(max_length=40)
    secret_hash = models.BinaryField(max_length=32)
    scopes = models.JSONField(default=list)
    purposes = models.JSONField(default=list)
    state = models.CharField(max_length=10, default=PartnerState.ACTIVE)
    rate_limit = models.PositiveIntegerField(default=100)
    token_salt = models.BinaryField(max_length=32)
    registered_at = models.DateTimeField()

    class Meta:
        db_table = "partner"
        constraints = [
            models.UniqueConstraint(fields=["client_id"], name="partner_client_id_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in PartnerState]), name="partner_state"
            ),
        ]


class PartnerKey(models.Model):
    """A public key that a partner signs with. ``kid``: its thumbprint (RFC 7638), so one key is one row."""

    kid = models.CharField(max_length=43, primary_key=True)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="keys")
    jwk = models.JSONField()
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "partner_key"


class PartnerStep(StateRow):
    """Registered, secret changed, suspended, resumed, key added or removed."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="steps")

    class Meta(StateRow.Meta):
        abstract = False
        db_table = "partner_step"
