"""What a page says after a form was sent: `?done=WORD` shows the sentence of that word, nothing else of an address."""

from __future__ import annotations

import re
from collections.abc import Mapping

DONE: Mapping[str, str] = {
    "logged-out": "You are logged out.",
    "password": "The password is changed. All other sessions of this account have ended.",
    "session-ended": "That session has ended.",
    "sessions-ended": "All other sessions have ended.",
    "token-revoked": "The token is revoked: it is refused from now on.",
    "role": "The role is changed.",
    "article-due": "The article is checked as soon as its site may be asked.",
    "article-paused": "The article is paused: it is looked at no more until it is resumed.",
    "article-resumed": "The article is watched again.",
    "article-interval": "The time between two checks is changed.",
    "channel-worded": "The wording is saved: the next message has it.",
    "story-there": "There is a story of that name already: this is it.",
    "story-renamed": "The story is changed.",
    "story-made": "The story is made. Put articles into it here, or from the list of articles.",
    "story-removed": "The story is removed. Its articles go on being watched.",
    "line-accepted": "It is kept as one fact from now on.",
    "line-split": "It has a line of its own from now on.",
    "line-merged": "Both are one line from now on.",
    "line-named": "The line is called so.",
    "rule-made": "The rule is made: it picks from now on.",
    "rule-changed": "The rule is changed.",
    "rule-on": "The rule picks again.",
    "rule-off": "The rule is switched off.",
    "rule-removed": "The rule is removed. What it told stays.",
    "mute-ended": "It is heard of again.",
    "channel-made": "The channel is added. Send it a test message.",
    "channel-changed": "The channel is changed.",
    "channel-on": "The channel is switched on. What failed meanwhile is sent again by hand.",
    "channel-off": "The channel is switched off: nothing goes there.",
    "channel-removed": "The channel is removed. What it was told stays.",
    "delivery-again": "It is due now, under the same id.",
    "account-removed": "The account is removed, with its sessions and tokens.",
}
"""In the order of the pages that say them; words are unique over all pages."""

COUNTED: Mapping[str, tuple[str, str]] = {
    "added": (
        "1 new article is watched. It is checked at once.",
        "{} new articles are watched. They are checked at once.",
    ),
    "feeds-added": ("1 new feed is read from now on.", "{} new feeds are read from now on."),
    "deliveries-again": ("1 delivery is due now.", "{} deliveries are due now."),
    "checked": ("1 article is due now.", "{} articles are due now."),
    "paused": ("1 article is paused.", "{} articles are paused."),
    "resumed": ("1 article is watched again.", "{} articles are watched again."),
    "interval": (
        "The time between two checks of 1 article is set.",
        "The time between two checks of {} articles is set.",
    ),
    "tagged": ("1 article is tagged.", "{} articles are tagged."),
    "untagged": ("A tag is taken off 1 article.", "A tag is taken off {} articles."),
    "in-story": ("1 article is put into the story.", "{} articles are put into the story."),
    "out-of-story": ("1 article is taken out of the story.", "{} articles are taken out of the story."),
    "removed": ("1 article is removed, with its history.", "{} articles are removed, with their history."),
}
"""What was done to so many: `?done=WORD.12`. Singular and plural."""

_COUNTED = re.compile(r"([a-z-]+)\.(\d{1,7})")


def counted(word: str) -> str | None:
    """The sentence of a word with a number; None when it is none."""
    match = _COUNTED.fullmatch(word)
    if match is None or match[1] not in COUNTED:
        return None
    number = int(match[2])
    return COUNTED[match[1]][number != 1].format(f"{number:,}" if number else "No")
