"""Programmes: who qualifies for an aid, and the ranked lists that say so.

Law: 72.18 (lists ordered by score); 58.23, decrees 2.23.1067 and 2.23.1068 (ASD); AMO-Tadamon's threshold.
Standard: thresholds are dated data in ``parameters/``; at the threshold is eligible.
States: a list is ``preparing``, then ``published`` (frozen for ever) or ``failed``.
"""
