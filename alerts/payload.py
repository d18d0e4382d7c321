"""What an Alert says, complete in itself: the JSON that webhooks receive and that mails are rendered from. Pure.

Described field by field in docs/alerts.md; `schema` names the version of this form.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from alerts.event import Event
from alerts.marks import Side, Span, mark
from alerts.wording import one_line, shorten, title

SCHEMA = "corrigenda.alert/1"

MAX_BYTES = 19_000
"""As UTF-8 JSON: under 20 kB, as Standard Webhooks advises, with room for what else is sent."""

LONGEST_SENTENCE = 600
_MOST_TROUBLES = 20
LONGEST_QUOTE = 200
_LONGEST_COMPARED = 4000
"""Longer "sentences" (a page without full stops) are cut before their words are compared."""

_SEVERITIES = {"high": 0, "medium": 1, "low": 2}


def links(public_url: str, event: Event) -> dict[str, str]:
    """Addresses of our own pages for this Event: the Article, and the two Versions compared where there are two."""
    article = f"{public_url.rstrip('/')}/articles/{event.article_id}"
    if event.before is None or event.after is None:
        return {"article": article, "compare": article}
    return {"article": article, "compare": f"{article}/compare/{event.before}/{event.after}"}


def alert(
    event: Event,
    changes: Sequence[Mapping[str, Any]],
    *,
    alert_id: str,
    rule: str,
    baseline: str,
    public_url: str,
    before_seen_at: datetime | None = None,
) -> dict[str, Any]:
    """The payload that tells these Changes (at least one) of an Event.

    before_seen_at: when the Version compared with was last seen. Long sentences are cut around the value; Changes
    that do not fit are counted in `left_out`, the most severe being told first.
    """
    changes = _once(sorted(changes, key=lambda change: _SEVERITIES.get(change["severity"], 3)))
    pages = links(public_url, event)
    payload: dict[str, Any] = {
        "schema": SCHEMA,
        "type": "article.changed" if event.after is not None else "article.availability",
        "timestamp": moment(event.seen_at),
        "id": alert_id,
        "rule": rule,
        "title": title(changes[0]),
        "article": {
            "id": event.article_id,
            "url": event.url,
            "headline": shorten(event.headline or "", 300) or None,
            "publisher": shorten(event.publisher or "", 100) or host(event.url),
            "link": pages["article"],
        },
        "baseline": {
            "name": baseline,
            "before": event.before,
            "after": event.after,
            "before_seen_at": moment(before_seen_at) if before_seen_at else None,
            "after_seen_at": moment(event.seen_at),
        },
        # A notice is one of the Version: it speaks for all of its Changes.
        "acknowledged": any(change["acknowledged"] for change in event.changes),
        "link": pages["compare"],
        "total": len(changes),
        "left_out": 0,
        "changes": [],
    }
    room = MAX_BYTES - size(payload)
    for told in map(_told, changes):
        room -= size(told) + 1
        if room < 0:
            break
        payload["changes"].append(told)
    payload["left_out"] = len(changes) - len(payload["changes"])
    return payload


def _once(changes: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The Changes but those that tell a step told already: of headline and text the first speaks for both.

    The page of the comparison shows every one.
    """
    steps: set[tuple[Any, ...]] = set()
    kept = []
    for change in changes:
        step = _step(change)
        if step is None or step not in steps:
            kept.append(change)
        steps.add(step or ())
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


def trial_message(channel: str, message_id: str, now: datetime) -> dict[str, Any]:
    """The payload that `corrigenda channels test` sends: clearly no Alert."""
    return {
        "schema": SCHEMA,
        "type": "channel.test",
        "timestamp": moment(now),
        "id": message_id,
        "channel": channel,
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
        "schema": SCHEMA,
        "type": "operator.trouble" if wrong else "operator.recovery",
        "timestamp": moment(now),
        "id": alert_id,
        "title": shorten(heading),
        "wrong": wrong,
        "well": well,
        "link": f"{public_url.rstrip('/')}/health",
    }


