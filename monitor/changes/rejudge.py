"""A Change seen from another "before": what differs since an older Version, or since what somebody was told last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from monitor.changes.classify import judge_pair
from monitor.changes.folding import plain
from monitor.changes.model import Change, Pair
from monitor.changes.wording import change_of, text_sentence
from monitor.facts.model import Fact


def rejudge(change: Mapping[str, Any], before: Mapping[str, Any] | str, lang: str) -> Mapping[str, Any] | None:
    """The body of a Change (as `compare --json` prints it) from an older fact or text; null when nothing differs.

    Only for what has two sides. Whether the page admits it stays as it was judged: that is a matter of the new text.
    """
    judged = Change.from_json({name: change[name] for name in Change.__slots__ if name in change})
    if isinstance(before, str):
        return _text(judged, before)
    if judged.after is None:
        return None
    found = next(judge_pair(Pair(Fact.from_json(before), judged.after), lang), None)
    return None if found is None else change_of(found, judged.acknowledged, lang=lang, row=judged.subject).to_json()


def _text(change: Change, before: str) -> Mapping[str, Any] | None:
    after = change.after_text
    if change.type not in ("headline", "byline", "published"):
        return change.to_json()  # a notice, or the availability, speaks for itself
    if after is None or plain(before) == plain(after):
        return None
    summary = text_sentence(change.type, before, after)
    return change.to_json() | {"before_text": before, "summary": summary}
