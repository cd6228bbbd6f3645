"""Three tables: the partners, the keys of those that sign what they send, and the steps of each."""

from __future__ import annotations

from django.db import models

from sijil.domains.partners.states import PARTNER
from sijil.kernel.casework.rows import CaseFile, file_constraints, file_indexes
from sijil.kernel.rows import StateRow


class Partner(CaseFile):
    """An administration or a company, as a file of the house. ``token_salt``: seed of its own pseudonyms of
    persons. ``opened_at``: when it was registered.
    """

    code = models.CharField(max_length=40, primary_key=True)
    name_ar = models.CharField(max_length=200)
    name_fr = models.CharField(max_length=200)
    client_id = models.CharField(max_length=40)
    secret_hash = models.BinaryField(max_length=32)
    scopes = models.JSONField(default=list)
    purposes = models.JSONField(default=list)
    rate_limit = models.PositiveIntegerField(default=100)
    token_salt = models.BinaryField(max_length=32)

    class Meta:
        db_table = "partner"
        constraints = [
            models.UniqueConstraint(fields=["client_id"], name="partner_client_id_once"),
            *file_constraints(PARTNER, "partner"),
        ]
        indexes = file_indexes(PARTNER, "partner")


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
