"""Biometrics: face and iris images of a deposit, checked when taken, sealed, given to a recognition engine.

Law 72.18, article 6: face for all, both irises from the age of five. Terms after ISO/IEC 2382-37, quality
names after ISO/IEC 29794. A recognition engine (1:N) is chosen by ``SIJIL_ABIS`` and asked between
transactions (states: queued, asking, waiting, answered, refused). None is part of this release:
``adapters.abis`` is its contract, and the embedded twin finds only the very same image used again.
"""
