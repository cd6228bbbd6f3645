"""SQL for statements put together elsewhere: what the score reads of the households that are not closed."""

from __future__ import annotations

from sijil.kernel import copy

FIELDS: copy.Fields = (
    ("household_code", copy.CODE),
    ("declaration_id", copy.UUID),
    ("milieu", ">i2"),
    ("region", ">i2"),
    ("declared_on", ">i4"),
)
VARIED = ("household", "members", "births")

DECLARED = """
    SELECT h.code AS household_code, d.id AS declaration_id,
           (CASE d.milieu WHEN 'urban' THEN 1 ELSE 2 END)::smallint AS milieu,
           h.region_code::smallint AS region, d.declared_on,
           d.packed_household AS household, d.packed_members AS members,
           h.sealed_births AS births
    FROM social_register_household h JOIN social_register_declaration d ON d.id = h.declaration_id
    WHERE h.state <> 'closed' AND d.form_version = %s AND d.milieu = ANY(%s)
"""
"""Last declarations by one version of the form, in some milieus: FIELDS, then VARIED."""

ASKED = """
    SELECT household_id AS household_code, needed_by, opened_at, due_on
    FROM social_register_completionrequest WHERE state = 'asked' AND needed_by <> ''
"""
"""Households that are asked for an answer without which a formula, ``needed_by``, cannot score them."""
