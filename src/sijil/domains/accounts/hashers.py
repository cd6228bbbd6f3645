"""How passwords are hashed: Argon2id with the least cost that OWASP accepts, 5 times cheaper than
Django's default.
"""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """19 MiB of memory, two passes, one lane: some 20 ms of one core for each sign-in."""

    algorithm = "argon2"
    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
