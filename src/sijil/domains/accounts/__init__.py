"""Accounts: who may sign in, and how they prove it.

A citizen signs in with the IDCS and a password, chosen after a one-time code sent to the contact known to the
population register (law 72.18: the number alone proves nothing). Staff sign in with a login given by an
administrator. Passwords are Argon2id; codes and tokens are kept only as tags; every trial is counted
before it is compared. The answers never tell whether a number or a login exists.
States of a one-time code: sent, confirmed, used.
"""
