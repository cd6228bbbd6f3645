"""Two tables: the entries, range-partitioned by month, and the signed roots over them."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Cast

from sijil.kernel.ids import new_key


class AuditEntry(models.Model):
    """One read or one write: who, when, what, about whom, what for.

    ``cluster`` and ``xid`` are given by the database: the system identifier of the PostgreSQL cluster and
    the transaction that wrote the row. Together they say what is finished and can be sealed, also after
    a restore into another cluster, where transaction numbers start again.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)
    actor_label = models.CharField(max_length=200, blank=True)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=64)
    purpose = models.CharField(max_length=60, blank=True)
    facts = models.JSONField(default=dict)
    cluster = models.BigIntegerField(db_default=models.Func(function="audit_cluster"))
    xid = models.BigIntegerField(
        db_default=Cast(
            Cast(models.Func(function="pg_current_xact_id"), models.TextField()), models.BigIntegerField()
        )
    )

    class Meta:
        db_table = "audit_entry"


class ReadTally(models.Model):
    """How often the same reader opened the same person by the same act within an hour.

    The first reading writes an entry; the others are counted here, and the sum is written into the log when
    the hour is over (``counted_at``). What anybody may try again (a wrong password, a closed door, a search)
    is counted alike by the minute, which ``hour`` then holds.
    """

    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)
    subject = models.CharField(max_length=64)
    action = models.CharField(max_length=60)
    hour = models.DateTimeField()
    count = models.IntegerField()
    counted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "audit_read_tally"
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "actor_id", "actor_kind", "action", "hour"], name="audit_read_tally_once"
            ),
            models.CheckConstraint(condition=models.Q(count__gte=1), name="audit_read_tally_positive"),
        ]
        indexes = [
            models.Index(
                fields=["hour"],
                condition=models.Q(counted_at__isnull=True, count__gt=1),
                name="audit_read_tally_open",
            )
        ]


class AuditRoot(models.Model):
    """One sealing: the Merkle root of the entries of ``cluster`` with ``xid_from <= xid < xid_to``."""

    number = models.BigIntegerField(primary_key=True)
    cluster = models.BigIntegerField()
    xid_from = models.BigIntegerField()
    xid_to = models.BigIntegerField()
    entries = models.BigIntegerField()
    tree = models.BinaryField(max_length=32)
    previous = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()
    key_id = models.CharField(max_length=16)
    signature = models.BinaryField(max_length=64)

    class Meta:
        db_table = "audit_root"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(xid_to__gt=models.F("xid_from"), entries__gt=0, number__gt=0),
                name="audit_root_range_not_empty",
            ),
            models.UniqueConstraint(fields=["cluster", "xid_from"], name="audit_root_range_once"),
        ]
