"""An OPML: the feeds that somebody reads. Parsed as HTML, leniently, which knows no entities of a file's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import listparser

# Nothing in it is ever tried a second time (possessive): a file of nothing but blanks or DOCTYPEs would hold us up
# for ever.
_HEAD = re.compile(
    rb"""(?>\s++|<\?[^>]{0,2000}+>|<!--(?>.{0,2000}?-->)|<!DOCTYPE[^\[>]{0,2000}+(?:\[[^\]]{0,100000}+\]\s*+)?+>)*+<opml\b""",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed that an OPML names, or a list that it refers to."""

    url: str
    title: str
    followed: bool = True
    """False for a list of its own, which is not fetched."""


def looks_like_one(data: bytes) -> bool:
    """Whether it is an OPML, by its beginning."""
    return b"<opml" in data[:4096].lower() or bool(_HEAD.match(data[:200_000]))


def outlines(data: bytes) -> Iterator[Outline]:
    """The feeds in it, in their order."""
    found = listparser.parse(data)
    for feed in found.get("feeds", ()):
        yield Outline(str(feed.get("url", "")), " ".join(str(feed.get("title", "")).split())[:200])
    for other in found.get("lists", ()):
        yield Outline(str(other.get("url", "")), " ".join(str(other.get("title", "")).split())[:200], followed=False)
