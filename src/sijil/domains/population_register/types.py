"""What crosses the border of the population register. Frozen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any
from uuid import UUID

from sijil.domains.population_register.states import PersonState
from sijil.kernel.dates import PartialDate
from sijil.kernel.ids import PersonKey
from sijil.kernel.texts import Text4, either


class Sex(StrEnum):
    FEMALE = "F"
    MALE = "M"


SEXES: Mapping[str, Text4] = {
    Sex.FEMALE: Text4("أنثى", "Féminin", "Female", "ⵜⴰⵡⵜⵎⵜ"),
    Sex.MALE: Text4("ذكر", "Masculin", "Male", "ⴰⵡⵜⵎ"),
}


class Nationality(StrEnum):
    MOROCCAN = "moroccan"
    RESIDENT_FOREIGNER = "resident_foreigner"


class PaperKind(StrEnum):
    """The papers that the law ``population_register.papers`` speaks of (decree 2.21.473, article 3)."""

    CNIE = "cnie"
    RESIDENCE_TITLE = "residence_title"
    BIRTH_EXTRACT = "birth_extract"
    GUARDIANSHIP = "guardianship"
    PASSPORT = "passport"
    FAMILY_BOOKLET = "family_booklet"
    WITNESSES = "witnesses"  # none: two persons attest


class Channel(StrEnum):
    PORTAL = "portal"
    COUNTER = "counter"
    API = "api"
    CIVIL = "civil"  # the civil register told of a birth


NAMES = ("last_name_ar", "first_name_ar", "last_name_fr", "first_name_fr")
"""The names of a person, any of which a document may lack."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a person declares (law 72.18, article 6). Sealed at rest, whole.

    The fields that the product itself reads are named; ``more`` has whatever else the form asks, ``form`` the
    version by which it was declared. A name that the document has not (marked so by a tick) is None.
    """

    last_name_ar: str | None
    first_name_ar: str | None
    last_name_fr: str | None
    first_name_fr: str | None
    birth: PartialDate
    sex: Sex
    commune_code: str
    nationality: Nationality = Nationality.MOROCCAN
    phone: str = ""
    email: str = ""
    paper_kind: str = ""
    paper_number: str = ""
    language: str = ""
    more: Mapping[str, str] = field(default_factory=dict)
    form: str = ""

    @classmethod
    def of(cls, values: Mapping[str, Any], *, form: str) -> Identity:
        """Return the identity of what was read, field by field; what was left empty is not kept."""
        core = {name: values[name] for name in _CORE if name in values}
        more = {name: str(value) for name, value in values.items() if name not in _CORE and value}
        typed = {"sex": Sex(core["sex"]), "nationality": Nationality(core["nationality"])}
        return cls(**{**core, **typed}, more=more, form=form)

    def value(self, name: str) -> Any:
        """Return one answer; an empty text where nothing was said, None for a name that there is not."""
        return getattr(self, name) if name in _CORE else self.more.get(name, "")

    def values(self) -> dict[str, Any]:
        """Return every answer by its name."""
        return {name: getattr(self, name) for name in _CORE} | dict(self.more)

    def as_json(self) -> dict[str, str]:
        """Return what is sealed: a name that there is not stands as ``<name>_none``."""
        values = self.values() | {"form": self.form}
        absent = {f"{name}_none": "1" for name in NAMES if values[name] is None}
        return {name: "" if value is None else str(value) for name, value in values.items()} | absent

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Identity:
        rest = {name: str(value) for name, value in body.items() if name != "form"}
        absent = {name: rest.pop(f"{name}_none", "") for name in NAMES}
        values: dict[str, Any] = {name: rest.get(name, "") for name in _CORE} | rest
        values |= {name: None for name, ticked in absent.items() if ticked}
        values["birth"] = PartialDate.parse(values["birth"])
        return cls.of(values, form=str(body.get("form", "")))

    def with_changes(self, changes: Mapping[str, Any]) -> Identity:
        """Return the identity with other answers."""
        return Identity.of(self.values() | dict(changes), form=self.form)

    def full_name(self, language: str) -> str:
        """Return the name in the script of a language, as ``kernel.texts.either`` says.

        A person whose document has no such form is called by the other one.
        """
        arabic, latin = (self.first_name_ar, self.last_name_ar), (self.first_name_fr, self.last_name_fr)
        return either(_joined(arabic, latin), _joined(latin, arabic), language)

    @property
    def listed_name(self) -> str:
        """The name as a list has it, the surname first: in Arabic, or as there is one."""
        arabic, latin = (self.last_name_ar, self.first_name_ar), (self.last_name_fr, self.first_name_fr)
        return _joined(arabic, latin)


_CORE = tuple(f.name for f in fields(Identity) if f.name not in ("more", "form"))


def _joined(own: tuple[str | None, ...], other: tuple[str | None, ...]) -> str:
    return " ".join(filter(None, own)) or " ".join(filter(None, other))


@dataclass(frozen=True, slots=True)
class Step:
    """One immutable step of a request."""

    action: str
    from_state: str
    to_state: str
    at: dt.datetime
    reason: str

    @property
    def is_move(self) -> bool:
        """Tell whether the file went to another state: what the person is shown."""
        return self.from_state != self.to_state


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """An enrolment request without its identity. ``person``: once registered."""

    id: UUID
    number: str
    state: str
    centre_code: str
    commune_code: str
    language: str
    channel: str
    deposited_by: str
    submitted_at: dt.datetime
    due_on: dt.date | None
    person: PersonKey | None

    @property
    def subject(self) -> str:
        """Return what the log calls the person: their key, or before it the number of the request."""
        return self.person or self.number


@dataclass(frozen=True, slots=True)
class Request(RequestRecord):
    """An enrolment request with its identity, for an officer of its centre. ``idcs``: once registered."""

    idcs: str | None
    identity: Identity
    steps: tuple[Step, ...]
    is_compared: bool


@dataclass(frozen=True, slots=True)
class RequestStatus:
    """What anybody who holds the number may see: no identity. ``has_contact``: a message can reach them."""

    number: str
    state: str
    reason: str
    submitted_at: dt.datetime
    due_on: dt.date | None
    centre_code: str
    has_contact: bool
    steps: tuple[Step, ...]


class AttestedBy(StrEnum):
    """How a witness signed."""

    COUNTER = "counter"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Witness:
    """Somebody who would attest a person without papers, as the register knows them.

    ``papers``: {kind: number}; ``names``: in each script; ``signed``: how often they attested within twelve
    months; ``is_mutual``: one of the file's other witnesses attested them, or they attested that one.
    """

    person: PersonKey
    state: str
    birth: PartialDate
    papers: Mapping[str, str]
    names: tuple[str, ...]
    signed: int
    is_mutual: bool


@dataclass(frozen=True, slots=True)
class Attestation:
    """One witness of a file, without their name. ``way``: how they signed, empty before."""

    id: UUID
    number: str
    witness: PersonKey
    named_at: dt.datetime
    signed_at: dt.datetime | None
    way: str


class Relation(StrEnum):
    """What somebody is to a child, or to an adult whom they represent."""

    MOTHER = "mother"
    FATHER = "father"
    GUARDIAN = "guardian"


RELATIONS: Mapping[str, Text4] = {
    Relation.MOTHER: Text4("الأم", "Mère", "Mother", "ⵉⵎⵎⴰ"),
    Relation.FATHER: Text4("الأب", "Père", "Father", "ⴱⴰⴱⴰ"),
    Relation.GUARDIAN: Text4("النائب الشرعي", "Représentant légal", "Legal representative"),
}


class FiliationSource(StrEnum):
    """What showed it: a paper of the file, an act that the civil register told, a judge."""

    BIRTH_EXTRACT = "birth_extract"
    FAMILY_BOOKLET = "family_booklet"
    CIVIL_EVENT = "civil_event"
    JUDGEMENT = "judgement"


FILIATION_SOURCES: Mapping[str, Text4] = {
    FiliationSource.BIRTH_EXTRACT: Text4(
        "موجز رسم الولادة", "Extrait d’acte de naissance", "Birth record extract"
    ),
    FiliationSource.FAMILY_BOOKLET: Text4("كناش الحالة المدنية", "Livret de famille", "Family booklet"),
    FiliationSource.CIVIL_EVENT: Text4("الحالة المدنية", "État civil", "Civil register"),
    FiliationSource.JUDGEMENT: Text4(
        "حكم أو وثيقة النيابة", "Jugement ou acte de représentation", "Judgement or deed of representation"
    ),
}


@dataclass(frozen=True, slots=True)
class Filiation:
    """Who is mother, father or guardian of a child, without names. ``valid_from``: true since that day.

    ``child``: the id of the file, and of the person once registered; ``person``: of whom it says so;
    ``paper``: the number of what showed it.
    """

    child: UUID
    relation: Relation
    version: int
    person: PersonKey
    source: FiliationSource
    valid_from: dt.date
    recorded_at: dt.datetime
    actor_kind: str
    actor_id: str
    paper: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReEnrolment:
    """That the irises of a child are due, without identity. ``ref``: the id of the person."""

    ref: UUID
    number: str
    person: PersonKey
    state: str
    opens_on: dt.date
    centre_code: str
    commune_code: str
    due_on: dt.date | None
    received_by: str
    is_alive: bool
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Standstill:
    """A request that waits in a state since a moment, without identity."""

    id: UUID
    number: str
    state: str
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a file stands in the queue of its state. ``place``: 1 is next; ``waits``: of who left."""

    place: int
    since: dt.datetime
    waits: tuple[dt.timedelta, ...]


