"""Tables of the population register. Identity is one sealed blob per row; look-ups go by blind index.

The identity of a person stands in versions, in no other row: the person names the one that holds now.
"""

from __future__ import annotations

from django.db import models

from sijil.domains.population_register.states import PERSON, RE_ENROLMENT, REQUEST, RequestState
from sijil.domains.population_register.types import AttestedBy, FiliationSource, Relation
from sijil.kernel.casework.rows import CaseFile, file_constraints, file_indexes
from sijil.kernel.ids import draw_person_key, new_key
from sijil.kernel.rows import PersonKeyField, StateRow


class Person(CaseFile):
    """A registered person: one row, one IDCS, for ever.

    ``key``: by which every other domain knows the person. ``sealed_idcs``, ``idcs_index``: the number itself
    is in no other table. ``current``: the version of the identity that holds now; sex, birth year and commune
    are its own, in clear.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    key = PersonKeyField(default=draw_person_key)
    idcs_index = models.BinaryField(max_length=16)
    sealed_idcs = models.BinaryField()
    sex = models.CharField(max_length=1)
    birth_year = models.SmallIntegerField()
    commune_code = models.CharField(max_length=16)
    current = models.ForeignKey("IdentityVersion", models.PROTECT, related_name="+", db_index=False)

    class Meta:
        db_table = "population_register_person"
        constraints = [
            *file_constraints(PERSON, "person"),
            models.UniqueConstraint(fields=["key"], name="person_has_own_key"),
            models.UniqueConstraint(fields=["idcs_index"], name="person_has_own_idcs"),
            models.CheckConstraint(condition=models.Q(sex__in=["F", "M"]), name="person_sex_is_known"),
        ]
        indexes = file_indexes(PERSON, "person")


class IdentityVersion(models.Model):
    """What the register says of a person from a day on. Rows are added; nothing of one changes but its seals.

    ``valid_from``: the day from which it is true; ``recorded_at``: since when the register says so. Of two
    with one day the later version counts. ``reason``: of the change, a code; ``sealed_paper``: the paper that
    showed it. ``id``: of the first version, the person's own.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    person = models.ForeignKey(Person, models.PROTECT, related_name="versions", db_index=False)
    version = models.PositiveSmallIntegerField()
    valid_from = models.DateField()
    recorded_at = models.DateTimeField()
    reason = models.CharField(max_length=40)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)
    sealed = models.BinaryField()
    sealed_paper = models.BinaryField(default=b"")

    class Meta:
        db_table = "population_register_identity"
        constraints = [
            models.UniqueConstraint(fields=["person", "version"], name="identity_version_once"),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="identity_version_from_one"),
        ]


class Draft(models.Model):
    """A pre-registration being typed. Its number becomes the request's; deleted then, or when it is old."""

    number = models.CharField(primary_key=True, max_length=10)
    sealed = models.BinaryField()
    updated_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "population_register_draft"


class EnrolmentRequest(CaseFile):
    """One request to be registered. Its id is the person's id once registered, so none gets two.

    ``sealed``: what was declared; empty once registered, when the identity is the person's. What it is found
    by follows the person from then on. ``has_contact``: there is a telephone or an e-mail to write to;
    ``proved_index``: of the one that was confirmed by a code, empty where an officer took the request.
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
    proved_index = models.BinaryField(default=b"")
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
            models.CheckConstraint(
                condition=models.Q(person__isnull=True) | models.Q(sealed=b""),
                name="request_registered_holds_no_identity",
            ),
        ]
        indexes = [
            *file_indexes(REQUEST, "request"),
            models.Index(fields=["centre_code", "state", "opened_at"], name="request_by_centre"),
            models.Index(fields=["phone_index"], name="request_by_phone"),
            models.Index(fields=["paper_index"], name="request_by_paper"),
            models.Index(fields=["proved_index"], name="request_by_proved"),
        ]


class Attestation(models.Model):
    """A registered person who attests a file without papers. Who named and who signed is in the file's steps.

    ``way``: at the counter or by a code; empty until they signed. ``removed_at``: the officer took them off.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    request = models.ForeignKey(EnrolmentRequest, on_delete=models.PROTECT, related_name="attestations")
    witness = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="attested")
    named_at = models.DateTimeField()
    way = models.CharField(max_length=8, blank=True)
    signed_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "population_register_attestation"
        constraints = [
            models.UniqueConstraint(
                fields=["request", "witness"],
                condition=models.Q(removed_at__isnull=True),
                name="attestation_witness_once",
            ),
            models.CheckConstraint(
                condition=models.Q(way="", signed_at__isnull=True)
                | models.Q(way__in=[way.value for way in AttestedBy], signed_at__isnull=False),
                name="attestation_signed_in_a_way",
            ),
        ]


class Filiation(models.Model):
    """Who is mother, father or guardian of a child. Rows are added; the last version of a relation holds.

    ``child``: the id of the file, which is the person's once registered. ``parent``: by the register's own
    key of a row, never by a number. ``sealed_paper``: the number of the paper or act that showed it.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    child = models.UUIDField()
    relation = models.CharField(max_length=8)
    version = models.PositiveSmallIntegerField()
    parent = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="children")
    source = models.CharField(max_length=16)
    valid_from = models.DateField()
    recorded_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)
    sealed_paper = models.BinaryField(default=b"")

    class Meta:
        db_table = "population_register_filiation"
        constraints = [
            models.UniqueConstraint(fields=["child", "relation", "version"], name="filiation_version_once"),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="filiation_version_from_one"),
            models.CheckConstraint(
                condition=models.Q(relation__in=[relation.value for relation in Relation]),
                name="filiation_relation",
            ),
            models.CheckConstraint(
                condition=models.Q(source__in=[source.value for source in FiliationSource]),
                name="filiation_source",
            ),
            models.CheckConstraint(
                condition=~models.Q(child=models.F("parent")), name="filiation_of_somebody_else"
            ),
        ]


class ReEnrolment(CaseFile):
    """That the irises of a person registered as a small child are taken once they are of age for it.

    ``opens_on``: the day of that age; the worker opens it then. ``number``: for the appointment, the
    captures, and whoever follows it.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    number = models.CharField(max_length=10)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="re_enrolment")
    opens_on = models.DateField()
    centre_code = models.CharField(max_length=24)
    received_by = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "population_register_re_enrolment"
        constraints = [
            *file_constraints(RE_ENROLMENT, "re_enrolment"),
            models.UniqueConstraint(fields=["number"], name="re_enrolment_has_own_number"),
        ]
        indexes = [
            *file_indexes(RE_ENROLMENT, "re_enrolment"),
            models.Index(
                fields=["opens_on"], condition=models.Q(state="awaited"), name="re_enrolment_awaited"
            ),
            models.Index(fields=["centre_code", "state"], name="re_enrolment_by_centre"),
        ]


class ReEnrolmentStep(StateRow):
    """The immutable history of a re-enrolment."""

    re_enrolment = models.ForeignKey(ReEnrolment, on_delete=models.PROTECT, related_name="steps")

    class Meta(StateRow.Meta):
        db_table = "population_register_re_enrolment_step"


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
