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

_TURNS = {
    "diverged": "Sources diverge", "converged": "Sources agree again", "corrected": "A source came round",
    "left_behind": "One source is left behind",
}  # fmt: skip
"""What begins the line that tells a turn among the sources of a story."""

_LONGEST = 140
_LEADING_WORDS = 5
_CLAUSE_END = re.compile(r"[,;:!?()\"“”«»„–—]")

# Control characters, lone surrogates, and the marks that make text run the other way: an attacker's means to make a
# line say something else than it does.
_UNPRINTABLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ud800-\udfff\ufff9-\ufffb\U000e0000-\U000e0fff]+"
)
# Characters without any width: "@every\u200bone" is not what it seems. Those that join letters and emoji stay.
_WIDTHLESS = re.compile(r"[\u00ad\u034f\u115f\u1160\u180e\u200b\u2060-\u2064\u3164\ufeff\uffa0]+")


def one_line(text: str) -> str:
    """Page text as one line of printable characters."""
    return " ".join(_WIDTHLESS.sub("", _UNPRINTABLE.sub(" ", text)).split())


def shorten(text: str, at_most: int = _LONGEST) -> str:
    """One line of at most so many characters, with an ellipsis where something was left out."""
    text = one_line(text)
    return text if len(text) <= at_most else text[: at_most - 1].rstrip() + "…"


def title(change: Mapping[str, Any]) -> str:
    """What changed, from what to what, in at most 140 characters. `change` as `corrigenda compare --json` prints it."""
    return shorten(_title(change))


def _title(change: Mapping[str, Any]) -> str:
    before, after = change["before"], change["after"]
    match change["type"]:
        case "value" | "hedge" | "time":
            return _about(change, _arrow(before, after))
        case "certainty" | "attribution":
            old, new = (fact[change["type"]] or "nobody named" for fact in (before, after))
            return f"{_about(change, shorten(after['quote'], 40))}: {old} → {new}"
        case "added":
            return f"New: {_about(change, after['phrase']['text'], named=True)}"
        case "removed":
            return f"No longer said: {_about(change, before['phrase']['text'], named=True)}"
        case "headline" | "byline" | "published":
            old, new = (shorten(change.get(side) or "none", 60) for side in ("before_text", "after_text"))
            return f"{change['type'].capitalize()}: {old} → {new}"
        case "diverged" | "converged" | "corrected" | "left_behind":
            return f"{_TURNS[change['type']]}: {change['summary']}"
        case "notice":
            return str(change.get("after_text") or change["summary"])
        case _:
            return str(change["summary"])


def _about(change: Mapping[str, Any], amounts: str, *, named: bool = False) -> str:
    """Amounts with what they are amounts of. named: the amounts name their subject themselves, if there is one."""
    subject = change["subject"]
    if not subject:
        return f"{_words_leading_to(change['before'] or change['after'])} {amounts}"
    if named:
        return amounts
    return f"{amounts} {subject}" if change["kind"] in _COUNTED else f"{subject}: {amounts}"


def _words_leading_to(fact: Mapping[str, Any]) -> str:
    """The last words before a fact in its sentence, within its clause: what a fact without a subject is about."""
    sentence = one_line(fact["sentence"])
    lead = sentence[: max(0, sentence.find(one_line(fact["phrase"]["text"])))]
    words = _CLAUSE_END.split(lead)[-1].split()
    if not words:
        return ""
    told = " ".join(words[-_LEADING_WORDS:])
    return told if lead.strip() == told else f"… {told}"


def _arrow(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    old, new = shorten(before["quote"], 60), shorten(after["quote"], 60)
    old_words, new_words = _words_before(before), _words_before(after)
    if (old_words, old) == (new_words, new):  # written alike, read differently: "Friday", of another week
        old, new = _resolved(old, before), _resolved(new, after)
    # The hedge is said on both sides: "at least 170 → 303" would be a toll that became exact.
    return f"{old_words} {old} → {new_words} {new}"


def _words_before(fact: Mapping[str, Any]) -> str:
    """The hedge of an amount, or the part that a date plays."""
    hedge = _HEDGES.get((fact["quantity"] or {}).get("hedge", ""))
    role = (fact["time"] or {}).get("role")
    return hedge or (role if role in ("by", "since", "until") else "")


def _resolved(quote: str, fact: Mapping[str, Any]) -> str:
    return f"{quote} ({fact['time']['value']})" if fact["time"] else quote
