"""SQL for a process without Django: the verification process reads the directory anew every second."""

from __future__ import annotations

from sijil.domains.partners.states import PartnerState

DIRECTORY = f"""
SELECT code, name_fr, client_id, secret_hash, scopes, purposes, rate_limit,
       state = '{PartnerState.ACTIVE}' AS active
FROM partner
"""  # noqa: S608

READS = "SELECT (code, name_fr, client_id, secret_hash, scopes, purposes, rate_limit, state) ON partner"
"""What whoever runs DIRECTORY must be granted."""
