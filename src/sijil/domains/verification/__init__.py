"""Verification: is this IDCS the number of a person of this birth date and sex? Yes or no, nothing else.

Law 72.18 (the register answers whether declared data agree with the recorded) and 09-08 (every question
has a purpose and is logged). A copy of the register made for this one question: IDCS, sex, and a keyed
tag of the birth date; the date itself is not here. An unknown number is answered like a mismatch.
States of a subject: active, closed (a closed one never matches).
"""
