"""Texts folded for comparing: what a reader would call the same letters becomes the same letters."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Soft hyphens, joiners, direction marks, variation selectors, tags and control characters: nobody sees them.
_UNSEEN = (
    (0x00, 0x08), (0x0E, 0x1F), (0x7F, 0x84), (0x86, 0x9F), (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C),
    (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F),
    (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB), (0xE0000, 0xE0FFF),
)  # fmt: skip
_SAME: dict[int, str] = {
    **{code: "" for first, last in _UNSEEN for code in range(first, last + 1)},
    **dict.fromkeys(map(ord, "‘’‚‛′´`ʼ＇"), "'"),
    **dict.fromkeys(map(ord, "“”„‟″«»＂"), '"'),
    **dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-"),
    ord("…"): "...",
}
_SPACE = re.compile(r"\s+")
# Scripts that write no spaces between words are compared letter by letter; all others word by word.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
)
_WORD = re.compile(rf"[{UNSPACED}]|\d+(?:[.,]\d+)*|[^\W\d_{UNSPACED}]+(?:['’][^\W\d_{UNSPACED}]+)*|[$£€¥₹%‰°]")


def plain(text: str) -> str:
    """The text without typography: quotation marks, dashes, invisible characters, Unicode forms, spacing."""
    visible = unicodedata.normalize("NFKC", text).translate(_SAME)
    return _SPACE.sub(" ", visible).strip()


@lru_cache(maxsize=2048)
def fold(text: str) -> str:
    """The plain text in one case."""
    return plain(text).casefold()


def tokens(folded: str) -> list[str]:
    """The words, numbers and currency signs of a folded text, in order."""
    return _WORD.findall(folded)
