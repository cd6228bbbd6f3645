"""A page as a test reads it: what a template writes on several lines stands on one."""

import re


def flat(html):
    """Return HTML without the spaces that nobody sees: in tags, between them, and at the edges of a text."""
    html = re.sub(r"\s+", " ", html)
    html = re.sub(r" ?/?>", ">", html)
    html = re.sub(r"> <", "><", html)
    return re.sub(r"(<[a-z][^>]*>) ", r"\1", re.sub(r" (</)", r"\1", html))
