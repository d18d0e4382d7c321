"""Whether a page is whole where nothing but its own text can tell: HTTP/1 lets a body end with its connection
(RFC 9112 6.3), and then a cut one looks like any other."""

from __future__ import annotations

import re

_END = re.compile(rb"</(?:html|body)\s*>", re.IGNORECASE)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_LOOKED_AT = 4096
# Elements whose end tags may not be left out (HTML standard, 13.1.2.4), of those that hold an article or a whole page.
_PAIRED = tuple(
    (re.compile(rb"<%s\b" % name, re.IGNORECASE), re.compile(rb"</%s\b" % name, re.IGNORECASE))
    for name in (b"article", b"main", b"section", b"div", b"script", b"style", b"title", b"table", b"ul")
)


def ends_well(body: bytes) -> bool:
    """Whether a page closes its document, or is no HTML that should."""
    return not _HTML.search(body[:_LOOKED_AT]) or bool(_END.search(body[-_LOOKED_AT:]))


def stops_short(body: bytes) -> str | None:
    """In what a page stops that should go on: `inside of a tag`, `inside of <article>`; None where nothing says so.

    Pages that never close their document are common and legal, if all else in them is closed.
    """
    if ends_well(body):
        return None
    if body.rfind(b"<!--") > body.rfind(b"-->"):
        return "inside of a comment"
    if body.rfind(b"<") > body.rfind(b">"):
        return "inside of a tag"
    for opens, closes in _PAIRED:
        if len(opens.findall(body)) > len(closes.findall(body)):
            return f"inside of <{opens.pattern[1:-2].decode()}>"
    return None