def _few(sentences: Sequence[str]) -> list[str]:
    told = [shorten(sentence, 300) for sentence in sentences[:_MOST_TROUBLES]]
    left = len(sentences) - len(told)
    return [*told, f"and {left} more"] if left else told


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


def _told(change: Mapping[str, Any]) -> dict[str, Any]:
    before = _side(change["before"], change.get("before_text"))
    after = _side(change["after"], change.get("after_text"))
    old_marks, new_marks = mark(before, after)
    return {
        "id": change["id"],
        "type": change["type"],
        "kind": change["kind"],
        "subject": shorten(change["subject"], LONGEST_QUOTE) if change["subject"] else None,
        "key": one_line(change["key"]) if change["key"] else None,
        "severity": change["severity"],
        "acknowledged": change["acknowledged"],
        "delta": _finite(change["delta"]),
        "ratio": _finite(change["ratio"]),
        "title": title(change),
        "summary": shorten(change["summary"], 400),
        "before": _statement(change["before"], before, old_marks),
        "after": _statement(change["after"], after, new_marks),
    }


def _side(fact: Mapping[str, Any] | None, text: str | None) -> Side | None:
    """The sentence of a fact and where its value stands in it; or the whole text of what is no fact (a headline)."""
    if fact is None:
        return None if text is None else Side(shorten(text, _LONGEST_COMPARED))
    sentence, quote = one_line(fact["sentence"]), one_line(fact["quote"])
    phrase = fact["phrase"]
    # Offsets of a fact count from the start of the text. The phrase finds the place in the sentence, so that the
    # second "17" of a sentence is not taken for the first.
    at = sentence.find(one_line(phrase["text"]))
    place = sentence.find(quote, at + max(0, fact["start"] - phrase["start"]) if at >= 0 else 0)
    if place < 0:
        place = sentence.find(quote)
    if place < 0 or not 0 < len(quote) <= LONGEST_QUOTE:
        return Side(shorten(sentence, _LONGEST_COMPARED))
    span = (place, place + len(quote))
    sentence, (span,) = _cut(sentence, span, [span], _LONGEST_COMPARED)
    return Side(sentence, span)


def _cut(sentence: str, around: Span, marks: Sequence[Span], at_most: int) -> tuple[str, list[Span]]:
    """At most so many characters around a place, ellipses aside; marks that are cut off go, the others move along."""
    if len(sentence) <= at_most:
        return sentence, list(marks)
    start = max(0, min((around[0] + around[1] - at_most) // 2, len(sentence) - at_most))
    end = start + at_most
    left, right = "…" if start else "", "…" if end < len(sentence) else ""
    moved = len(left) - start
    kept = [(max(one, start) + moved, min(other, end) + moved) for one, other in marks if one < end and other > start]
    return f"{left}{sentence[start:end]}{right}", kept


def _statement(fact: Mapping[str, Any] | None, side: Side | None, marks: Sequence[Span]) -> dict[str, Any] | None:
    if side is None:
        return None
    around = side.quote or (marks[0] if marks else (0, 0))
    sentence, marks = _cut(side.sentence, around, marks, LONGEST_SENTENCE)
    said: dict[str, Any] = {"sentence": sentence, "marks": [list(span) for span in marks]}
    if fact is not None:
        said["quote"] = shorten(fact["quote"], LONGEST_QUOTE)
        said["phrase"] = shorten(fact["phrase"]["text"], LONGEST_QUOTE)
        for name in ("quantity", "time"):
            said[name] = {key: _finite(value) for key, value in fact[name].items()} if fact[name] else None
        said["certainty"] = fact["certainty"]
        said["attribution"] = shorten(fact["attribution"], LONGEST_QUOTE) if fact["attribution"] else None
    return said


def _finite(value: Any) -> Any:
    """Null for an infinity, which JSON does not have: "1e999" in a page must not stop an alert."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def pieces(statement: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """The sentence of a statement in pieces, in order, each with whether its words are marked."""
    sentence, at = statement["sentence"], 0
    for start, end in statement["marks"]:
        if start > at:
            yield sentence[at:start], False
        yield sentence[start:end], True
        at = end
    if at < len(sentence):
        yield sentence[at:], False
