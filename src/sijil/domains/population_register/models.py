"""Tables of the population register. Identity is one sealed blob per row; look-ups go by blind index."""

from __future__ import annotations

from django.db import models

from sijil.domains.population_register.states import PERSON, REQUEST, RequestState
from sijil.kernel.casework.rows import CaseFile, file_constraints, file_indexes
from sijil.kernel.ids import new_key
from sijil.kernel.rows import StateRow


class Person(CaseFile):
    """A registered person: one row, one IDCS, for ever."""

    id = models.UUIDField(primary_key=True, default=new_key)
    idcs = models.CharField(max_length=10)
    sex = models.CharField(max_length=1)
    birth_year = models.SmallIntegerField()
    commune_code = models.CharField(max_length=16)
    sealed = models.BinaryField()

    class Meta:
        db_table = "population_register_person"
        constraints = [
            *file_constraints(PERSON, "person"),
            models.UniqueConstraint(fields=["idcs"], name="person_has_own_idcs"),
            models.CheckConstraint(
                condition=models.Q(idcs__regex="^[2-9][0-9]{9}$"), name="person_idcs_is_formed"
            ),
            models.CheckConstraint(condition=models.Q(sex__in=["F", "M"]), name="person_sex_is_known"),
        ]
        indexes = file_indexes(PERSON, "person")


class Draft(models.Model):
    """A pre-registration being typed. Its number becomes the request's; deleted then, or when it is old."""

    number = models.CharField(primary_key=True, max_length=10)
    sealed = models.BinaryField()
    updated_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "population_register_draft"


class EnrolmentRequest(CaseFile):
    """One request to be registered. Its id is the person's id once registered, so none gets two.

    ``has_contact``: there is a telephone or an e-mail to write to.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    number = models.CharField(max_length=10)
    sex = models.CharField(max_length=1)
    birth_year = models.SmallIntegerField()
    commune_code = models.CharField(max_length=16)
    centre_code = models.CharField(max_length=24)
    language = models.CharField(max_length=3)
    channel = models.CharField(max_length=8)
    has_contact = models.BooleanField()
    phone_index = models.BinaryField(default=b"")
    paper_index = models.BinaryField(default=b"")
    deposited_by = models.CharField(max_length=64, blank=True)
    person = models.OneToOneField(Person, null=True, on_delete=models.PROTECT, related_name="request")
    sealed = models.BinaryField()

    class Meta:
        db_table = "population_register_request"
        constraints = [
            *file_constraints(REQUEST, "request"),
            models.UniqueConstraint(fields=["number"], name="request_has_own_number"),
            models.CheckConstraint(
                condition=models.Q(state=RequestState.REGISTERED, person__isnull=False)
                | (~models.Q(state=RequestState.REGISTERED) & models.Q(person__isnull=True)),
                name="request_registered_has_person",
            ),
        ]
        indexes = [
            *file_indexes(REQUEST, "request"),
            models.Index(fields=["centre_code", "state", "opened_at"], name="request_by_centre"),
            models.Index(fields=["phone_index"], name="request_by_phone"),
            models.Index(fields=["paper_index"], name="request_by_paper"),
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
