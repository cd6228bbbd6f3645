"""Cheap password hashes: the cost of Argon2 is one test of its own."""

import pytest


@pytest.fixture(autouse=True)
def cheap_hashes(settings, request):
    if "real_hashes" not in request.fixturenames:
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def real_hashes():
    """Ask for the hasher of production."""
