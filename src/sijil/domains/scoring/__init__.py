"""Scoring: the socio-economic score of a household, exact to the last digit.

Law: decree 2.21.582, annexes 1 (urban) and 2 (rural); dated data in ``parameters/``.
Standard: none; score = A + B/size, A and B sums of whole numbers at one scale (rules).
States: a score is ``scored``, or ``quarantined`` when outside the valid range; it never changes afterwards.
"""
