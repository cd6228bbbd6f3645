"""Wrong claims about one person are few, per partner; right ones cost nothing."""

from sijil.kernel.allowance import WRONG_CLAIMS, Allowance
from sijil.verify.guesses import Guesses

TAG, OTHER = b"a" * 16, b"b" * 16


def test_a_birthday_is_not_found_by_asking_for_each_day():
    guesses = Guesses()
    asked = sum(guesses.take("bank", TAG, now=n / 100) for n in range(366))
    assert asked == WRONG_CLAIMS.burst == 10
    assert not guesses.take("bank", TAG, now=599)
    assert guesses.take("bank", TAG, now=604)


def test_another_partner_and_another_person_are_not_touched():
    guesses = Guesses()
    for _ in range(11):
        guesses.take("bank", TAG, now=1)
    assert guesses.take("operator", TAG, now=1)
    assert guesses.take("bank", OTHER, now=1)


def test_right_claims_cost_nothing_and_keep_nothing():
    guesses = Guesses()
    for _ in range(1000):
        assert guesses.take("bank", TAG, now=1)
        guesses.give_back("bank", TAG)
    assert guesses._left == {}


def test_a_right_claim_does_not_forgive_the_wrong_ones():
    guesses = Guesses()
    for _ in range(9):
        guesses.take("bank", TAG, now=1)
    assert guesses.take("bank", TAG, now=1)
    guesses.give_back("bank", TAG)
    assert guesses.take("bank", TAG, now=1)
    assert not guesses.take("bank", TAG, now=1)


def test_memory_is_bounded_and_a_clock_that_steps_back_locks_nobody():
    guesses = Guesses(Allowance(1, 10), most=3)
    for n in range(50):
        guesses.take("bank", bytes([n]), now=1000)
    assert len(guesses._left) == 3
    assert not guesses.take("bank", bytes([49]), now=0)
    assert guesses.take("bank", bytes([49]), now=10)
