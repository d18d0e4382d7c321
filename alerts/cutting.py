"""A payload that is small enough for a webhook. Pure.

Quotes go first, then whole changes from the least severe up; a number is never cut. What was cut is said, and `whole`
leads to all of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alerts.payload import size, without_sentence

MAX_BYTES = 19_000
"""As UTF-8 JSON: under 20 kB, as Standard Webhooks advises, with room for what else is sent."""

_SEVERITIES = {"high": 0, "medium": 1, "low": 2}


def cut(payload: Mapping[str, Any], at_most: int = MAX_BYTES) -> dict[str, Any]:
    """The payload with `cut`: null when all of it is there, else how much is not (`others`, `sentences`, `changes`)."""
    if "changes" not in payload:
        return dict(payload)
    whole = {**payload, "cut": None}
    if size(whole) <= at_most:
        return whole
    changes: list[dict[str, Any]] = [dict(change) for change in payload["changes"]]
    # From the least severe up, so that the first to lose something is the one that matters least.
    order = sorted(range(len(changes)), key=lambda place: (-_SEVERITIES.get(changes[place]["severity"], 3), -place))
    lost = {"others": 0, "sentences": 0, "changes": 0}
    excess = size({**whole, "cut": lost}) + 3 * 4 - at_most  # each count may grow to five digits
    for place in order:
        if excess <= 0:
            break
        if changes[place]["others"]:
            excess -= _swap(changes, place, {**changes[place], "others": None})
            lost["others"] += 1
    for place in order:
        if excess <= 0:
            break
        bare = {**changes[place], **{side: without_sentence(changes[place][side]) for side in ("before", "after")}}
        if bare != changes[place]:
            excess -= _swap(changes, place, bare)
            lost["sentences"] += 1
    gone: set[int] = set()
    for place in order[:-1]:
        if excess <= 0:
            break
        excess -= size(changes[place]) + 1
        gone.add(place)
    kept = [change for place, change in enumerate(changes) if place not in gone]
    lost["changes"] = len(gone)
    told_of = {change["article_id"] for change in kept}
    articles = [article for article in payload["articles"] if article["id"] in told_of]
    return {**whole, "articles": articles, "changes": kept, "cut": lost}


def _swap(changes: list[dict[str, Any]], place: int, smaller: dict[str, Any]) -> int:
    """Put a smaller change in its place; how many bytes that saves."""
    saved = size(changes[place]) - size(smaller)
    changes[place] = smaller
    return saved
