"""A card that waits already is answered alike; a proved telephone or e-mail has few open requests (R54)."""

import datetime as dt
from dataclasses import replace

import pytest

from sijil.domains.population_register import models, services
from sijil.domains.population_register.tests.samples import FATIMA, NOW, OFFICER
from sijil.domains.population_register.types import Channel, PaperKind
from sijil.kernel.actors import PUBLIC
from sijil.kernel.errors import Refused

pytestmark = pytest.mark.django_db
CENTRE = OFFICER.centre


def send(identity=FATIMA, actor=PUBLIC, now=NOW, proved=None):
    channel = Channel.PORTAL if actor is PUBLIC else Channel.COUNTER
    if proved is None:
        proved = "" if actor is OFFICER else identity.phone or identity.email
    services.require_room(identity=identity, proved=proved, actor=actor, now=now)
    return services.submit_request(
        identity=identity, centre_code=CENTRE, proved=proved, channel=channel, actor=actor, now=now
    )


def another(n, **changes):
    return replace(FATIMA, **{"paper_number": f"K99{n:04d}", "first_name_fr": "Aïcha"} | changes)


def refused(*args, **kwargs):
    with pytest.raises(Refused) as found:
        send(*args, **kwargs)
    return found.value.code.partition(".")[2], found.value.field


def is_first(identity=FATIMA, actor=PUBLIC):
    return services.require_room(identity=identity, actor=actor, now=NOW)


def test_a_card_that_waits_already_is_answered_like_a_new_one():
    """R54: whoever types the number of a card does not learn that somebody waits with it."""
    assert is_first()
    number = send()
    assert send(replace(FATIMA, phone="+212611111111"))
    assert not is_first()
    services.withdraw_request(number=number, actor=PUBLIC, now=NOW + dt.timedelta(minutes=1))
    assert not is_first()
    assert not is_first(another(1), OFFICER)


def test_the_officer_is_told_of_a_card_on_another_open_request():
    cards = [FATIMA.paper_number]
    mine = models.EnrolmentRequest.objects.get(number=send()).id
    assert not services.has_card_open(cards=cards, but=mine)
    number = send(replace(FATIMA, phone="+212611111111"))
    assert services.has_card_open(cards=cards, but=mine)
    assert not services.has_card_open(cards=[], but=mine)
    services.withdraw_request(number=number, actor=PUBLIC, now=NOW + dt.timedelta(minutes=1))
    assert not services.has_card_open(cards=cards, but=mine)


def test_an_officer_opens_one_for_the_person_who_came():
    send()
    assert send(actor=OFFICER)


def test_a_paper_that_a_family_shares_is_not_counted():
    child = another(1, paper_kind=PaperKind.BIRTH_EXTRACT, paper_number="ABC123")
    send(replace(child, birth=FATIMA.birth))
    assert send(replace(child, first_name_fr="Adam"))


def test_a_telephone_has_twelve_open_requests():
    numbers = [send(another(n)) for n in range(12)]
    assert refused(another(12)) == ("phone_full", "phone")
    assert send(another(12, phone="+212611111111"))
    services.withdraw_request(number=numbers[0], actor=PUBLIC, now=NOW + dt.timedelta(minutes=1))
    assert send(another(13))


def test_an_email_has_twelve_too():
    for n in range(12):
        send(another(n, phone="", email="a@example.ma"))
    assert refused(another(12, phone="", email="a@example.ma")) == ("email_full", "email")


def test_without_a_contact_there_is_nothing_to_count():
    assert all(send(another(n, phone="", email="")) for n in range(13))


def test_what_nobody_proved_fills_no_telephone_of_another():
    for n in range(13):
        send(another(n), actor=OFFICER)
    assert send(another(13))