@dataclass(frozen=True, slots=True)
class Addressee:
    """How to reach a person with a message about their own file. ``language``: kept with the file.

    ``idcs``: their number, to tell it; empty before there is one. ``trusted``: a relative's telephone, for
    news of the file alone, never for the number or a code.
    """

    subject: str
    phone: str
    email: str
    language: str
    idcs: str
    trusted: str = ""


@dataclass(frozen=True, slots=True)
class Registered:
    """A number just issued, with what the verification service compares."""

    person: PersonKey
    idcs: str
    birth: PartialDate
    sex: Sex


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands, without identity. ``before``, ``reason``: of the last step, if there was one."""

    state: PersonState
    birth_year: int
    before: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A registered person without name, birth date and contacts."""

    id: UUID
    key: PersonKey
    state: str
    sex: Sex
    birth_year: int
    commune_code: str
    registered_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Person:
    """A registered person."""

    id: UUID
    key: PersonKey
    idcs: str
    state: str
    identity: Identity
    registered_at: dt.datetime

    @property
    def sex(self) -> Sex:
        return self.identity.sex

    @property
    def birth(self) -> PartialDate:
        return self.identity.birth

    @property
    def commune_code(self) -> str:
        return self.identity.commune_code

    @property
    def phone(self) -> str:
        return self.identity.phone

    @property
    def email(self) -> str:
        return self.identity.email

    def full_name(self, language: str) -> str:
        """Return the name in the script of a language."""
        return self.identity.full_name(language)


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A person or an open request, as two files are compared. ``subject``: as the log calls it."""

    ref: UUID
    subject: str
    number: str
    idcs: str
    identity: Identity


@dataclass(frozen=True, slots=True)
class IdentityVersion:
    """What the register says of a person from ``valid_from`` on, since ``recorded_at``; by whom, and why.

    ``paper``: names what showed it.
    """

    version: int
    valid_from: dt.date
    recorded_at: dt.datetime
    reason: str
    actor_kind: str
    actor_id: str
    paper: str
    identity: Identity


@dataclass(frozen=True, slots=True)
class IdentityChange:
    """What a change did. ``before``, ``identity``: what held, what holds now; ``fields``: what differs.

    ``id``: of the person, as matching knows them. ``since``: the first day of the change.
    """

    person: PersonKey
    id: UUID
    idcs: str
    before: Identity
    identity: Identity
    fields: tuple[str, ...]
    since: dt.date
    version: int

    @property
    def is_another(self) -> bool:
        """Tell whether what holds today is another: a change may be of past days only."""
        return self.before != self.identity


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person as the other domains' copies are compared with them.

    ``is_sound``: what stands beside the identity in the register's own rows agrees with it.
    """

    id: UUID
    key: PersonKey
    idcs: str
    identity: Identity
    is_sound: bool
