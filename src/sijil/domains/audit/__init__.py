"""Who read and who wrote: the audit log of the whole product.

Law 09-08: every consultation of personal data is logged, with its purpose, and the person may know it.
An entry is added explicitly by the use case or the read, in the same transaction, and never changes.
Every few seconds the entries of finished transactions are sealed: a Merkle tree over them (RFC 6962),
its root signed (Ed25519) and chained to the root before. ``sijil verify-audit`` computes all of it anew.
No states. No identity in an entry: numbers only (IDCS, household code, request number).
"""
