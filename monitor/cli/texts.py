"""The FILE arguments of `facts` and `compare`: a text, its publication date and its place."""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

from monitor.cli.pages import extract_file, read_bytes
from monitor.errors import InputError
from monitor.extraction.worker import Extractor
from monitor.given import read_published
from monitor.sources.decode import decode
from monitor.sources.files import sidecar

HTML_ENDINGS = (".html", ".htm", ".xhtml")


@dataclass(frozen=True, slots=True)
class GivenText:
    """A text exactly as given (pages: as extracted), with what is known about it."""

    text: str
    published: date | datetime | None = None
    headline: str | None = None
    byline: str | None = None
    language: str = "en"


def read_text(name: str, published: str | None, extractor: Extractor) -> GivenText:
    """Read a FILE, or standard input for `-`; pages by the extractor. Raises InputError, ExtractionError.

    The publication date is `published`, else that of the sidecar NAME.toml beside the file, else the page's own.
    """
    given = read_published(published) if published else None
    if name == "-":
        return GivenText(_decode(standard_input().read(), "standard input"), given)
    path = Path(name)
    body = read_bytes(path)
    known = sidecar(path, folders=[path.absolute().parent])
    if given is None and "published" in known:
        given = read_published(known["published"])
    if path.suffix.lower() in HTML_ENDINGS:
        document = extract_file(path, body, extractor)
        if given is None and document.published:
            with suppress(InputError):  # a page may say anything; then its relative dates stay as they are
                given = read_published(document.published.value)
        return GivenText(document.text, given, document.headline, document.byline, document.language or "en")
    return GivenText(_decode(body, name), given)


def standard_input() -> BinaryIO:
    """Standard input as bytes. Raises InputError where it was closed before we began (`<&-`)."""
    if sys.stdin is None:
        raise InputError("standard input is closed: pipe a text into the command, or give it a file")
    return sys.stdin.buffer


def _decode(body: bytes, name: str) -> str:
    """The text, code point for code point. A guessed encoding is refused: it would put wrong characters in quotes."""
    decoded = decode(body, html=False)
    if decoded.source == "fallback":
        raise InputError(f"{name} is in an unknown encoding: save it as UTF-8 (or UTF-16 with a byte order mark)")
    return decoded.text
