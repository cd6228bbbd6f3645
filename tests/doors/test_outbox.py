"""What a door has taken, the outbox takes: no second rule at the end of a journey (P21)."""

from hypothesis import given
from hypothesis import strategies as st

from sijil.domains.notifications.rules import clean_recipient
from sijil.domains.notifications.types import Channel
from sijil.kernel import clean

DOMAINS = st.sampled_from(["example.ma", "a-b.co.ma", "المغرب.ma", "xn--4ca.fr", "example.org"])
LOCALS = st.text(alphabet="abzABZ019.!#$%&'*+-/=?^_`{|}~éم\"\\ ,;<>()", min_size=1, max_size=70)


@given(st.one_of(st.emails(), st.builds("{}@{}".format, LOCALS, DOMAINS)))
def test_the_outbox_takes_every_address_that_a_door_has_taken(address):
    """P21: no second rule at the end of the journey."""
    value = clean.read_email(address)
    if value:
        assert clean_recipient(Channel.EMAIL, value) == value


@given(st.integers(500_000_000, 899_999_999))
def test_the_outbox_takes_every_number_that_a_door_has_taken(number):
    value = clean.read_phone(f"0{number}")
    if value:
        assert clean_recipient(Channel.SMS, value) == value
