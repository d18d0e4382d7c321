"""The templates of our own mails, and what they may call."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from alerts.statements import pieces

TYPE_WORDS = {
    "value": "changed", "hedge": "changed how firmly it is said", "time": "changed its date",
    "certainty": "changed how certain it is", "attribution": "changed who says it", "added": "new",
    "removed": "no longer said", "headline": "new headline", "byline": "new byline",
    "published": "new publication date", "notice": "a notice appeared", "availability": "availability",
    "diverged": "sources of the story contradict one another", "converged": "sources of the story agree again",
    "corrected": "a source came round to what others say", "left_behind": "one source has not followed",
}  # fmt: skip
"""What a type of Change is called in a mail."""

WIDTH = 76
"""Columns of the plain part (RFC 3676 4.2 asks for 78 or less)."""


def words(text: str, first: str = "", rest: str = "") -> str:
    """Text folded into lines; `first` and `rest` stand at their beginning. An address is never cut in two."""
    return textwrap.fill(
        text, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def marked(statement: Mapping[str, Any]) -> str:
    """A sentence with what differs in brackets, because plain text has no colours."""
    return "".join(f"[{text}]" if is_marked else text for text, is_marked in pieces(statement))


def moment(text: str) -> str:
    """A time as people read it: "30 June 2023, 10:15 UTC"."""
    at = datetime.fromisoformat(text)
    return f"{at.day} {at:%B %Y, %H:%M} UTC"


def percent(ratio: float) -> str:
    """How much more or less: "+78 %"."""
    change = (ratio - 1) * 100
    return f"{change:+,.{0 if abs(change) >= 10 else 1}f}".removesuffix(".0").replace("-", "−") + " %"


def web_address(url: str) -> bool:
    """Whether a reader may follow it."""
    return str(url).startswith(("http://", "https://"))


def says(other: Mapping[str, Any]) -> str:
    """How another source stands to what changed: " says the same"."""
    return {"after": " says the same", "before": " still says what was said before"}.get(other["agrees"], " says")


def counted(count: int, one: str, many: str | None = None) -> str:
    """ "1 change", "1,000 changes"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
environment.filters.update(
    pieces=pieces, marked=marked, words=words, moment=moment, percent=percent, counted=counted,
    says=says,
    type_words=lambda name: TYPE_WORDS.get(name, name),
)  # fmt: skip
environment.tests["web_address"] = web_address
