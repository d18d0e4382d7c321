"""A CSV: its columns by name, or guessed; each row as strict as the form."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from monitor.errors import InputError
from monitor.given import read_interval, read_name, read_tags
from monitor.intake.line import Options
from monitor.intake.paste import addresses

NAMES: Mapping[str, tuple[str, ...]] = {
    "url": ("url", "link", "address", "href", "uri", "permalink", "web address", "article"),
    "publisher": ("publisher", "source", "outlet", "newspaper", "medium"),
    "story": ("story", "topic"),
    "tags": ("tags", "tag", "labels", "keywords"),
    "interval": ("interval", "every", "check every"),
}
"""Columns, and what else they may be called, whatever the case."""
IGNORED = ("title", "headline", "id", "date", "published", "notes", "note", "comment", "language")
"""Columns that lists of articles often have and that say nothing that is not found in the page itself."""

_DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class Row:
    """One row, read: what stands in its column of addresses, and its options or its fault."""

    number: int
    address: str
    options: Options = field(default_factory=Options)
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where what stands, by index."""

    places: Mapping[str, int]
    headed: bool
    """Whether the first row names them."""
    ignored: Sequence[str] = ()


def looks_like_one(text: str) -> bool:
    """Whether the first line names a column of addresses, or parts an address from something else."""
    first = next((line for line in text.splitlines()[:50] if line.strip()), "")
    cells = _cells(first, _delimiter(first))
    named = {_plain(cell) for cell in cells} & set(NAMES["url"])
    return bool(named) and (len(cells) > 1 or not any(address for address, _ in addresses(first)))


def columns(text: str) -> tuple[Columns, str]:
    """Its columns and its delimiter. Raises InputError: one has a name that is not known, or none holds addresses."""
    first = next((line for line in text.splitlines()[:50] if line.strip()), "")
    delimiter = _delimiter(first)
    cells = _cells(first, delimiter)
    places: dict[str, int] = {}
    ignored, unknown = [], []
    for place, cell in enumerate(cells):
        name = next((name for name, also in NAMES.items() if _plain(cell) in also), None)
        if name and name not in places:
            places[name] = place
        elif _plain(cell) in IGNORED:
            ignored.append(cell.strip())
        elif cell.strip():
            unknown.append(cell.strip())
    if "url" in places:
        if unknown:
            listed = ", ".join(repr(name[:40]) for name in unknown[:5])
            raise InputError(
                f"its first line names columns that are not known: {listed}; known are {', '.join(NAMES)}: "
                "rename them, or take them out"
            )
        return Columns(places, headed=True, ignored=ignored), delimiter
    holding = next((place for place, cell in enumerate(cells) if any(url for url, fault in addresses(cell))), None)
    if holding is None:
        raise InputError(f"no column holds addresses: name the columns in the first line, {', '.join(NAMES)}")
    return Columns({"url": holding}, headed=False), delimiter


def rows(text: str, found: Columns, delimiter: str) -> Iterator[Row]:
    """The rows that hold anything, each read for itself."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    headed = found.headed
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(reader.line_num, "", fault=f"this line cannot be read as CSV: {error}")
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if headed:
            headed = False
            continue
        yield _row(reader.line_num, cells, found.places)


def _row(number: int, cells: Sequence[str], places: Mapping[str, int]) -> Row:
    def cell(name: str) -> str:
        place = places.get(name)
        return cells[place].strip() if place is not None and place < len(cells) else ""

    address = cell("url")
    if any("\x00" in each for each in cells):
        return Row(number, address.replace("\x00", "�"), fault="this line holds NUL: save the file as plain UTF-8 text")
    try:
        return Row(
            number,
            address,
            Options(
                publisher=read_name(cell("publisher"), "the publisher") if cell("publisher") else None,
                story=read_name(cell("story"), "the story") if cell("story") else None,
                tags=tuple(read_tags([cell("tags")])),
                interval_seconds=read_interval(cell("interval")) if cell("interval") else None,
            ),
        )
    except InputError as error:
        return Row(number, address, fault=str(error))


def _delimiter(line: str) -> str:
    """The one that is there most often outside of quotation marks."""
    outside = "".join(line.split('"')[::2])
    return max(_DELIMITERS, key=outside.count)


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return line.split(delimiter)


def _plain(name: str) -> str:
    return " ".join(name.replace("_", " ").replace("-", " ").strip(" \t\"'\ufeff").casefold().split())
