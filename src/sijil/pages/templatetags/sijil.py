"""Filters and tags of every template (they are built in: no ``{% load %}``).

Filters: idcs · request_number · household · number · score · signed · money · percent · date_long ·
date_short · weekday · datetime · time · time_ago · words. Tags: icon · bar · signed_bar · scale.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from sijil.kernel import ids
from sijil.pages import formats, labels
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


for _name, _show in {
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
}.items():
    _number_filter(_name, _show)


def _text_filter(name: str, show: Callable[..., str]) -> None:
    register.filter(name, lambda value: "" if value is None or value == "" else format_html("<bdi>{}</bdi>", show(value)))


for _name, _show in {
    "money": formats.money,
    "date_long": formats.date_long,
    "weekday": formats.weekday,
    "datetime": formats.datetime,
    "time_ago": formats.time_ago,
}.items():
    _text_filter(_name, _show)


@register.filter
def words(code: str, family: str) -> str:
    """``{{ request.state|words:"request" }}``: a code of the product in words."""
    return labels.words(family, str(code))


@register.filter
def tone(code: str) -> str:
    """Return the colour class of a state's tag: good, wait, bad or plain."""
    return labels.tone(str(code))


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw a small icon; without a label it is decoration and silent."""
    body = mark_safe(PATHS[name])  # noqa: S308  (drawings of ours)
    spoken = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="icon" viewBox="0 0 24 24" width="24" height="24" {}>{}</svg>', spoken, body)


@register.simple_tag
def bar(value: Any, most: Any, label: str = "") -> SafeString:
    """Draw a horizontal bar of ``value`` over ``most``; it grows from the start of the line."""
    share = _share(value, most)
    return format_html(
        '<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="bar-ground" width="100" height="6"/><rect class="bar-value" width="{}" height="6"/></svg>',
        label or formats.percent(Decimal(str(share)) / 100), share,
    )  # fmt: skip


@register.simple_tag
def signed_bar(value: Any, most: Any) -> SafeString:
    """Draw a bar from the middle: what lowers goes to the start side, what raises to the end side."""
    half = _share(abs(Decimal(str(value))), most) / 2
    lowers = Decimal(str(value)) < 0
    return format_html(
        '<svg class="bar signed" viewBox="0 0 100 18" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="{}" x="{}" width="{}" height="18"/><rect class="bar-axis" x="49.8" width=".4" height="18"/></svg>',
        "bar-lowers" if lowers else "bar-raises", round(50 - half, 2) if lowers else 50, max(0.4, round(half, 2)),
    )  # fmt: skip


def _share(value: Any, most: Any) -> float:
    top = float(most)
    return round(max(0.0, min(100.0, 100 * float(value) / top)), 2) if top else 0.0


@register.simple_tag
def scale(value: Any, marks: Sequence[tuple[Any, str]], low: Any = 8, high: Any = 12, label: str = "") -> SafeString:
    """Draw the score on its scale with its thresholds (value, name), left to right in every language.

    ``marks`` ascend. The figures beside the marks are text, so the drawing only points.
    """

    def place(number: Any) -> float:
        share = (float(number) - float(low)) / (float(high) - float(low))
        return round(600 * max(0.0, min(1.0, share)), 1)

    here = place(value)
    ends = [0.0, *(place(mark) for mark, _ in marks), 600.0]
    bands = [(start, round(end - start, 1), min(i, 3)) for i, (start, end) in enumerate(zip(ends, ends[1:], strict=False))]
    anchors = _apart([place(mark) for mark, _ in marks], 150)
    ticks = [(place(m), anchor, formats.number(m, 3), name) for (m, name), anchor in zip(marks, anchors, strict=True)]
    return format_html(
        '<svg class="scale" viewBox="0 -2 600 118" role="img" aria-label="{}">'
        '<text class="scale-here" x="{}" y="14" text-anchor="middle">{}</text><path class="scale-pin" d="M{} 32l-9-11h18z"/>'
        '<g clip-path="inset(0 round 8px)">{}</g>{}</svg>',
        label or spoken_scale(value, marks),
        min(max(here, 45), 555), gettext("Your household"), here,
        format_html_join("", '<rect class="scale-{2}" x="{0}" y="38" width="{1}" height="16"/>', bands),
        format_html_join(
            "",
            '<path class="scale-tick" d="M{0} 34v24L{1} 66"/><text class="scale-figure" x="{1}" y="82" text-anchor="middle">{2}</text>'
            '<text class="scale-name" x="{1}" y="102" text-anchor="middle">{3}</text>',
            ticks,
        ),
    )  # fmt: skip


def spoken_scale(value: Any, marks: Sequence[tuple[Any, str]]) -> str:
    """Say in words what the scale shows."""
    parts = [f"{name} {formats.number(mark, 3)}" for mark, name in marks]
    return " · ".join([f"{gettext('Your household')} {formats.number(value, 3)}", *parts])


def _apart(places: Sequence[float], least: float) -> list[float]:
    """Move labels so that neighbours are ``least`` apart and stay on the drawing."""
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + least) if moved else max(place, 70.0))
    overflow = max(0.0, moved[-1] - 530.0) if moved else 0.0
    return [round(place - overflow, 1) for place in moved] if overflow else moved
