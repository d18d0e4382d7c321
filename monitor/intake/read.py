"""Understand what was pasted or uploaded: a list of feeds, a table, or a text with addresses in it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from monitor.errors import InputError
from monitor.intake import outline, paste, table
from monitor.intake.line import Form, Intake, Line, Options
from monitor.sources.address import normalise
from monitor.sources.canonical import asked_for, key

MOST = 1_000
"""Addresses that are taken at once where pages show them; the rest are counted."""
MOST_BYTES = 4 * 2**20
_SHOWN = 200
"""Characters of a line that people are shown."""


def read(data: bytes, *, name: str = "", most: int = MOST) -> Intake:
    """What was given. name: of the file, where it was one. No more than `most` lines are understood."""
    if len(data) > MOST_BYTES:
        return Intake("paste", fault=f"it is larger than {MOST_BYTES // 2**20} MB: give it in parts")
    if outline.looks_like_one(data):
        return _finish("opml", _of_outlines(data), most)
    text, fault = _text(data)
    if fault:
        return Intake("paste", fault=fault)
    if table.looks_like_one(text) or name.lower().endswith((".csv", ".tsv")):
        try:
            found, delimiter = table.columns(text)
        except InputError as error:
            return Intake("csv", fault=str(error))
        intake = _finish("csv", _of_rows(text, found, delimiter), most)
        return replace(intake, ignored=found.ignored)
    return _of_text(text, most)


def _text(data: bytes) -> tuple[str, str]:
    """The text of a file: UTF-8, or what its first bytes say; a fault for what is no text."""
    for mark, coding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(coding, "replace"), ""
    if data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0") or data.startswith(b"%PDF"):
        return "", "it is no text: save a spreadsheet as CSV (UTF-8), or paste the addresses"
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), ""  # what spreadsheets on Windows save


def _of_text(text: str, most: int) -> Intake:
    blank = 0

    def found() -> Iterator[_Given]:
        nonlocal blank
        for number, line in enumerate(text.splitlines(), start=1):
            given = list(paste.addresses(line))
            blank += not given and bool(line.strip())
            for address, fault in given:
                yield _Given(number, address, fault)

    intake = _finish("paste", found(), most)
    return replace(intake, blank=blank)


def _of_rows(text: str, columns: table.Columns, delimiter: str) -> Iterator[_Given]:
    for row in table.rows(text, columns, delimiter):
        given = list(islice(paste.addresses(row.address), 2))
        address, fault = given[0] if len(given) == 1 else (row.address, "it has no address")
        if len(given) > 1:
            fault = "it has more than one address"
        yield _Given(row.number, address, row.fault or fault, options=row.options)


def _of_outlines(data: bytes) -> Iterator[_Given]:
    for number, each in enumerate(outline.outlines(data), start=1):
        fault = "" if each.followed else "a list in a list is not fetched: add it by itself"
        yield _Given(number, each.url, fault, feed=True, title=each.title)


@dataclass(frozen=True, slots=True)
class _Given:
    """What stands in a line, before its address was looked at closely: that takes a while, and is done for some."""

    number: int
    address: str
    fault: str = ""
    feed: bool = False
    title: str = ""
    options: Options = field(default_factory=Options)


def _finish(form: Form, found: Iterator[_Given], most: int) -> Intake:
    """The first lines, each address once."""
    lines: list[Line] = []
    first: dict[str, int] = {}
    for given in islice(found, most):
        line = _understood(given)
        if line.url and line.known_by in first:
            line = replace(line, url="", fault=f"the same as line {first[line.known_by]}")
        elif line.url:
            first[line.known_by] = line.number
        lines.append(line)
    left_out = sum(1 for _ in found)
    return Intake(form, lines, left_out=left_out)


def _understood(given: _Given) -> Line:
    """An address in its normal form, or why it is none."""
    line = Line(given.number, _short(given.address), fault=given.fault, feed=given.feed, title=given.title,
                options=given.options)  # fmt: skip
    if line.fault:
        return line
    try:
        url = str(asked_for(normalise(given.address)))
        return replace(line, url=url, known_by=key(url))
    except InputError as error:
        return replace(line, fault=str(error))


def _short(given: str) -> str:
    plain = "".join("�" if unicodedata.category(letter) in ("Cc", "Cs") else letter for letter in given)
    return plain if len(plain) <= _SHOWN else plain[:_SHOWN] + "…"
