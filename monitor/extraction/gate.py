"""The cheap question before the dear one: does a page show another text than before?

Hashing the visible text costs about 1 ms, extracting the article 40; an unchanged page stops here. This runs in the
service itself, so it must not be slow on any page: lexbor took over a minute for 2 to 5 MB of nested or repeated
elements, lxml longer. A scan that only drops tags is linear whatever comes, and equal hashes are all that is asked of
it; where it takes a page for changed that is not, the extraction finds out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.extraction import normalise
from monitor.sources.decode import decode


def _whole(name: str) -> str:
    """An element up to its end tag, or to the end of the page: never tried twice from the same place."""
    return rf"(?i:{name})\b[^<]*(?:<(?!/(?i:{name}))[^<]*)*"


_NOT_SHOWN = re.compile(
    rf"<(?:{_whole('script')}|{_whole('style')}|{_whole('svg')}|!--(?s:.*?)(?:-->|\Z)|(?![\s\d<])[^<>]*(?:>|(?=<)|\Z))"
)

_BATCH = 16 * 1024
"""Characters between tags that are looked at together: hashing every few words by themselves would take long."""


def visible_text_hash(body: bytes, content_type: str = "") -> str:
    """SHA-256 of the text that a page or file shows, its title included; stable under markup and white space."""
    media_type = content_type.split(";")[0].strip().lower()
    html = media_type in ("", "text/html", "application/xhtml+xml", "application/xml", "text/xml")
    text = decode(body, content_type, html=html).text
    return normalise.hash_of(_shown(text)) if html else normalise.text_hash(text)


def _shown(text: str) -> Iterator[str]:
    """What stands between the tags, many of them together."""
    batch: list[str] = []
    start = length = 0
    for hidden in _NOT_SHOWN.finditer(text):
        batch.append(text[start : hidden.start()])
        length += hidden.start() - start + 1
        start = hidden.end()
        if length > _BATCH:
            yield " ".join(batch)
            batch, length = [], 0
    yield " ".join([*batch, text[start:]])
