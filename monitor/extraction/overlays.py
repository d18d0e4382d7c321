"""Consent dialogs laid over a page: they are in its source, but no part of what it says.

A dialog is known by the names that its vendor or author gives it, never by its words: an article about cookie banners
has those, too. On a page that is nothing but such a dialog there is nothing below it, and the dialog is the page.
"""

from __future__ import annotations

import copy
import itertools
import re
from bisect import bisect_right

import re2
from lxml import html

_NAMED = re.compile(
    r"""(?<![a-z0-9])(?:
        onetrust-(?:consent|banner|pc)-sdk | ot-sdk-(?:container|row) | cybotcookiebot\w* | didomi-(?:host|popup|notice)
      | usercentrics-root | uc-banner\w* | qc-cmp2?-\w+ | truste[_-]\w+ | trustarc-\w+ | sp_message_container\w*
      | cmpbox\w* | cmp(?:[-_]?(?:banner|modal|overlay|dialog|popup)|(?![-\w])) | iubenda-cs-\w+ | osano-cm-\w+
      | cc-(?:window|banner) | cky-consent\w* | moove_gdpr\w* | fc-consent-root | tc-privacy-\w+ | evidon-\w+ | klaro
      | tarteaucitron\w* | borlabs-?cookie\w* | termly-\w+ | axeptio_\w+ | cookiefirst-\w+
      | (?:eu-)?cookies?[-_]?(?:banner|notice|notification|consent|bar|law|message|popup|overlay|modal|dialog|alert|info
                          |hint|policy|disclaimer|container|wrapper)\w*
      | (?:gdpr|dsgvo|rgpd|ccpa|privacy|consent)[-_]?(?:banner|notice|bar|message|popup|overlay|modal|dialog|alert|layer
                          |container|manager)\w*
    )(?![a-z0-9])""",
    re.IGNORECASE | re.VERBOSE,
)
# What any of them holds: an automaton finds that in a tenth of the time, and most elements bear no such name.
_HINTS = re2.compile(
    "(?i)onetrust|ot-sdk|cybot|didomi|usercentrics|uc-banner|qc-cmp|truste|trustarc|sp_message|cmp|iubenda|osano|cc-|cky-|"
    "moove_gdpr|fc-consent|tc-privacy|evidon|klaro|tarteaucitron|borlabs|termly|axeptio|cookie|gdpr|dsgvo|rgpd|ccpa|"
    "privacy|consent"
)
_LARGEST_SHARE = 0.6
"""An element with more than this part of a page's text is the page."""
_NEVER = frozenset({"html", "body", "main", "article", "head", "script", "style", "link", "meta", "noscript"})


def without_dialogs(tree: html.HtmlElement) -> html.HtmlElement | None:
    """A copy of the page without its consent dialogs; None where it has none that could be taken away."""
    marked = _dialogs(tree)
    if not marked:
        return None
    whole = len(tree.text_content())
    places = [place for element in marked if (place := _place(tree, element, whole)) is not None]
    if not places:
        return None
    pruned = copy.deepcopy(tree)
    # The copy's elements lie where the originals lie; all are found before the first one is taken away.
    root = pruned.getroottree()
    for found in [root.xpath(place) for place in places]:
        for element in found:
            if element.getparent() is not None:
                element.drop_tree()
    return pruned


def _dialogs(tree: html.HtmlElement) -> list[html.HtmlElement]:
    """The elements that bear the name of a dialog. All names are looked through at once: most pages have hundreds."""
    elements = tree.xpath("descendant-or-self::*[@id or @class]")
    names = [f"{element.get('id') or ''} {element.get('class') or ''}".replace("\n", " ") for element in elements]
    ends = list(itertools.accumulate(len(name) + 1 for name in names))
    hinted = dict.fromkeys(bisect_right(ends, hint.start()) for hint in _HINTS.finditer("\n".join(names)))
    found = (elements[at] for at in hinted if _NAMED.search(names[at]))
    return [element for element in found if isinstance(element.tag, str) and element.tag not in _NEVER]


def _place(tree: html.HtmlElement, element: html.HtmlElement, whole: int) -> str | None:
    """Where a dialog is, as a path; None for what holds the article or nearly all of the page."""
    if len(element.text_content()) > _LARGEST_SHARE * whole or element.find(".//article") is not None:
        return None
    return str(tree.getroottree().getpath(element))
