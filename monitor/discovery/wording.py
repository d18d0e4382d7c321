"""A Feed's rule and what became of its entries, for people: commands and pages say the same."""

from __future__ import annotations

from collections.abc import Mapping

from storage.tables import Feed

OUTCOMES: Mapping[str, str] = {
    "added": "tracked",
    "known": "tracked already",
    "rule": "left out by its rule",
    "limit": "left out by the daily limit",
    "early": "left out, there before the feed was added",
    "elsewhere": "left out, on other sites",
    "unusable": "unusable",
}


def left_out(outcomes: Mapping[str, int]) -> int:
    """How many of the entries were left out, whatever the reason."""
    return sum(count for name, count in outcomes.items() if name not in ("added", "known"))


def rule_words(feed: Feed) -> str:
    """What a Feed takes, in words that follow "takes"."""
    named = (("any of", feed.any_words), ("all of", feed.all_words), ("none of", feed.none_words))
    parts = [f"with {how} {', '.join(f'“{phrase}”' for phrase in phrases)}" for how, phrases in named if phrases]
    if feed.sections:
        parts.append(f"in {' or '.join(feed.sections)}")
    if feed.languages:
        parts.append(f"in the language {' or '.join(feed.languages)}")
    parts.append("on any site" if feed.any_site else "on its own site")
    limit = f", at most {feed.daily} in 24 hours" if feed.daily is not None else ""
    story = f", for the story “{feed.story}”" if feed.story else ""
    return f"entries {' and '.join(parts)}{limit}{story}"
