"""Filters and tags of every template (they are built in: no ``{% load %}``).

Filters: idcs · request_number · household · number · score · signed · money · percent · date_long ·
date_short · weekday · datetime · time · time_ago · words · led_by · beside.
Tags: icon · bar · parts_bar · signed_bar · scale · keep · keeper_field.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from sijil.kernel import ids
from sijil.pages import background, drawings, formats, labels, refusals
from sijil.pages.icons import PATHS

register = template.Library()


def _isolated(text: str) -> SafeString:
    return format_html('<bdi class="ltr">{}</bdi>', text)


def _number_filter(name: str, show: Callable[..., str]) -> None:
    """Register a filter whose answer is always read left to right; nothing stays nothing."""

    def shown(value: Any, *options: Any) -> str:
        return "" if value is None or value == "" else _isolated(show(value, *options))

    register.filter(name, _one_option(shown))


def _one_option(shown: Callable[..., str]) -> Callable[..., str]:
    def filter_(value: Any, option: Any = None) -> str:
        return shown(value) if option is None else shown(value, option)

    return filter_


def _score(value: Any, digits: int = 3) -> str:
    return formats.number(value, digits)


_NUMBERS: dict[str, Callable[..., str]] = {
    "idcs": ids.show_idcs,
    "request_number": ids.show_number,
    "household": ids.show_household_code,
    "number": formats.number,
    "score": _score,
    "signed": formats.signed,
    "signed_exact": formats.signed_exact,
    "percent": formats.percent,
    "date_short": formats.date_short,
    "time": formats.time,
}
for _name, _show in _NUMBERS.items():
    _number_filter(_name, _show)


def _text_filter(name: str, show: Callable[..., str]) -> None:
    def shown(value: Any) -> str:
        return "" if value is None or value == "" else format_html("<bdi>{}</bdi>", show(value))

    register.filter(name, shown)


_TEXTS: dict[str, Callable[..., str]] = {
    "money": formats.money,
    "date_long": formats.date_long,
    "weekday": formats.weekday,
    "datetime": formats.datetime,
    "time_ago": formats.time_ago,
}
for _name, _show in _TEXTS.items():
    _text_filter(_name, _show)


@register.filter
def words(code: str, family: str) -> str:
    """``{{ request.state|words:"request" }}``: a code of the product in words."""
    return labels.words(family, str(code))


@register.filter
def tone(code: str) -> str:
    """Return the colour class of a state's tag: good, wait, bad or plain."""
    return labels.tone(str(code))


@register.filter
def led_by(error: Any, label: Any) -> str:
    """``{{ error|led_by:field.label }}``: an error in a list, under the name of its field."""
    return refusals.led_by(str(error), str(label))


@register.filter
def beside(error: Any, label: Any) -> str:
    """``{{ error|beside:field.label }}``: an error that stands under its field."""
    return refusals.beside(str(error), str(label))


@register.simple_tag(takes_context=True)
def keep(context: Context, page: str) -> SafeString:
    """``<form {% keep "place" %}>``: what is typed stays in this tab until the server has it.

    On a page that is bound to something it comes back for that alone (``pages.background``).
    """
    page = ":".join(filter(None, (page, context.get("bound_to"))))
    back = gettext("What you typed is back on this page. It is not sent yet.")
    typed = mark_safe(" data-typed") if getattr(context.get("form"), "is_left", False) else ""
    return format_html('data-keep="{}" data-restored="{}"{}', page, back, typed)


@register.simple_tag(takes_context=True)
def keeper_field(context: Context) -> SafeString:
    """Say in a form for whom its page was made, and of what (``pages.background``)."""
    said = [(background.OF_FORM, context.get("keeper", ""))]
    if context.get("bound_to"):
        said.append((background.OF_THING, context["bound_to"]))
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', said)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw a small icon; without a label it is decoration and silent."""
    body = mark_safe(PATHS[name])  # noqa: S308  (drawings of ours)
    spoken = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" width="24" height="24" {}>{}</svg>', spoken, body
    )


@register.simple_tag
def bar(value: Any, most: Any, label: str = "") -> SafeString:
    """Draw a horizontal bar of ``value`` over ``most``; it grows from the start of the line."""
    part = drawings.share(value, most)
    return format_html(
        '<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="bar-ground" width="100" height="6"/>'
        '<rect class="bar-value" width="{}" height="6"/></svg>',
        label or formats.percent(Decimal(str(part)) / 100),
        str(part),
    )


@register.simple_tag
def parts_bar(in_time: int, near: int, late: int) -> SafeString:
    """Draw how files stand to their legal date: in time, near, late. The figures stand beside it as text."""
    parts = zip(("bar-value", "bar-raises", "bar-late"), drawings.parts(in_time, near, late), strict=True)
    rects = format_html_join(
        "",
        '<rect class="{}" x="{}" width="{}" height="6"/>',
        ((css, str(x), str(width)) for css, (x, width) in parts if width),
    )
    return format_html(
        '<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="bar-ground" width="100" height="6"/>{}</svg>',
        rects,
    )


@register.simple_tag
def signed_bar(value: Any, most: Any) -> SafeString:
    """Draw a bar from the middle: what lowers goes to the start side, what raises to the end side."""
    x, width, lowers = drawings.signed_bar(value, most)
    return format_html(
        '<svg class="bar signed" viewBox="0 0 100 18" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="{}" x="{}" width="{}" height="18"/>'
        '<rect class="bar-axis" x="49.8" width=".4" height="18"/></svg>',
        "bar-lowers" if lowers else "bar-raises",
        str(x),
        str(width),
    )


@register.inclusion_tag("pages/scale.html")
def scale(value: Any, marks: Sequence[tuple[Any, str]], low: Any = 8, high: Any = 12) -> dict[str, Any]:
    """Draw a score on its scale with its thresholds (value, name), left to right in every language.

    ``marks`` ascend. The figures beside the marks are text, so the drawing only points.
    """
    widths = {"only-wide": drawings.WIDE, "only-narrow": drawings.NARROW}
    return {"scales": [(name, drawings.scale(value, marks, low, high, w)) for name, w in widths.items()]}
