"""Matching: is this person already known? Demographic comparison, and the cases officers settle.

Law 72.18: one person, one number. Method: blocking by keyed phonetic keys, then the sum of match weights
of Fellegi and Sunter (1969); a score opens a case, it never refuses anyone. Cases: opened → first_decided
→ closed when two officers agree, or → disputed → closed by a third; → asked → opened when they cannot tell
and ask the person for more. No name is kept here in clear.
"""
