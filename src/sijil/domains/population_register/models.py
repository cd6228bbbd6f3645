"""Tables of the population register. Identity is one sealed blob per row; look-ups go by blind index."""

from __future__ import annotations

from django.db import models

from sijil.domains.population_register.states import PersonState, RequestState
from sijil.kernel.ids import new_key
from sijil.kernel.rows import StateRow


class Person(models.Model):
    """A registered person: one row, one IDCS, for ever."""

    id = models.UUIDField(primary_key=True, default=new_key)
    idcs = models.CharField(max_length=10)
    sex = models.CharField(max_length=1)
    birth_year = models.SmallIntegerField()
    commune_code = models.CharField(max_length=16)
    state = models.CharField(max_length=12, default=PersonState.ACTIVE)
    sealed = models.BinaryField()
    registered_at = models.DateTimeField()

    class Meta:
        db_table = "population_register_person"
        constraints = [
            models.UniqueConstraint(fields=["idcs"], name="person_has_own_idcs"),
            models.CheckConstraint(
                condition=models.Q(idcs__regex="^[2-9][0-9]{9}$"), name="person_idcs_is_formed"
            ),
            models.CheckConstraint(condition=models.Q(sex__in=["F", "M"]), name="person_sex_is_known"),
            models.CheckConstraint(
                condition=models.Q(state__in=list(PersonState)), name="person_state_is_known"
            ),
        ]


class Draft(models.Model):
    """A pre-registration being typed. Its number becomes the request's; deleted then, or when it is old."""

    number = models.CharField(primary_key=True, max_length=10)
    sealed = models.BinaryField()
    updated_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "population_register_draft"


class EnrolmentRequest(models.Model):
    """One request to be registered. Its id is the person's id once registered, so none gets two."""

    id = models.UUIDField(primary_key=True, default=new_key)
    number = models.CharField(max_length=10)
    state = models.CharField(max_length=20, default=RequestState.PRE_REGISTERED)
    sex = models.CharField(max_length=1)
    birth_year = models.SmallIntegerField()
    commune_code = models.CharField(max_length=16)
    centre_code = models.CharField(max_length=24)
    language = models.CharField(max_length=3)
    channel = models.CharField(max_length=8)
    phone_index = models.BinaryField(default=b"")
    paper_index = models.BinaryField(default=b"")
    deposited_by = models.CharField(max_length=64, blank=True)
    submitted_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    person = models.OneToOneField(Person, null=True, on_delete=models.PROTECT, related_name="request")
    sealed = models.BinaryField()

    class Meta:
        db_table = "population_register_request"
        constraints = [
            models.UniqueConstraint(fields=["number"], name="request_has_own_number"),
            models.CheckConstraint(
                condition=models.Q(state=RequestState.REGISTERED, person__isnull=False)
                | (~models.Q(state=RequestState.REGISTERED) & models.Q(person__isnull=True)),
                name="request_registered_has_person",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=list(RequestState)), name="request_state_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["centre_code", "state", "submitted_at"], name="request_by_centre"),
            models.Index(fields=["phone_index"], name="request_by_phone"),
            models.Index(fields=["paper_index"], name="request_by_paper"),
            models.Index(fields=["due_on"], name="request_by_due_date"),
        ]


class RequestStep(StateRow):
    """The immutable history of a request."""

    request = models.ForeignKey(EnrolmentRequest, on_delete=models.PROTECT, related_name="steps")

    class Meta(StateRow.Meta):
        db_table = "population_register_request_step"


class PersonStep(StateRow):
    """The immutable history of a person's state."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="steps")

    class Meta(StateRow.Meta):
        db_table = "population_register_person_step"
