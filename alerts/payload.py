"""What an Alert says, complete in itself: the JSON that webhooks receive and that every other channel words. Pure.

Described field by field in docs/alerts.md, and in JSON Schema in `schemas/`; `version` names the form.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from alerts.statements import LONGEST_QUOTE, finite, same_value, statement_of, statements
from alerts.told import OtherSource, Period, Timing, Told, ToldArticle, ToldLine
from alerts.wording import one_line, shorten, title

VERSION = 1

_SEVERITIES = {"high": 0, "medium": 1, "low": 2}
_OF_PEOPLE = ("casualties", "detained", "displaced", "personnel")
_MOST_TROUBLES = 20
_MOST_OTHERS = 12
_LONGEST_OTHER = 300

_ROOM = ((50, 600), (300, 300), (2000, 160))
"""So many Changes may have sentences of so many characters; the most severe come first. All are told in any case."""


def alert(
    told: Sequence[Told],
    *,
    alert_id: str,
    channel_id: int,
    channel: str,
    public_url: str,
    now: datetime,
    timing: Timing = "at once",
    period: Period | None = None,
) -> dict[str, Any]:
    """The payload that tells these Changes to a Channel, all of them.

    public_url: where readers reach our pages. now: when it is put together. period: of a digest, which may tell
    nothing; otherwise there is at least one Change.
    """
    steps = _once(_merged(told))
    lengths = _lengths(steps)
    changes = [_change(step, lengths[place], public_url) for place, step in enumerate(steps)]
    articles = list({step.article.id: step.article for step in steps}.values())
    pages = {change["link"] for change in changes}
    whole = f"{public_url.rstrip('/')}/alerts/{alert_id}"
    foremost = min(steps, key=_weight, default=None)
    heading = _heading(foremost) if foremost else "Nothing has changed"
    return {
        "version": VERSION,
        "type": "changes.digest" if period else "changes.alert",
        "schema": schema_address(public_url, "changes"),
        "timestamp": moment(now),
        "id": alert_id,
        "channel": {"id": channel_id, "name": channel},
        "timing": timing,
        "title": heading,
        "subject": _subject(foremost, heading, len(steps), timing),
        "link": pages.pop() if len(pages) == 1 else whole,
        "whole": whole,
        "period": None if period is None else _period(period),
        "total": len(steps),
        "articles": [_article(article, public_url) for article in articles],
        "changes": changes,
    }


def trial_message(channel: str, message_id: str, now: datetime) -> dict[str, Any]:
    """The payload that `corrigenda channels test` sends: clearly no Alert."""
    return {
        "version": VERSION,
        "type": "channel.test",
        "timestamp": moment(now),
        "id": message_id,
        "channel": {"id": None, "name": channel},
        "title": "Test message: alerts will arrive here",
        "text": f"This is a test of the channel {channel!r} of Corrigenda. No article has changed.",
    }


def operator_message(
    wrong: Sequence[str], well: Sequence[str], *, alert_id: str, public_url: str, now: datetime
) -> dict[str, Any]:
    """The payload that tells operators what began to be wrong with the watch itself, and what is well again."""
    wrong, well = _few(wrong), _few(well)
    if len(wrong) == 1:
        heading = wrong[0]
    elif wrong:
        heading = f"{len(wrong)} things are wrong with the watch"
    else:
        heading = f"Well again: {well[0]}" if len(well) == 1 else f"{len(well)} things are well again"
    return {
        "version": VERSION,
        "type": "operator.trouble" if wrong else "operator.recovery",
        "schema": schema_address(public_url, "operator"),
        "timestamp": moment(now),
        "id": alert_id,
        "title": shorten(heading),
        "wrong": wrong,
        "well": well,
        "link": f"{public_url.rstrip('/')}/health",
    }


def schema_address(public_url: str, name: str) -> str:
    """Where the JSON Schema of a payload is published."""
    return f"{public_url.rstrip('/')}/api/v1/schemas/{name}"


def encode(payload: Mapping[str, Any]) -> str:
    """The payload as the compact JSON text that is sent."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def size(payload: Mapping[str, Any]) -> int:
    """Bytes of the payload as it is sent."""
    return len(encode(payload).encode())


