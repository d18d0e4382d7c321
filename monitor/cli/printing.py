"""Printing to people and programs: UTF-8 whatever the locale, and text from pages never as terminal codes."""

from __future__ import annotations

import io
import json
import re
import sys
from typing import Any

# C0 but tab and line feed, DEL, C1: terminals obey them. Bidirectional overrides and isolates make a line read
# differently from what it is (CVE-2021-42574). A lone surrogate cannot be written at all.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def clean(text: str) -> str:
    """`text` without what a terminal would obey instead of show."""
    return _UNPRINTABLE.sub("", text)


def one_line(text: str) -> str:
    """`text` cleaned, on one line."""
    return " ".join(clean(text).split())


def use_utf8() -> None:
    """Standard output and error speak UTF-8, whatever the locale says."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def to_json(value: Any, *, indent: int | None = None) -> str:
    """JSON in ASCII: no terminal code, line separator or odd locale can break it. Raises ValueError on NaN."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False, indent=indent)


def print_json(value: Any) -> None:
    """One JSON value: on one line for programs, indented for a person at a terminal."""
    sys.stdout.write(to_json(value, indent=2 if sys.stdout.isatty() else None) + "\n")


def print_json_line(value: Any) -> None:
    """One line of a stream, seen by the reader at once."""
    sys.stdout.write(to_json(value) + "\n")
    sys.stdout.flush()
