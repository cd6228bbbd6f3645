"""Passwords as they are kept: hashed together with whose they are, under a key that is outside the database.

A hash copied from one account onto another, or made by somebody who can write the table, lets nobody in.
"""

from __future__ import annotations

from django.contrib.auth import hashers

from sijil.kernel.sealing import keyring


def keep_password(login: str, password: str) -> str:
    """Return what the table keeps of the password of ``login``."""
    return hashers.make_password(_bound(login, password))


def check_password(login: str, password: str, kept: str) -> bool:
    """Tell whether this is the password of ``login``; the same work, right or wrong."""
    return hashers.check_password(_bound(login, password), kept)


def _bound(login: str, password: str) -> str:
    return keyring().blind_index("accounts", "password", f"{login}\0{password}").hex()
