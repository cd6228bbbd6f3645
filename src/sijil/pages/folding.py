"""What a template says to everybody of a language is drawn once: texts, translations, addresses, icons.

Only parts without a variable are kept, so that nothing of one reader can come before another. Whatever has a
variable, a condition or a context is drawn anew on every page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, Final

from django.template.base import Node, NodeList, TextNode, TokenType
from django.template.context import Context
from django.template.defaulttags import CommentNode, IfNode, LoadNode, URLNode
from django.template.library import SimpleNode
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.templatetags.static import StaticNode
from django.utils.safestring import SafeString

from sijil.pages import languages

PLAIN_TAGS: Final = frozenset({"icon"})
"""Simple tags of ours whose answer follows from their arguments."""


class Folded(Node):
    """Neighbours that depend on the language alone. ``drawn``: by language, with the second one."""

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = nodes
        self.drawn: dict[str, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        language = languages.spoken()
        if (kept := self.drawn.get(language)) is None:
            kept = self.drawn[language] = NodeList(self.nodes).render(context)
        return kept

    render_annotated = render  # what is kept needs no trace of where it failed


def fold(nodes: Any) -> None:
    """Put neighbours that depend on the language alone into one node, here and in all inner parts."""
    for node in nodes:
        for inner in _inner(node):
            fold(inner)
    nodes[:] = [new for is_plain, run in groupby(nodes, is_constant) for new in _joined(is_plain, [*run])]


def _joined(is_plain: bool, run: list[Node]) -> list[Node]:
    return [Folded(run)] if is_plain and any(not isinstance(node, TextNode) for node in run) else run


def _inner(node: Any) -> Iterator[Any]:
    if isinstance(node, IfNode):
        yield from (nodes for _, nodes in node.conditions_nodelists)
        return
    yield from filter(None, (getattr(node, name, None) for name in node.child_nodelists))


def is_constant(node: Any) -> bool:
    """Tell whether a node says the same on every page of a language, and leaves nothing behind."""
    rule = _RULES.get(type(node))
    return rule is not None and rule(node)


def _is_literal(expression: Any) -> bool:
    var = expression.var
    return not expression.filters and (isinstance(var, str) or getattr(var, "lookups", ()) is None)


def _is_plain_text(node: Any) -> bool:
    more = (node.extra_context, node.plural, node.countervar, node.message_context, node.asvar)
    return not any(more) and all(token.token_type == TokenType.TEXT for token in node.singular)


def _is_plain_tag(node: Any) -> bool:
    told = [*node.args, *node.kwargs.values()]
    is_ours = node.func.__name__ in PLAIN_TAGS and node.func.__module__.startswith("sijil.")
    return is_ours and not node.takes_context and not node.target_var and all(map(_is_literal, told))


_RULES: dict[type[Node], Callable[[Any], bool]] = {
    TextNode: lambda _: True,
    LoadNode: lambda _: True,
    CommentNode: lambda _: True,
    TranslateNode: lambda n: not (n.asvar or n.message_context) and _is_literal(n.filter_expression),
    BlockTranslateNode: _is_plain_text,
    URLNode: lambda n: not (n.asvar or n.args or n.kwargs) and _is_literal(n.view_name),
    StaticNode: lambda n: not n.varname and _is_literal(n.path),
    SimpleNode: _is_plain_tag,
}
