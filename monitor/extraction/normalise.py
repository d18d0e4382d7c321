"""One form for a text: NFC, no invisible marks, single spaces. Typography stays as it was written.

Two fetches of one text must give the same bytes here; whether “quotes” and "quotes" say the same is asked later.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

# Characters that show nothing and that editors, content systems and trackers strew into text: soft hyphen, zero-width
# space and no-break space, word joiner, direction marks, interlinear and tag characters, variation selectors, BOM.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
# Zero-width joiners change what is read in Persian, Hindi or emoji; beside ASCII or an edge they are noise, too.
_IDLE_JOINER = re.compile("(?<![^\x00-\x7f])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\x7f])")
_UNSTORABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_SEPARATORS = ("\x1c", "\x1d", "\x1e", "\x1f")
"""Blanks to `str.split`, and nothing here."""
_LONG_RUN = re.compile(r"[^\w\s\x00-\x7f]{31,}")
_BLANKS = re.compile(r"[\s\u2800]+")
_BLANK = re.compile(r"[ \t\n]")
_FIGURE = re.compile(r"[^\w\s]{0,3}\d[\d.,]*\s?%?")
LONGEST_CELL = 200
_WINDOW = 64 * 1024
"""Characters brought to form together: a text of 5 MB at once is a hundred in small strings meanwhile."""


def line(text: str) -> str:
    """A text as one line: NFC, invisible and unstorable characters gone, every run of blanks one space."""
    shown = " ".join(text.split())
    if shown.isprintable() and not any(separator in text for separator in _SEPARATORS):
        # All that cannot be stored and nearly all that is invisible is not printable: most text has none of it.
        if shown.isascii():
            return shown
        text = _INVISIBLE.sub("", shown)
    else:
        text = _UNSTORABLE.sub("", _INVISIBLE.sub("", text))
        if "\u200c" in text or "\u200d" in text:
            text = _IDLE_JOINER.sub("", text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", _LONG_RUN.sub(_fewer_marks, text))
    return _BLANKS.sub(" ", text).strip()


def text_hash(text: str) -> str:
    """SHA-256 in hex: equal for texts that differ in invisible characters and white space only."""
    return hash_of((text,))


def row(cells: Sequence[str]) -> str:
    """The cells of a row of a table as one line: "| North | 41 | 3 |", so that no figure runs into the next.

    A cell by itself is a text, and so are cells of prose, with no figure beside them: those of a table that only lays
    out a page.
    """
    said = [line(cell) for cell in cells]
    prose = max(map(len, said)) > LONGEST_CELL and not any(map(_FIGURE.fullmatch, said))
    if not any(said[1:]) or prose:
        return " ".join(cell for cell in said if cell)
    return " ".join(["|", *(f"{cell} |" if cell else "|" for cell in said)])


def hash_of(pieces: Iterable[str]) -> str:
    """`text_hash` of pieces with blanks between them, holding no more than one and a window of it at a time."""
    digest = hashlib.sha256()
    blank = b""
    for piece in pieces:
        for window in _windows(piece):
            if shown := line(window):
                digest.update(blank + shown.encode("utf-8"))
                blank = b" "
    return digest.hexdigest()


def _windows(text: str) -> Iterator[str]:
    """A text in parts that end at blanks, where nothing that `line` does reaches across."""
    start = 0
    while start < len(text):
        blank = _BLANK.search(text, start + _WINDOW)
        end = blank.end() if blank else len(text)
        yield text[start:end]
        start = end


def _fewer_marks(match: re.Match[str]) -> str:
    """At most 30 combining marks in a row (UAX #15, Stream-Safe Text Format): putting them in canonical order takes
    time square to their number, minutes for the two million that somebody may put on one letter."""
    kept: list[str] = []
    run = 0
    for character in match[0]:
        run = run + 1 if unicodedata.combining(character) else 0
        if run <= 30:
            kept.append(character)
    return "".join(kept)
