"""What is read together: nobody who asks keeps another waiting."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sijil.kernel.together import Asked


def test_two_are_asked_at_the_same_moment() -> None:
    both = Barrier(2)

    def asked(name: str) -> Asked[str]:
        def read() -> str:
            both.wait(10)  # broken, were one to wait until the other is read
            return name

        one = Asked(read)
        one.found = []
        return one

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda one: one.value, [asked("a"), asked("b")]))
    assert found == ["a", "b"]
