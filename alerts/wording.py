"""A Change in a few words, for a subject line and a list: "170 → 303 peacekeepers killed". Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_COUNTED = frozenset({"casualties", "detained", "displaced", "personnel", "count"})
"""Kinds whose subject reads after the number; the others' reads before it, with a colon."""

_HEDGES = {
    "about": "about", "at_least": "at least", "more_than": "more than", "at_most": "up to", "less_than": "less than",
}  # fmt: skip

_LONGEST = 140

# Control characters, lone surrogates, and the marks that make text run the other way: an attacker's means to make a
# line say something else than it does.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]+")


def one_line(text: str) -> str:
    """Page text as one line of printable characters."""
    return " ".join(_UNPRINTABLE.sub(" ", text).split())


def shorten(text: str, at_most: int = _LONGEST) -> str:
    """One line of at most so many characters, with an ellipsis where something was left out."""
    text = one_line(text)
    return text if len(text) <= at_most else text[: at_most - 1].rstrip() + "…"


def title(change: Mapping[str, Any]) -> str:
    """What changed, from what to what, in at most 140 characters. `change` as `corrigenda compare --json` prints it."""
    return shorten(_title(change))


def _title(change: Mapping[str, Any]) -> str:
    before, after, subject = change["before"], change["after"], change["subject"]
    match change["type"]:
        case "value" | "hedge" | "time":
            return _with_subject(change["kind"], subject, _arrow(before, after))
        case "certainty" | "attribution":
            what = _with_subject(change["kind"], subject, shorten(after["quote"], 40))
            return f"{what}: {before[change['type']] or 'nobody named'} → {after[change['type']] or 'nobody named'}"
        case "added":
            return f"New: {after['phrase']['text']}"
        case "removed":
            return f"No longer said: {before['phrase']['text']}"
        case "headline" | "byline" | "published":
            old, new = (shorten(change.get(side) or "none", 60) for side in ("before_text", "after_text"))
            return f"{change['type'].capitalize()}: {old} → {new}"
        case "notice":
            return str(change.get("after_text") or change["summary"])
        case _:
            return str(change["summary"])


def _with_subject(kind: str | None, subject: str | None, amounts: str) -> str:
    if not subject:
        return amounts
    return f"{amounts} {subject}" if kind in _COUNTED else f"{subject}: {amounts}"


def _arrow(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    old, new = shorten(before["quote"], 60), shorten(after["quote"], 60)
    old_words, new_words = _words_before(before), _words_before(after)
    if (old_words, old) == (new_words, new):  # written alike, read differently: "Friday", of another week
        old, new = _resolved(old, before), _resolved(new, after)
    if old_words == new_words:
        new_words = ""  # "at least 170 → 303" says it
    return f"{old_words} {old} → {new_words} {new}"


def _words_before(fact: Mapping[str, Any]) -> str:
    """The hedge of an amount, or the part that a date plays."""
    hedge = _HEDGES.get((fact["quantity"] or {}).get("hedge", ""))
    role = (fact["time"] or {}).get("role")
    return hedge or (role if role in ("by", "since", "until") else "")


def _resolved(quote: str, fact: Mapping[str, Any]) -> str:
    return f"{quote} ({fact['time']['value']})" if fact["time"] else quote
