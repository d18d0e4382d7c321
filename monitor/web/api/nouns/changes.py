"""Changes: how a fact, a headline, ... differs between two Versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ConfigDict

from monitor.changes import model
from monitor.facts.model import Kind
from monitor.web.api.nouns.facts import READ, Statement
from monitor.web.api.nouns.noun import ROOT, Links, Moment, Noun, Number
from storage import tables

_BEFORE = {
    **READ,
    "quantity": {**READ["quantity"], "lower": 170, "upper": None, "hedge": "at_least"},
    "quote": "170",
    "start": 130,
    "end": 133,
    "phrase": {"text": "At least 170 peacekeepers were killed", "start": 121, "end": 158},
    "sentence": "At least 170 peacekeepers were killed, the mission said.",
}
_DIFFERENCE: dict[str, Any] = {
    "type": "value",
    "kind": "casualties",
    "subject": "peacekeepers killed",
    "key": "casualties:killed:peacekeeper",
    "before": _BEFORE,
    "after": READ,
    "delta": 133,
    "ratio": 0.782,
    "acknowledged": False,
    "severity": "high",
    "summary": "Peacekeepers killed: at least 170 → 303 (+78 %)",
    "before_text": None,
    "after_text": None,
}


class Difference(Noun):
    """How one statement, or the headline, byline, publication date, a notice or the availability, differs."""

    model_config = ConfigDict(json_schema_extra={"examples": [_DIFFERENCE]})

    type: model.ChangeType
    kind: Kind | None
    subject: str | None
    key: str | None
    before: Statement | None
    """Null where the statement is new."""
    after: Statement | None
    """Null where it is gone."""
    delta: Number
    """By how much; null where that cannot be said."""
    ratio: Number
    """The same as a part of the value before: 0.5 is half as much again."""
    acknowledged: bool
    """Whether a notice of the later text tells of it."""
    severity: model.Severity
    summary: str
    """One sentence for people."""
    before_text: str | None
    """The text before and after of what is no fact: a headline, a byline, a notice, a state."""
    after_text: str | None


class ChangedArticle(Noun):
    """The Article that a Change is of."""

    id: int
    url: str
    headline: str | None
    publisher: str | None


class Change(Difference):
    """A Difference that was seen, between two Versions that follow each other, or in the availability."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_DIFFERENCE,
                    "id": 97,
                    "article_id": 7,
                    "article": {
                        "id": 7,
                        "url": "https://news.example/peacekeepers",
                        "headline": "Militia attack kills peacekeepers",
                        "publisher": "AP",
                    },
                    "sentence": "AP raised peacekeepers killed from at least 170 to 303, without a notice",
                    "line_id": 12,
                    "story_id": None,
                    "story_line_id": None,
                    "before_number": 1,
                    "after_number": 2,
                    "capture_id": None,
                    "changed_at": "2026-11-22T00:44:17Z",
                    "links": {
                        "self": f"{ROOT}/changes/97",
                        "article": f"{ROOT}/articles/7",
                        "compare": f"{ROOT}/articles/7/compare/1/2",
                        "page": "/articles/7/compare/1/2",
                    },
                }
            ]
        }
    )

    id: int
    article_id: int
    article: ChangedArticle
    sentence: str | None
    """It told as news; null in exports."""
    line_id: int | None
    """The statement that it is of, see Fact; null where it is of none."""
    story_id: int | None
    """Of diverged, converged, corrected and left_behind: the Story among whose sources it turned; else null."""
    story_line_id: int | None
    """And the line of its matrix."""
    before_number: int | None
    """Number of the Version before: the baseline. Null for a change of availability."""
    after_number: int | None
    capture_id: int | None
    """The Capture that showed it, where no new Version did."""
    changed_at: Moment
    """When we saw it."""
    links: Links


def difference(change: model.Change) -> Difference:
    """A change as `corrigenda compare --json` prints it."""
    return Difference.model_validate(change.to_json())


def change(
    row: tables.Change, article: tables.Article, before: int | None, after: int | None, *, sentence: str | None = None
) -> Change:
    """A change that is kept, of this Article, between the Versions of these numbers."""
    there, page = f"{ROOT}/articles/{row.article_id}", f"/articles/{row.article_id}"
    links = {"self": f"{ROOT}/changes/{row.id}", "article": there, "page": page}
    if before is not None and after is not None:
        links |= {"compare": f"{there}/compare/{before}/{after}", "page": f"{page}/compare/{before}/{after}"}
    if row.story_id is not None:
        links |= {"story": f"{ROOT}/stories/{row.story_id}", "page": f"/stories/{row.story_id}"}
        if row.story_line_id is not None:
            links["page"] += f"/lines/{row.story_line_id}"
    return Change.model_validate(
        {
            **_whole(row.body),
            "id": row.id,
            "article_id": row.article_id,
            "article": {
                "id": article.id,
                "url": article.url,
                "headline": article.headline,
                "publisher": article.publisher,
            },
            "sentence": sentence,
            "line_id": row.line_id,
            "story_id": row.story_id,
            "story_line_id": row.story_line_id,
            "before_number": before,
            "after_number": after,
            "capture_id": row.capture_id,
            "changed_at": row.changed_at,
            "links": links,
        }
    )


def _whole(body: Mapping[str, Any]) -> dict[str, Any]:
    return {"before_text": None, "after_text": None, **body}


def change_json(row: tables.Change, article: tables.Article, before: int | None, after: int | None) -> dict[str, Any]:
    """A change that is kept, as plain JSON values."""
    return change(row, article, before, after).json_dict()