def moment(at: datetime) -> str:
    """An aware time as RFC 3339 in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def host(url: str) -> str:
    """Whose page it is when no publisher is known; of a local file, its name."""
    parts = urlsplit(url)
    return parts.hostname or parts.path.rsplit("/", 1)[-1] or url


def _merged(told: Sequence[Told]) -> list[Told]:
    """One for each Change and baseline, with all Rules that picked it; by story, article, version, then severity."""
    by_change: dict[tuple[Any, ...], list[Told]] = {}
    for one in told:
        by_change.setdefault((one.change["id"], one.baseline.name, one.baseline.version), []).append(one)
    merged = []
    for same in by_change.values():
        rules = {rule.id: rule for one in same for rule in one.rules}
        first = same[0]
        merged.append(
            Told(
                first.change, first.article, first.version, first.seen_at, first.acknowledged, first.baseline,
                tuple(sorted(rules.values(), key=lambda rule: rule.name)), first.line_id,
                next((one.flapping for one in same if one.flapping), None), first.others, first.line,
            )
        )  # fmt: skip
    return sorted(merged, key=_place)


def _place(told: Told) -> tuple[Any, ...]:
    story = told.article.story
    return (
        story is None, story.name.casefold() if story else "", told.article.id, told.seen_at, told.version or 0,
        _severity(told), told.change["id"],
    )  # fmt: skip


def _severity(told: Told) -> int:
    return _SEVERITIES.get(told.change["severity"], len(_SEVERITIES))


def _weight(told: Told) -> tuple[int, int]:
    """By which one Change speaks for all: of several equally severe, what befell people before dates and sums."""
    kind = told.change["kind"]
    return (_severity(told), _OF_PEOPLE.index(kind) if kind in _OF_PEOPLE else len(_OF_PEOPLE))


def _once(told: Sequence[Told]) -> list[Told]:
    """Without those that tell a step of a Version told already: of headline and text the first speaks for both.

    The page of the comparison shows every one.
    """
    steps: set[tuple[Any, ...]] = set()
    kept = []
    for one in told:
        step = _step(one.change)
        place = None if step is None else (one.article.id, one.version, one.baseline.version, *step)
        if place is None or place not in steps:
            kept.append(one)
        if place is not None:
            steps.add(place)
    return kept


def _step(change: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """What went from which figure to which, however each was hedged; null for what is no step between figures."""
    before, after = (side and side["quantity"] for side in (change["before"], change["after"]))
    if change["type"] != "value" or not before or not after or not change["subject"]:
        return None
    figures = [tuple(side[end] for end in ("lower", "upper")) for side in (before, after)]
    if (None, None) in figures:
        return None
    least = [upper if lower is None else lower for lower, upper in figures]
    fact = change["after"]
    return (fact["kind"], fact["predicate"] or change["key"], *least, after["unit"])


def _lengths(told: Sequence[Told]) -> dict[int, int]:
    """How long the sentences of each may be, by its place; 0: none."""
    by_severity = sorted(range(len(told)), key=lambda place: (_severity(told[place]), place))
    most = next((longest for count, longest in _ROOM if len(told) <= count), _ROOM[-1][1])
    return {place: most if rank < _ROOM[-1][0] else 0 for rank, place in enumerate(by_severity)}


def _change(told: Told, longest: int, public_url: str) -> dict[str, Any]:
    change = told.change
    before, after = statements(change, longest or LONGEST_QUOTE)
    if not longest:
        before, after = without_sentence(before), without_sentence(after)
    return {
        "id": change["id"],
        "article_id": told.article.id,
        "type": change["type"],
        "kind": change["kind"],
        "subject": shorten(change["subject"], LONGEST_QUOTE) if change["subject"] else None,
        "key": one_line(change["key"]) if change["key"] else None,
        "line_id": told.line_id,
        "severity": change["severity"],
        "acknowledged": told.acknowledged,
        "delta": finite(change["delta"]),
        "ratio": finite(change["ratio"]),
        "title": title(change),
        "summary": shorten(change["summary"], 400),
        "version": told.version,
        "seen_at": moment(told.seen_at),
        "baseline": {
            "name": told.baseline.name,
            "version": told.baseline.version,
            "seen_at": moment(told.baseline.seen_at) if told.baseline.seen_at else None,
        },
        "rules": [{"id": rule.id, "name": one_line(rule.name)} for rule in told.rules],
        "flapping": None
        if told.flapping is None
        else {"times": told.flapping.times, "since": moment(told.flapping.since)},
        "link": _page(told, public_url),
        "story_line": _story_line(told, public_url),
        "before": before,
        "after": after,
        "others": [_other(other, told, public_url) for other in _first(told)] if _asked(told) else None,
    }


def _story_line(told: Told, public_url: str) -> dict[str, Any] | None:
    """Where a turn among sources can be read in full; null for every other Change."""
    line = told.line
    if line is None:
        return None
    return {
        "story_id": line.story_id,
        "story": shorten(line.story, 200),
        "line_id": line.line_id,
        "link": _line_page(line, public_url),
    }


def _line_page(line: ToldLine, public_url: str) -> str:
    story = f"{public_url.rstrip('/')}/stories/{line.story_id}"
    return story if line.line_id is None else f"{story}/lines/{line.line_id}"


def _page(told: Told, public_url: str) -> str:
    """Where a Change can be seen: of a turn, the line with all of its sources."""
    return _compare_page(told, public_url) if told.line is None else _line_page(told.line, public_url)


def _asked(told: Told) -> bool:
    """Whether other sources were asked: there is a Story, and the fact is about something that they could name."""
    if told.line is not None:
        return True
    fact = told.change["after"] or told.change["before"]
    named = bool(fact) and bool(fact["noun"] or fact["predicate"])
    return bool(told.others) or (told.article.story is not None and named)


def without_sentence(statement: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A statement without its sentence, which the link shows. What is no fact has nothing else: its text stays."""
    if statement is None:
        return None
    if "quote" not in statement:
        return {"sentence": shorten(statement["sentence"], 100), "marks": []}
    return {name: value for name, value in statement.items() if name not in ("sentence", "marks")}


