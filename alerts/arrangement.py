"""A payload as a person reads it: by story, article and version; when it is long, the rest in one line each. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

Body = Mapping[str, Any]

ALL_IN_FULL = 25
"""Up to so many Changes are told with both sentences each."""
SOME_IN_FULL = 10
"""Of more than that, so many; the others take one line each, so that a mail of a thousand stays one that is read."""

_SEVERITIES = {"high": 0, "medium": 1, "low": 2}


@dataclass(frozen=True, slots=True)
class OfVersion:
    """What one Version brought, against one baseline."""

    number: int | None
    """Null when no Version brought it (availability)."""
    seen_at: str
    acknowledged: bool
    baseline: Body
    link: str | None
    """To both Versions; null where only turns among sources are told, each of which has a page of its own."""
    full: Sequence[Body]
    short: Sequence[Body]
    """Told in one line each."""


@dataclass(frozen=True, slots=True)
class OfArticle:
    """What changed in one Article."""

    article: Body
    versions: Sequence[OfVersion]

    @property
    def total(self) -> int:
        """How many Changes."""
        return sum(len(version.full) + len(version.short) for version in self.versions)


@dataclass(frozen=True, slots=True)
class OfStory:
    """What changed in the Articles of one Story, or in those that are in none."""

    story: Body | None
    articles: Sequence[OfArticle]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """All of a payload, in reading order."""

    stories: Sequence[OfStory]
    articles: int
    total: int
    rules: Sequence[Body]
    """Every Rule that picked something."""
    long: bool
    """Whether some are told in one line each: then it begins with what there is."""


def arrange(payload: Body, *, all_in_full: int = ALL_IN_FULL, some_in_full: int = SOME_IN_FULL) -> Arrangement:
    """The changes of a payload of type `changes.*`, each once, in the order in which the payload holds them."""
    changes = payload["changes"]
    articles = {article["id"]: article for article in payload["articles"]}
    full = _in_full(changes, len(changes) if len(changes) <= all_in_full else some_in_full)
    of_articles = [
        OfArticle(articles[article_id], _versions(list(own), full))
        for article_id, own in groupby(changes, key=lambda change: change["article_id"])
    ]
    stories = [
        OfStory(own[0].article["story"], own)
        for own in (
            list(group)
            for _, group in groupby(of_articles, key=lambda one: (one.article["story"] or {"id": None}).get("id"))
        )
    ]
    rules = {rule["id"]: rule for change in changes for rule in change["rules"]}
    return Arrangement(
        stories=stories,
        articles=len(articles),
        total=payload["total"],
        rules=sorted(rules.values(), key=lambda rule: str(rule["name"])),
        long=len(full) < len(changes),
    )


def _in_full(changes: Sequence[Body], count: int) -> set[int]:
    """Places of those that are told in full: the most severe that have their sentences."""
    places = [place for place, change in enumerate(changes) if _has_sentences(change)]
    places.sort(key=lambda place: (_SEVERITIES.get(changes[place]["severity"], 3), place))
    return {id(changes[place]) for place in places[:count]}


def _has_sentences(change: Body) -> bool:
    return all("sentence" in change[side] for side in ("before", "after") if change[side])


def _versions(changes: Sequence[Body], full: set[int]) -> list[OfVersion]:
    versions = []
    for _, group in groupby(
        changes, key=lambda change: (change["version"], change["seen_at"], str(change["baseline"]))
    ):
        own = list(group)
        versions.append(
            OfVersion(
                number=own[0]["version"],
                seen_at=own[0]["seen_at"],
                acknowledged=own[0]["acknowledged"],
                baseline=own[0]["baseline"],
                link=next((change["link"] for change in own if not change.get("story_line")), None),
                full=[change for change in own if id(change) in full],
                short=[change for change in own if id(change) not in full],
            )
        )
    return versions
