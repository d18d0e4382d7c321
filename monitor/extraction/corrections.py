"""What an operator set right for one site, applied: the parts of a page that are the article, and its date."""

from __future__ import annotations

import copy
from collections.abc import Sequence

from lxml import etree, html

from monitor.extraction.dates import iso_date
from monitor.extraction.document import Corrections, Dated
from monitor.extraction.normalise import line

DATE_SOURCES = ("json-ld", "meta", "time", "url")
"""The names of places for a date; anything else is a CSS selector."""


def apply(tree: html.HtmlElement, corrections: Corrections) -> html.HtmlElement:
    """The page as corrected: only what is kept, without what is dropped. The tree itself stays as it was."""
    if not corrections.keep and not corrections.drop:
        return tree
    corrected = copy.deepcopy(tree)
    for element in _found(corrected, corrections.drop):
        if element.getparent() is not None:
            element.drop_tree()
    kept = _outermost(_found(corrected, corrections.keep))
    body = corrected.find("body")
    if not kept or body is None:
        return corrected
    article = html.Element("article")
    for element in kept:
        # Without its tail: text behind a kept element is not kept.
        alone = copy.deepcopy(element)
        alone.tail = None
        article.append(alone)
    for child in list(body):
        body.remove(child)
    body.text = None
    body.append(article)
    return corrected


def date_at(tree: html.HtmlElement, selector: str) -> Dated | None:
    """The date in the first element that a selector finds."""
    for element in _found(tree, (selector,)):
        for value in (element.get("datetime"), element.get("content"), element.text_content()):
            if value and (found := iso_date(line(value[:200]))):
                return Dated(found, f"selector {selector}")
    return None


def _xpath(selector: str) -> str:
    from cssselect import GenericTranslator  # only where a site has selectors

    return GenericTranslator().css_to_xpath(selector)


def _found(tree: html.HtmlElement, selectors: Sequence[str]) -> list[html.HtmlElement]:
    """The elements that any of the selectors finds, in the order of the page."""
    if not selectors:
        return []
    found = etree.XPath(" | ".join(_xpath(selector) for selector in selectors))(tree)
    return [element for element in found if isinstance(element, html.HtmlElement)]


def _outermost(elements: Sequence[html.HtmlElement]) -> list[html.HtmlElement]:
    chosen = set(elements)
    return [element for element in elements if not any(above in chosen for above in element.iterancestors())]
