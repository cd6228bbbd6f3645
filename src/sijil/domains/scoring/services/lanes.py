"""Pieces of one work written side by side: while PostgreSQL has one, Python fills the next."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import TypeVar

from django.db import connections

T = TypeVar("T")


def iter_written(
    pieces: Iterator[T], write: Callable[[T, int], None], count: int
) -> Generator[None, None, None]:
    """Write the pieces in ``count`` lanes, each a thread with connections of its own; give a turn for each.

    ``write`` is told its lane. What one raises ends the work, when what the others have begun is done.
    """
    with ExitStack() as stack:
        lanes = [stack.enter_context(_lane()) for _ in range(count)]
        begun: deque[Future[None]] = deque()
        for place, piece in enumerate(pieces):
            if len(begun) == count:
                yield begun.popleft().result()  # the lane of this piece is free again
            lane = place % count
            begun.append(lanes[lane].submit(write, piece, lane))
        yield from (done.result() for done in begun)


@contextmanager
def _lane() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as lane:
        try:
            yield lane
        finally:
            lane.submit(connections.close_all).result()
