"""People of the tests."""

import datetime as dt

from django.db import transaction

from sijil.domains.population_register.rules import compared_of, values_of
from sijil.domains.population_register.types import Channel, Identity, Sex
from sijil.kernel.actors import PUBLIC, officer, system
from sijil.kernel.dates import PartialDate
from sijil.kernel.ids import new_key

NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
CENTRE = "04.421.01.01"  # Agdal Riyad, which serves FATIMA's commune
OFFICER = officer("officer-1", centre=CENTRE, area="04.421.01.0", roles=["csc_officer"])
ELSEWHERE = officer("officer-2", centre="04.421.01.06", roles=["csc_officer"])
ADJUDICATOR = officer("adjudicator-1", roles=["adjudicator"])
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
    language="ar",
    form="RNP-2026-1",
    more={"birth_country": "MA", "quarter": "Hay Riad", "street": "12, rue des Orangers"},
)


class Idcs(str):
    """The number of somebody known, as people type it. ``key``: what the registers say."""

    key = ""


def known(identity=None, now=NOW):
    """Register somebody and make them verifiable; return the number."""
    from sijil.domains.population_register.services import issue
    from sijil.domains.verification.services import enrol_subject

    with transaction.atomic():
        made = issue(new_key(), identity or FATIMA, actor=WORKER, now=now)
        enrol_subject(person=made.person, idcs=made.idcs, birth=made.birth, sex=made.sex)
    number = Idcs(made.idcs)
    number.key = made.person
    return number


def submitted(identity=FATIMA, **changes):
    from sijil.domains.population_register.services import submit_request

    values = {"centre_code": CENTRE, "language": "ar", "channel": Channel.PORTAL, "actor": PUBLIC, "now": NOW}
    return submit_request(identity=identity, **{**values, **changes})


def paper_of(identity=FATIMA, **changes):
    """Return what the papers of a person say."""
    compared = {f.id for f in compared_of(identity)}
    return {n: v for n, v in values_of(identity).items() if n.removesuffix("_none") in compared} | changes


def received(identity=FATIMA, actor=OFFICER, now=NOW, **changes):
    """Return the number of a file whose papers were compared and that was deposited."""
    from sijil.domains.population_register import services

    number = submitted(identity, centre_code=actor.centre, **changes)
    services.compare_papers(number=number, paper=paper_of(identity), actor=actor, now=now)
    services.deposit_request(number=number, actor=actor, now=now)
    return number
