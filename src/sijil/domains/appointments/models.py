"""Centres, the slots that somebody booked, appointments and their immutable steps."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from sijil.domains.appointments.states import APPOINTMENT
from sijil.kernel.casework.rows import CaseFile, file_constraints, file_indexes
from sijil.kernel.rows import StateRow


class CentreRow(models.Model):
    """``closed_on``: since when it is not in the lists; ``ends_on``: its last day, known before."""

    code = models.CharField(max_length=16, primary_key=True)
    kind = models.CharField(max_length=8)
    name_ar = models.CharField(max_length=200)
    name_fr = models.CharField(max_length=200)
    region_code = models.CharField(max_length=2)
    province_code = models.CharField(max_length=12)
    commune_codes = ArrayField(models.CharField(max_length=12))
    desks = models.SmallIntegerField()
    address_ar = models.CharField(max_length=200, blank=True, default="")
    address_fr = models.CharField(max_length=200, blank=True, default="")
    phone = models.CharField(max_length=20, blank=True, default="")
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    week = ArrayField(models.CharField(max_length=40), default=list)
    opens_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    loaded_at = models.DateTimeField()

    class Meta:
        db_table = "appointments_centre"
        indexes = [
            GinIndex(fields=["commune_codes"], name="appointments_centre_by_commune"),
            models.Index(fields=["province_code"], name="appointments_centre_by_prov"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(desks__gt=0), name="appointments_centre_has_desk"),
            models.CheckConstraint(
                condition=Q(week__len__in=[0, 7]), name="appointments_centre_has_whole_week"
            ),
        ]


class ClosureRow(models.Model):
    """A day on which a centre is closed by exception; one that was lifted stays as it was written."""

    centre = models.ForeignKey(CentreRow, on_delete=models.PROTECT)
    on = models.DateField()
    reason_ar = models.CharField(max_length=200)
    reason_fr = models.CharField(max_length=200)
    made_by = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "appointments_closure"
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "on"], condition=Q(lifted_at=None), name="appointments_closed_once"
            ),
        ]


class ElsewhereRow(models.Model):
    """Why a request is received at a centre that does not serve its commune; never changed."""

    request_number = models.CharField(max_length=16)
    centre = models.ForeignKey(CentreRow, on_delete=models.PROTECT)
    commune_code = models.CharField(max_length=16)
    reason = models.CharField(max_length=40)
    note = models.CharField(max_length=300, blank=True)
    given_by = models.CharField(max_length=64)
    given_at = models.DateTimeField()

    class Meta:
        db_table = "appointments_elsewhere"
        constraints = [
            models.UniqueConstraint(
                fields=["request_number", "centre", "commune_code"], name="appointments_elsewhere_once"
            ),
        ]


class SlotRow(models.Model):
    """Written with the first booking; ``booked`` never passes ``capacity`` (a constraint; one statement)."""

    centre = models.ForeignKey(CentreRow, on_delete=models.PROTECT)
    on = models.DateField()
    at = models.TimeField()
    capacity = models.SmallIntegerField()
    booked = models.SmallIntegerField(default=0)

    class Meta:
        db_table = "appointments_slot"
        constraints = [
            models.UniqueConstraint(fields=["centre", "on", "at"], name="appointments_slot_once"),
            models.CheckConstraint(
                condition=Q(booked__gte=0, booked__lte=F("capacity")), name="appointments_slot_not_overfull"
            ),
        ]


class AppointmentRow(CaseFile):
    """One per request; ``slot`` is empty for a person who walked in. ``changed_at``: when it last moved.

    ``reminded``: how many of the reminders were sent, or would have come too late.
    """

    request_number = models.CharField(max_length=16)
    centre = models.ForeignKey(CentreRow, on_delete=models.PROTECT)
    on = models.DateField()
    slot = models.ForeignKey(SlotRow, null=True, on_delete=models.PROTECT)
    changed_at = models.DateTimeField()
    reminded = models.SmallIntegerField(default=0)

    class Meta:
        db_table = "appointments_appointment"
        constraints = [
            *file_constraints(APPOINTMENT, "appointments"),
            models.UniqueConstraint(fields=["request_number"], name="appointments_one_per_request"),
            models.CheckConstraint(
                condition=Q(slot__isnull=False) | ~Q(state="booked"), name="appointments_booked_has_slot"
            ),
        ]
        indexes = [
            *file_indexes(APPOINTMENT, "appointments"),
            models.Index(fields=["centre", "on"], name="appointments_by_day"),
            models.Index(fields=["on"], condition=Q(state="booked"), name="appointments_booked_by_day"),
        ]


class AppointmentStep(StateRow):
    appointment = models.ForeignKey(AppointmentRow, on_delete=models.PROTECT, related_name="steps")

    class Meta(StateRow.Meta):
        db_table = "appointments_step"
