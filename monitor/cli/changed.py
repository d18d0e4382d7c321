"""Changes for people: one sentence each, then both sentences of the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from monitor.cli.printing import one_line
from monitor.cli.screen import say

_STYLES = {"high": "bold red", "medium": "yellow", "low": "cyan"}


def show_changes(changes: Sequence[Mapping[str, Any]], *, empty: str = "", indent: str = "") -> None:
    """Print changes as `compare --json` has them, most important first as given; `empty` when there is none."""
    for change in changes:
        noted = " (the publisher says so)" if change["acknowledged"] and change["type"] != "notice" else ""
        say(indent, (one_line(change["summary"]), _STYLES.get(change["severity"], "")), (noted, "green"))
        for sign, style, words in (("- ", "red", _words(change, "before")), ("+ ", "green", _words(change, "after"))):
            if words:
                say(indent, "  ", (sign + words, style))
    if not changes and empty:
        say(indent, empty)


def _words(change: Mapping[str, Any], side: str) -> str:
    fact = change[side]
    return one_line(fact["sentence"] if fact else change.get(f"{side}_text") or "")
