"""The phrases of walls.toml, compiled: what walls say, and how texts speak to their reader. No parser is needed."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import re2

_PIECE = re.compile(r"\\.|\(\?(?:<?[=!]|[a-z-]*:)|\(|\)|\[\^?\]?|\]|.", re.DOTALL)
_WIDER = {r"\w": r"\pL\pM\pN_", r"\d": r"\pN", r"\s": r"\pZ\x{09}-\x{0d}\x{1c}-\x{1f}\x{85}"}
_WIDER |= {"i": "iı", "ı": "iı", "İ": "İi"}
"""What RE2 knows of ASCII only, otherwise or not at all, as what holds at least as much."""
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]|\\[wdSW]|\[\^|(?<!\\)\.")
"""What of a phrase may stand for a letter beyond ASCII: RE2 sees the edges of words of ASCII only."""


class Phrases:
    """Some hundred phrases as one pattern. Nearly no article holds any of them, and an automaton says so at once."""

    def __init__(self, phrases: Sequence[str]) -> None:
        """phrases: patterns of `re`; case does not count."""
        self._pattern = re.compile("|".join(f"(?:{phrase})" for phrase in phrases), re.IGNORECASE)
        options = re2.Options()
        options.max_mem = 64 * 2**20
        options.case_sensitive = False
        self._perhaps = re2.compile("|".join(f"(?:{wider(phrase)})" for phrase in phrases), options)

    def search(self, text: str) -> re.Match[str] | None:
        """The first place where one of them stands."""
        return self._pattern.search(text) if self._perhaps.search(text) else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """All places, one after the other."""
        return self._pattern.finditer(text) if self._perhaps.search(text) else iter(())


@functools.cache
def words(kind: str) -> Phrases:
    """The phrases of a kind in all languages."""
    table = tomllib.loads((Path(__file__).parent / "walls.toml").read_text(encoding="utf-8"))
    return Phrases([phrase for phrases in table[kind].values() for phrase in phrases])


def wider(pattern: str) -> str:
    """A pattern of `re` as one for RE2 that finds something wherever that does, and now and then elsewhere: it looks at
    no neighbours, and what a letter is it sees more generously."""
    kept: list[str] = []
    edges = _BEYOND_ASCII.search(pattern) is None
    depth = looking = 0
    within = False
    for piece in _PIECE.findall(pattern):
        opens = not within and piece.startswith("(")
        closes = not within and piece == ")"
        depth += opens - closes
        if looking:
            looking = 0 if closes and depth < looking else looking
            continue
        if opens and piece.endswith(("=", "!")):
            looking = depth
            continue
        if piece.startswith("[") and not within:
            within = True
        elif piece == "]" and within:
            within = False
        wide = _WIDER.get(piece, piece)
        if piece == r"\b" and not edges:
            continue
        if piece == "$" and not within:
            wide = r"\n?$"  # of `re`, it may stand before the last line's end
        elif wide and wide != piece and not within:
            wide = f"[{wide}]"
        kept.append(wide)
    return "".join(kept)
