"""What a messenger is told: a line that says it, a few blocks, a link to the rest; made to fit, made harmless. Pure.

Page text must never be live in a chat: no mention that wakes everybody, no link that a stranger chose, no formatting.
What means something to a service differs between them and changes with their releases, and some know no escape at all
(Slack's mrkdwn, Google Chat). So page text is made of characters that mean nothing anywhere: behind the sign of a
mention, of a tag and inside of addresses comes a space without width, and signs of markup are replaced by ones that
look alike, but for services that show text as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alerts.arrangement import arrange
from alerts.statements import OF_TWO_SOURCES, pieces
from alerts.wording import one_line

_BREAK = "\u200b"
_MENTION = re.compile(r"([@＠#＃])(?=\w)")
_ADDRESS = re.compile(r"(?<=[\w\]])([:.])(?=//|[^\W\d_]{2,})|(?<=\w)(:)(?=//)|(?<=[:/])(/)(?=/)")
_SCHEME = re.compile(r"\b(mailto|tel|tg|javascript|data|file|magnet|sms|skype|slack|discord):(?=\S)", re.IGNORECASE)
_ALIKE = str.maketrans(
    {
        "<": "‹", ">": "›", "*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ", "|": "｜", "\\": "＼",
        "[": "［", "]": "］", "{": "｛", "}": "｝",
    }
)  # fmt: skip

_FULL_CHANGES = 5
_LISTED_CHANGES = 40
_LEAST_BLOCK = 80
"""Bytes: with less room than that, the first block is left out and not begun."""
_REST = "… the rest: "


def quiet(text: str) -> str:
    """Page text that mentions nobody and links nowhere."""
    text = _MENTION.sub(rf"\1{_BREAK}", one_line(text))
    text = _SCHEME.sub(rf"\1{_BREAK}:", text)
    return _ADDRESS.sub(lambda match: match[0] + _BREAK, text)


def inert(text: str) -> str:
    """Page text in which, besides, nothing is markup."""
    return quiet(text).translate(_ALIKE)


@dataclass(frozen=True, slots=True)
class Said:
    """A message before it is known how much of it fits."""

    title: str
    """The line that is always told."""
    blocks: Sequence[str]
    """The rest, the most important first."""
    link: str
    """Where all of it can be read; empty when there is nothing more."""

    whole: bool = True
    """Whether the blocks tell all there is."""

    def fitted(self, at_most: int) -> str:
        """Title, as many blocks as there is room for, and the link: at most so many bytes of UTF-8."""
        left = at_most - (_bytes(_REST + self.link) + 1 if self.link else 0)
        text, whole = _start(self.title, left), self.whole
        for place, block in enumerate(self.blocks):
            if _bytes(f"{text}\n{block}") > left:
                if place == 0 and _bytes(text) + _LEAST_BLOCK < left:
                    text = _start(f"{text}\n{block}", left)
                whole = False
                break
            text += f"\n{block}"
        return f"{text}\n{'' if whole else _REST}{self.link}" if self.link else text


def said(payload: Mapping[str, Any], *, verbatim: bool) -> Said:
    """The message that tells a payload. verbatim: the service shows text as it is."""
    safe = quiet if verbatim else inert
    if payload["type"] == "channel.test":
        return Said(safe(payload["title"]), [safe(payload["text"])], "")
    if payload["type"].startswith("operator."):
        wrong = [f"Wrong now: {safe(sentence)}" for sentence in payload["wrong"]]
        well = [f"Well again: {safe(sentence)}" for sentence in payload["well"]]
        return Said(safe(f"Corrigenda: {payload['title']}"), [*wrong, *well], payload["link"])
    blocks = []
    if payload["period"]:
        period = payload["period"]
        blocks.append(
            f"Silent in this time: {period['silent_changes']:,} changes that no rule of this channel picks, "
            f"{period['silent_versions']:,} versions with only other wording."
        )
    arranged = arrange(payload, all_in_full=_FULL_CHANGES, some_in_full=_FULL_CHANGES)
    many = payload["total"] > 1
    full, short = [], []
    for of_article in (article for story in arranged.stories for article in story.articles):
        for version in of_article.versions:
            full += [_in_full(change, version, of_article.article, many, safe) for change in version.full]
            short += [
                f"• {safe(change['title'])} - {safe(of_article.article['publisher'])}" for change in version.short
            ]
    blocks += full + short[:_LISTED_CHANGES]
    return Said(safe(payload["subject"]), blocks, payload["link"], len(short) <= _LISTED_CHANGES)


def _in_full(change: Mapping[str, Any], version: Any, article: Mapping[str, Any], many: bool, safe: Any) -> str:
    lines = [f"• {safe(change['title'])} - {safe(article['publisher'])}"] if many else []
    if not many and article["headline"]:
        lines.append(safe(article["headline"]))
    for side, label in (("before", "Before"), ("after", "Now")):
        if change[side] and not (side == "before" and change["type"] in OF_TWO_SOURCES):
            lines.append(f"{label}: {_marked(change[side], safe)}")
    if change["before"] and not change["after"]:
        lines.append("Now: not said any more")
    if change["story_line"] or (not change["before"] and not change["after"] and not many):
        lines.append(safe(change["summary"]))
    if change["flapping"]:
        lines.append(f"Flapping: back and forth {change['flapping']['times']} times.")
    for other in (change["others"] or ())[:3]:
        agrees = {"after": "says the same", "before": "still says what was said before"}.get(other["agrees"], "says")
        lines.append(f"{safe(other['publisher'])} {agrees}: {_marked(other['statement'], safe)}")
    if version.number:
        notice = "Acknowledged by a notice on the page" if version.acknowledged else "Not acknowledged"
        seen = version.seen_at.replace("T", " ").removesuffix(":00Z").removesuffix("Z")
        since = f"the {version.baseline['name']} ({version.baseline['version']})"
        lines.append(f"{notice} · version {version.number}, seen {seen} UTC, compared with {since}")
    return "\n".join(lines)


def _marked(statement: Mapping[str, Any], safe: Any) -> str:
    """A sentence with what differs in brackets: full-width ones, which begin no link anywhere."""
    text = "".join(f"\ue000{piece}\ue001" if marked else piece for piece, marked in pieces(statement))
    return str(safe(text)).replace("\ue000", "［").replace("\ue001", "］")


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _start(text: str, at_most: int) -> str:
    """As much of it as fits, with an ellipsis where something was left out."""
    if _bytes(text) <= at_most:
        return text
    return text.encode("utf-8", "replace")[: max(0, at_most - 3)].decode("utf-8", "ignore").rstrip() + "…"