def _first(told: Told) -> Sequence[OtherSource]:
    """Of many other sources those that say something else come first when sources turned."""
    others = told.others
    if told.line is not None:
        others = sorted(others, key=lambda other: same_value(other.fact, told.change["after"]))
    return others[:_MOST_OTHERS]


def _other(other: OtherSource, told: Told, public_url: str) -> dict[str, Any]:
    """agrees: with which side of the change; `before` of a turn is no older word of the article's, so never with it."""
    sides = ("after", "before") if told.line is None else ("after",)
    agrees = next((side for side in sides if same_value(other.fact, told.change[side])), None)
    said = statement_of(other.fact, _LONGEST_OTHER)
    return {
        "article_id": other.article_id,
        "publisher": shorten(other.publisher, 100),
        "headline": shorten(other.headline or "", 200) or None,
        "url": other.url,
        "link": _article_page(other.article_id, public_url),
        "since": moment(other.since_at),
        "agrees": agrees,
        "statement": said,
    }


def _article(article: ToldArticle, public_url: str) -> dict[str, Any]:
    story = article.story
    return {
        "id": article.id,
        "url": article.url,
        "headline": shorten(article.headline or "", 300) or None,
        "publisher": whose(article),
        "link": _article_page(article.id, public_url),
        "story": None
        if story is None
        else {"id": story.id, "name": shorten(story.name, 200), "other_sources": story.sources},
    }


def whose(article: ToldArticle) -> str:
    """The publisher, or the host of the page where it is not known."""
    return shorten(article.publisher or "", 100) or host(article.url)


def _period(period: Period) -> dict[str, Any]:
    return {
        "since": moment(period.since),
        "until": moment(period.until),
        "silent_changes": period.silent_changes,
        "silent_versions": period.silent_versions,
    }


def _article_page(article_id: int, public_url: str) -> str:
    return f"{public_url.rstrip('/')}/articles/{article_id}"


def _compare_page(told: Told, public_url: str) -> str:
    """The two Versions side by side; the Article where there are not two."""
    page = _article_page(told.article.id, public_url)
    if told.baseline.version is None or told.version is None:
        return page
    return f"{page}/compare/{told.baseline.version}/{told.version}"


def _heading(foremost: Told) -> str:
    """What changed, in one line. "Gone (404)" alone would say nothing of what."""
    heading = title(foremost.change)
    if foremost.flapping:
        heading = f"Flapping: {heading}"
    if foremost.change["type"] == "availability":
        heading = f"{heading}: {foremost.article.headline or foremost.article.url}"
    return shorten(heading)


def _subject(foremost: Told | None, heading: str, total: int, timing: Timing) -> str:
    """The line that is read in a list of mails: the fact, whose page says it, and how many more there are."""
    digest = "" if timing == "at once" else f" ({timing} digest)"
    if foremost is None:
        return f"{heading}{digest}"
    more = f" and {total - 1:,} more" if total > 1 else ""
    return f"{heading} - {shorten(whose(foremost.article), 40)}{more}{digest}"


def _few(sentences: Sequence[str]) -> list[str]:
    told = [shorten(sentence, 300) for sentence in sentences[:_MOST_TROUBLES]]
    left = len(sentences) - len(told)
    return [*told, f"and {left} more"] if left else told
