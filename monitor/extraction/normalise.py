"""One form for a text: NFC, no invisible marks, single spaces. Typography stays as it was written.

Two fetches of one text must give the same bytes here; whether “quotes” and "quotes" say the same is asked later.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

# Characters that show nothing and that editors, content systems and trackers strew into text: soft hyphen, zero-width
# space and no-break space, word joiner, direction marks, interlinear and tag characters, variation selectors, BOM.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
# Zero-width joiners change what is read in Persian, Hindi or emoji; beside ASCII or an edge they are noise, too.
_IDLE_JOINER = re.compile("(?<![^\x00-\x7f])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\x7f])")
_UNSTORABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_BLANKS = re.compile(r"[\s\u2800]+")


def line(text: str) -> str:
    """A text as one line: NFC, invisible and unstorable characters gone, every run of blanks one space."""
    text = _IDLE_JOINER.sub("", _UNSTORABLE.sub("", _INVISIBLE.sub("", text)))
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", text)).strip()


def text_hash(text: str) -> str:
    """SHA-256 in hex: equal for texts that differ in invisible characters and white space only."""
    return hashlib.sha256(line(text).encode("utf-8")).hexdigest()
