"""Sijil: a population register, a social register and the programmes that rely on them."""

__version__ = "0.1.0"
