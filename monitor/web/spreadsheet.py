"""CSV that a spreadsheet opens as it is meant: RFC 4180, in UTF-8, and no cell that would be run as a formula. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

MEDIA_TYPE = "text/csv; charset=utf-8; header=present"
"""RFC 4180, 3 and RFC 7111."""
BOM = b"\xef\xbb\xbf"
"""Without it Excel takes UTF-8 for the code page of its country (docs/decisions/0051)."""
LONGEST = 32_767
"""Characters that Excel keeps of a cell; the rest it would drop without a word."""

Cell = str | int | float | bool | None

# What a spreadsheet takes for the start of a formula (OWASP, "CSV Injection"), full-width forms included, also behind
# spaces and marks that nobody sees, which some of them drop.
_FORMULA = re.compile(r"^[\s\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠]|^[\t\r\n]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def cell(value: Cell) -> str:
    """A value as it is written. Numbers are numbers; text that could be a formula gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return repr(value)
    text = _CONTROL.sub("�", value)
    text = f"'{text}" if _FORMULA.match(text) else text
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def lines(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The whole table, line by line: every cell in quotes, CR LF at the end of each line."""
    yield BOM + _line(header)
    for row in rows:
        yield _line([cell(value) for value in row])


def _line(cells: Sequence[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(cells)
    return out.getvalue().encode()
