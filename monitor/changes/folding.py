"""Texts folded for comparing: what a reader would call the same letters becomes the same letters."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_SAME = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′´`ʼ＇", "'"),
        **dict.fromkeys("“”„‟″«»＂", '"'),
        **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
        "…": "...",
    }
)
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_SPACE = re.compile(r"\s+")
# Scripts that write no spaces between words are compared letter by letter; all others word by word.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
)
_WORD = re.compile(rf"[{_UNSPACED}]|\d+(?:[.,]\d+)*|[^\W\d_{_UNSPACED}]+(?:['’][^\W\d_{_UNSPACED}]+)*|[$£€¥₹%‰°]")


def plain(text: str) -> str:
    """The text without typography: quotation marks, dashes, invisible characters, Unicode forms, spacing."""
    visible = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).translate(_SAME)
    return _SPACE.sub(" ", visible).strip()


@lru_cache(maxsize=2048)
def fold(text: str) -> str:
    """The plain text in one case."""
    return plain(text).casefold()


def tokens(folded: str) -> list[str]:
    """The words, numbers and currency signs of a folded text, in order."""
    return _WORD.findall(folded)
