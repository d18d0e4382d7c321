"""Markers of footnotes: "45<sup>1</sup> people died" tells of 45, and its text alone of 451."""

from __future__ import annotations

import re

from lxml import etree, html

_MARKER = re.compile(r"\[?(?:\d{1,3}|[a-z*†‡§¶])(?:\s*[,–-]\s*\d{1,3})*\]?", re.IGNORECASE)
_POWER = re.compile(r"(?:^|\D)10$")
_SHORT = re.compile(r"(?<![^\W\d_])[^\W\d_]{1,3}$")
"""A unit or a formula: "km2", "mc2"."""
_NEAR = 12
"""Characters before a marker that are looked at."""


def without_markers(tree: html.HtmlElement) -> html.HtmlElement:
    """The tree, changed in place: links to footnotes and bare numbers set high are gone, powers of ten are "10^6".

    Kept is what belongs to what stands before it: "km2", "mc2", "4th", "30e".
    """
    for sup in list(tree.iter("sup")):
        text = "".join(sup.itertext()).strip()
        if not _MARKER.fullmatch(text):
            continue
        before = _before(sup)
        if _POWER.search(before) and text.isdigit():
            sup.text = f"^{text}"
        elif _is_linked(sup) or text.startswith("[") or (text[0].isdigit() and not _SHORT.search(before)):
            sup.drop_tree()
    return tree


def _is_linked(sup: html.HtmlElement) -> bool:
    parent = sup.getparent()
    return sup.find(".//a") is not None or (parent is not None and parent.tag == "a")


def _before(sup: html.HtmlElement) -> str:
    """The end of the text in front of it, within its block."""
    element: etree._Element | None = sup
    while element is not None:
        previous = element.getprevious()
        parent = element.getparent()
        if previous is not None:
            said = (previous.tail or "") or "".join(previous.itertext())
        else:
            said = (parent.text or "") if parent is not None else ""
        if said.strip() or parent is None or parent.tag not in ("a", "span", "b", "strong", "em", "i"):
            return said.rstrip()[-_NEAR:]
        element = parent
    return ""
