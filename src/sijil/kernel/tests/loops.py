"""Asyncio in tests: a browser of the same run may keep a running loop in the thread of the tests."""

import asyncio
from concurrent.futures import ThreadPoolExecutor


def in_a_loop(coroutine):
    """Return what a coroutine gives, run on a loop and a thread of its own."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()
