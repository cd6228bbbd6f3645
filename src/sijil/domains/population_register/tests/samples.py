"""People of the tests."""

import datetime as dt

from sijil.domains.population_register.types import Channel, Identity, Sex
from sijil.kernel.actors import PUBLIC, Actor, ActorKind, system
from sijil.kernel.dates import PartialDate

NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
OFFICER = Actor(ActorKind.OFFICER, "officer-1", "CSC Agdal")
WORKER = system("matcher")

FATIMA = Identity(
    last_name_ar="العلوي",
    first_name_ar="فاطمة",
    last_name_fr="El Alaoui",
    first_name_fr="Fatima",
    birth=PartialDate(1988, 3, 14),
    sex=Sex.FEMALE,
    commune_code="04.421.01.0",
    phone="+212612345678",
    email="fatima@example.ma",
    paper_kind="cnie",
    paper_number="AB123456",
    address="12, rue des Orangers",
)


def submitted(identity=FATIMA, **changes):
    from sijil.domains.population_register.services import submit_request

    values = {"centre_code": "C1", "language": "ar", "channel": Channel.PORTAL, "actor": PUBLIC, "now": NOW}
    return submit_request(identity=identity, **{**values, **changes})
