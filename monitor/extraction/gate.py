"""The cheap question before the dear one: does a page show another text than before?

Hashing the visible text costs 2 ms, extracting the article 25; an unchanged page stops here. This runs in the
service itself, so it must not be slow on any page: lexbor took over a minute for 2 to 5 MB of nested or repeated
elements, lxml longer. A scan that only drops tags is linear whatever comes, and equal hashes are all that is asked of
it; where it takes a page for changed that is not, the extraction finds out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from monitor.extraction import normalise
from monitor.sources.decode import decode


def _whole(name: str) -> str:
    """An element up to its end tag, or to the end of the page: never tried twice from the same place."""
    return rf"(?i:{name})\b[^<]*(?:<(?!/(?i:{name}))[^<]*)*"


_NOT_SHOWN = re.compile(
    rf"<(?:{_whole('script')}|{_whole('style')}|{_whole('svg')}|!--(?s:.*?)(?:-->|\Z)|(?![\s\d<])[^<>]*(?:>|(?=<)|\Z))"
)

_BREAKS_LINE = re.compile(
    r"</?(?:address|article|aside|blockquote|br|button|caption|dd|div|dl|dt|fieldset|figcaption|figure|footer|form|"
    r"h[1-6]|header|hr|li|main|nav|ol|option|p|pre|section|summary|table|td|th|title|tr|ul)\b",
    re.IGNORECASE,
)
LINES_BYTES = 1024 * 1024
"""Pages above this are never taken apart into lines: no article needs them, and hostile pages would."""
_BATCH = 16 * 1024
"""Characters between tags that are looked at together: hashing every few words by themselves would take long."""


def visible_text_hash(body: bytes, content_type: str = "") -> str:
    """SHA-256 of the text that a page or file shows, its title included; stable under markup and white space."""
    media_type = content_type.split(";")[0].strip().lower()
    html = media_type in ("", "text/html", "application/xhtml+xml", "application/xml", "text/xml")
    text = decode(body, content_type, html=html).text
    return normalise.hash_of(_shown(text)) if html else normalise.text_hash(text)


def visible_lines(body: bytes, content_type: str = "") -> list[str]:
    """What a page shows, block by block; nothing for pages that are too large and for what is no HTML."""
    media_type = content_type.split(";")[0].strip().lower()
    if len(body) > LINES_BYTES or media_type not in ("", "text/html", "application/xhtml+xml"):
        return []
    text = decode(body, content_type).text
    lines: list[str] = []
    piece: list[str] = []
    start = 0
    for hidden in _NOT_SHOWN.finditer(text):
        piece.append(text[start : hidden.start()])
        start = hidden.end()
        if _BREAKS_LINE.match(text, hidden.start()):
            lines.append(normalise.line(" ".join(piece)))
            piece = []
    lines.append(normalise.line(" ".join([*piece, text[start:]])))
    return [line for line in lines if line]


def lines_hash(lines: Sequence[str]) -> str:
    """SHA-256 of lines: of a page, those that are left without its site's furniture."""
    return normalise.text_hash("\n".join(lines))


def _shown(text: str) -> Iterator[str]:
    """What stands between the tags, many of them together."""
    batch: list[str] = []
    start = length = 0
    for hidden in _NOT_SHOWN.finditer(text):
        end, after = hidden.span()
        if end > start:
            batch.append(text[start:end])
            length += end - start + 1
        start = after
        if length > _BATCH:
            yield " ".join(batch)
            batch, length = [], 0
    yield " ".join([*batch, text[start:]])
