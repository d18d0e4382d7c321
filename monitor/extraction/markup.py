"""From bytes to a tree that lxml can not trip over."""

from __future__ import annotations

import re

from lxml import etree, html

from monitor.sources.decode import decode

# Not allowed in XML 1.0 (and so not in lxml's tree): one of them made trafilatura give up a whole page.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>", re.IGNORECASE)


def html_text(body: bytes, content_type: str = "") -> str:
    """The source text of an HTML page, without characters and references that no XML tree can hold."""
    text = decode(body, content_type).text
    return _REFERENCE.sub(_legal, _ILLEGAL.sub("", text))


def tree(source: str) -> html.HtmlElement | None:
    """The parsed page, or None when there is nothing in it. A parser of its own for every call: never shared.

    Raises MemoryError, also where libxml2 would hand out the part of the page for which its memory sufficed.
    """
    # lxml refuses text that declares an encoding; by now it has none.
    source = _XML_DECLARATION.sub("", source)
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    try:
        root = html.document_fromstring(source.encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        root = None
    if any(entry.type == etree.ErrorTypes.ERR_NO_MEMORY for entry in parser.error_log.filter_from_fatals()):
        raise MemoryError
    return root if isinstance(root, html.HtmlElement) else None


def _legal(match: re.Match[str]) -> str:
    digits, base = (match[1], 16) if match[1] else (match[2], 10)
    number = int(digits, base) if len(digits) <= 7 else 0x110000
    if 0x80 <= number <= 0x9F:
        # HTML reads these as windows-1252: &#146; is an apostrophe on many an older page.
        return bytes([number]).decode("cp1252", "replace")
    if number > 0x10FFFF or _ILLEGAL.fullmatch(chr(number)):
        return "\ufffd" if number else ""
    return match[0]
