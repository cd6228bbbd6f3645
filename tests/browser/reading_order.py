"""Do figures stand on a drawn page as a reader expects them? Positions of the letters, not the source.

Read from right to left, "09-08" is drawn as 08-09, and the 5 of "PDF، 5" before the word. On each line two
neighbours of one text are compared: groups of digits that make one number, and what words or a comma part.
"""

from __future__ import annotations

from playwright.sync_api import Page

_READ = r"""() => {
  const found = [];
  const shown = (node, from, to) => {
    const range = document.createRange();
    range.setStart(node, from);
    range.setEnd(node, to);
    return range.getClientRects()[0];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, text = node.data, around = node.parentElement;
    if (!/\d/.test(text) || around.closest("script, style, svg, select, textarea")) continue;
    const isRight = getComputedStyle(around).direction === "rtl";
    const parts = [...text.matchAll(/[\d٠-٩]+|[A-Za-z]{2,}/g)];
    for (let n = 1; n < parts.length; n++) {
      const [one, two] = [parts[n - 1], parts[n]], end = one.index + one[0].length;
      const between = text.slice(end, two.index), before = text.slice(0, end);
      const isInside = before.lastIndexOf("\u2066") > before.lastIndexOf("\u2069");
      const isOne = /^[-.,:\/\u202f\u00a0 ]$/.test(between);
      const isApart = /[\u0620-\u064a،؛–]/.test(between);
      if (/[\u2066\u2069]/.test(between) || !(isOne || isApart)) continue;
      const [a, b] = [shown(node, one.index, end), shown(node, two.index, two.index + two[0].length)];
      if (!a || !b || !a.width || Math.abs(a.bottom - b.bottom) > 4) continue;
      const wantsRight = !isRight || isInside || isOne;
      if (wantsRight !== b.left > a.left) found.push(`${before.slice(-20)}${between}${two[0]}`);
    }
  }
  for (const item of document.querySelectorAll(".crumbs li + li")) {
    const points = getComputedStyle(item, "::before"), last = item.previousElementSibling;
    const [a, b] = [last.getBoundingClientRect(), item.getBoundingClientRect()];
    const isRight = points.direction === "rtl";
    if (points.content !== '"›"') found.push(`a path pointing back: ${points.content}`);
    if (Math.abs(a.top - b.top) < 4 && (b.left < a.left) !== isRight) found.push("a path in the wrong order");
  }
  return found;
}"""


def out_of_order(page: Page) -> list[str]:
    """Return what is drawn in another order than it is read."""
    return list(page.evaluate(_READ))
