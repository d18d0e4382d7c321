"""From bytes to a tree that lxml can not trip over."""

from __future__ import annotations

import re

from lxml import etree, html

from monitor.sources.decode import decode

# Not allowed in XML 1.0 (and so not in lxml's tree): one of them made trafilatura give up a whole page.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_ILLEGAL_BYTES = bytes(code for code in range(0x80) if _ILLEGAL.match(chr(code)))
_ILLEGAL_STARTS = (b"\xed", b"\xef\xb7", b"\xef\xbf")
"""What the others begin with in UTF-8."""
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>", re.IGNORECASE)
_ELEMENTS = etree.ElementDefaultClassLookup(
    element=html.HtmlElement, comment=html.HtmlComment, pi=html.HtmlProcessingInstruction, entity=html.HtmlEntity
)
"""What lxml.html makes of nodes, without its forms and fields: for these it asks Python what each element is to be,
each time that it comes by."""


def html_text(body: bytes, content_type: str = "") -> str:
    """The source text of an HTML page, without characters and references that no XML tree can hold."""
    text = decode(body, content_type).text
    if _may_be_illegal(text.encode("utf-8", "surrogatepass")):
        text = _ILLEGAL.sub("", text)
    return _REFERENCE.sub(_legal, text)


def tree(source: str) -> html.HtmlElement | None:
    """The parsed page, or None when there is nothing in it. A parser of its own for every call: never shared.

    Raises MemoryError, also where libxml2 would hand out the part of the page for which its memory sufficed.
    """
    # lxml refuses text that declares an encoding; by now it has none.
    source = _XML_DECLARATION.sub("", source)
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    parser.set_element_class_lookup(_ELEMENTS)
    try:
        root = html.document_fromstring(source.encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        root = None
    if any(entry.type == etree.ErrorTypes.ERR_NO_MEMORY for entry in parser.error_log.filter_from_fatals()):
        raise MemoryError
    return root if isinstance(root, html.HtmlElement) else None


def _may_be_illegal(data: bytes) -> bool:
    """Asked first, as to look at each character takes several times as long."""
    return len(data.translate(None, _ILLEGAL_BYTES)) < len(data) or any(start in data for start in _ILLEGAL_STARTS)


def _legal(match: re.Match[str]) -> str:
    digits, base = (match[1], 16) if match[1] else (match[2], 10)
    number = int(digits, base) if len(digits) <= 7 else 0x110000
    if 0x80 <= number <= 0x9F:
        # HTML reads these as windows-1252: &#146; is an apostrophe on many an older page.
        return bytes([number]).decode("cp1252", "replace")
    if number > 0x10FFFF or _ILLEGAL.fullmatch(chr(number)):
        return "\ufffd" if number else ""
    return match[0]
