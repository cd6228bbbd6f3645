"""Whether households are as they declared: what changes, against what never does."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from django.db import connection
from django.db.models import Exists, OuterRef

from sijil.domains.social_register.models import Declaration, Household, Member
from sijil.domains.social_register.queries.files import digest_of
from sijil.kernel.tally import By

DECLARATIONS = "declarations"
"""What the log calls all of them together."""
_CHUNK = 2000

_UNDECLARED = """
SELECT h.code FROM social_register_household h JOIN social_register_declaration d ON d.id = h.declaration_id
WHERE d.household_id <> h.code OR (d.milieu, d.milieu_by) IS DISTINCT FROM (h.milieu, h.milieu_by)
   OR EXISTS (
       SELECT FROM jsonb_array_elements(d.members) AS said WHERE NOT EXISTS (
           SELECT FROM social_register_member m
           WHERE m.household_id = h.code AND m.person = (said ->> 'person')::bigint))
   OR EXISTS (
       SELECT FROM social_register_member m WHERE m.household_id = h.code AND m.left_on IS NULL
       AND NOT d.members @> jsonb_build_array(jsonb_build_object('person', m.person::text)))
ORDER BY 1
"""


def list_headless() -> list[str]:
    """Return the households whose head is not the member that stands in them as head."""
    heads = Member.objects.filter(household=OuterRef("pk"), person=OuterRef("head"), relation="head")
    return list(Household.objects.exclude(Exists(heads)).order_by("pk").values_list("pk", flat=True))


def list_undeclared() -> list[str]:
    """Return the households whose milieu or members are not those of their last declaration.

    Who left is still a stay of the household; whoever was never declared is none.
    """
    with connection.cursor() as cursor:
        cursor.execute(_UNDECLARED)
        return [code for (code,) in cursor.fetchall()]


def said(row: Declaration) -> bytes:
    """Return what a declaration says, anew from its content: never the digest that stands in it."""
    packed = sha256(bytes(row.packed_household) + b"|" + bytes(row.packed_members)).hexdigest()
    return f"{row.id} {row.household_id} {digest_of(row)} {packed}".encode()


def iter_declared() -> Iterator[tuple[By, bytes]]:
    """Give when each declaration was kept, and what it says."""
    for row in Declaration.objects.order_by("pk").iterator(chunk_size=_CHUNK):
        yield (row.declared_at, "", ""), said(row)
