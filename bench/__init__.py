"""One file per published figure, each beside its floor in the same run.

A figure is one line of JSON on standard output:
``{"name", "unit", "ours", "floor", "ratio", "detail"}``; ``ratio`` is ours / floor, 1.0 is the floor itself.
"""
