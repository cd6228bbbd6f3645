"""A refusal as machines read it."""

import datetime as dt

from sijil.kernel.errors import Category, ErrorCode, Refused
from sijil.pages.problems import refusal_problem

LATER = ErrorCode("tests.later", Category.TOO_MANY, "Too soon.", "Ask again at {at}.")


def test_a_moment_is_written_to_the_second():
    body = refusal_problem(Refused(LATER, at=dt.datetime(2026, 11, 22, 9, 0, 1, 234, dt.UTC)))
    assert body["detail"] == "Ask again at 2026-11-22T09:00:01+00:00."
