"""Health: whether the watch itself is well, and what needs a person."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import ConfigDict

from monitor import wellbeing
from monitor.web import attention
from monitor.web.api.nouns.noun import ROOT, Links, Moment, Noun
from monitor.web.rendering import Here
from storage import articles, deliveries, feeds, loops, sites, troubles

_EXAMPLE: dict[str, Any] = {
    "status": "ok",
    "reasons": [],
    "warnings": ["1 article is overdue, by 12 min at most."],
    "concerns": [
        {
            "sentence": "1 article is overdue",
            "advice": None,
            "page": "/articles?order=next",
            "examples": [{"name": "AP: Militia attack", "detail": "due 12 min ago", "page": "/articles/7"}],
        }
    ],
    "troubles": [
        {"key": "overdue", "kind": "overdue", "detail": "1 article is overdue.", "since_at": "2026-11-22T00:44:17Z"}
    ],
    "loops": [{"name": "scheduler", "beat_at": "2026-11-22T02:10:03Z", "started_at": "2026-11-20T08:00:00Z"}],
    "articles": {"ok": 48, "failed": 2},
    "overdue": 1,
    "feeds": {"ok": 3},
    "sites": {"total": 12, "failing": 0, "held": 1},
    "deliveries": {"delivered": 131},
    "links": {"self": f"{ROOT}/health", "page": "/health"},
}


class Trouble(Noun):
    """Something that is wrong with the watch itself now."""

    key: str
    kind: str
    detail: str
    since_at: Moment


class Loop(Noun):
    """A loop of the service, and its last sign of life."""

    name: str
    beat_at: Moment
    started_at: Moment


class ConcernExample(Noun):
    """One of the things that a Concern is about."""

    name: str
    detail: str
    page: str | None


class Concern(Noun):
    """Something that a person should look at."""

    sentence: str
    advice: str | None
    page: str | None
    examples: list[ConcernExample]


class SiteCounts(Noun):
    """How many Sites there are, fail, and are left alone for a while."""

    total: int
    failing: int
    held: int


class Health(Noun):
    """Whether the watch is well."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    status: Literal["ok", "failing"]
    """`failing`: a loop stopped or nothing is checked; a new start of the service may help."""
    reasons: list[str]
    warnings: list[str]
    """What is wrong beside that."""
    concerns: list[Concern]
    """What needs a person, the gravest first."""
    troubles: list[Trouble]
    """What operators were told of, or will be."""
    loops: list[Loop]
    articles: dict[str, int]
    """How many are in each state."""
    overdue: int
    """Articles whose check is more than ten minutes late."""
    feeds: dict[str, int]
    sites: SiteCounts
    deliveries: dict[str, int]
    links: Links


def get_health(here: Here) -> Health:
    """Whether the watch itself is well, what needs a person, and how much there is of everything."""
    now = datetime.now(UTC)
    with here.database.read() as session:
        reasons = wellbeing.stopped_loops(session, now)
        if stalled := wellbeing.stalled(session, now):
            reasons.append(stalled)
        since = troubles.current(session)
        total, failing, held = sites.counts(session, here.settings.operator.failures, now)
        return Health(
            status="failing" if reasons else "ok",
            reasons=reasons,
            warnings=[
                *(ailment.detail for ailment in wellbeing.ailments(session, here.settings, now)),
                *(trouble.detail for trouble in since if trouble.kind == "clock"),
            ],
            concerns=[_concern(one) for one in attention.concerns(session, here.settings, now)],
            troubles=[Trouble.model_validate(one, from_attributes=True) for one in since],
            loops=[Loop.model_validate(one, from_attributes=True) for one in loops.beats(session)],
            articles=articles.count_by_state(session),
            overdue=articles.count_overdue(session, now - wellbeing.OVERDUE),
            feeds=feeds.count_by_state(session),
            sites=SiteCounts(total=total, failing=failing, held=held),
            deliveries=deliveries.count_by_state(session),
            links={"self": f"{ROOT}/health", "page": "/health"},
        )


def _concern(one: attention.Concern) -> Concern:
    examples = [ConcernExample(name=each.name, detail=each.detail, page=each.link) for each in one.examples]
    return Concern(sentence=one.sentence, advice=one.advice, page=one.link, examples=examples)
