"""A rehearsal says what the real thing sent: the same histories through both."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts import rulebook
from alerts.channels import registry
from alerts.rehearse import Rehearsal, rehearse
from alerts.rules import Condition
from alerts.timing import Pace, Timing
from monitor.changes.rejudge import rejudge
from storage.tables import Pick
from tests.unit.alerts.newsdesk import DAY, HOUR, MINUTE, NOON, Newsdesk

BEFORE = NOON - MINUTE
CONDITIONS: list[dict[str, Any]] = [
    {}, {"kinds": ["casualties"]}, {"percent": 20, "baseline": "last alert"}, {"baseline": "first version"},
    {"confirmations": 1}, {"confirmations": 2, "direction": "up"}, {"types": ["headline"], "baseline": "last alert"},
    {"crosses": 30}, {"site": "news.example.com", "size": 3},
]  # fmt: skip
TIMINGS: list[dict[str, Any]] = [
    {}, {"first_wait": 0, "interval": 0}, {"repeat": 0, "interval": "1h"}, {"when": "hourly"},
    {"when": "daily", "zone": "Asia/Tokyo"}, {"quiet_from": "12:30", "quiet_until": "15:00"},
]  # fmt: skip
steps = st.lists(
    st.tuples(st.integers(1, 100), st.integers(1, 2), st.sampled_from([24, 26, 31, 40]), st.sampled_from("AB")),
    min_size=2,
    max_size=14,
)


def rehearsed(desk: Newsdesk, condition: dict[str, Any], timing: dict[str, Any], until: Any) -> Rehearsal:
    with desk.database.read() as session:
        return rehearse(
            session,
            rulebook.read(Condition, condition),
            rulebook.read(Timing, timing),
            BEFORE,
            until,
            rejudge=rejudge,
            pace=Pace(),
            waits=desk.waits,
        )


def told_apart(steps: list[tuple[int, int, int, str]]) -> list[tuple[int, int, int, str]]:
    """Without a third equal Capture in a row: of those only the first and the last have times that are kept, so when a
    Change was confirmed by one between is known to the real thing alone, as `rehearse` says."""
    kept: list[tuple[int, int, int, str]] = []
    said: dict[int, list[int]] = {1: [], 2: []}
    for step in steps:
        if said[step[1]][-2:] != [step[2]] * 2:
            said[step[1]].append(step[2])
            kept.append(step)
    return kept


@settings(max_examples=10, deadline=None)
@given(condition=st.sampled_from(CONDITIONS), timing=st.sampled_from(TIMINGS), steps=steps)
def test_a_rehearsal_says_what_was_sent(
    condition: dict[str, Any], timing: dict[str, Any], steps: list[tuple[int, int, int, str]]
) -> None:
    with TemporaryDirectory() as folder:
        desk = Newsdesk.at(Path(folder))
        with desk.database.write() as session:
            registry.add_channel(session, "desk", "desk@example.org")
            rulebook.add_rule(session, "all", "desk", condition, timing, now=BEFORE)
        at = NOON
        for minutes, article, number, headline in told_apart(steps) if "confirmations" in condition else steps:
            at += minutes * MINUTE
            text = f"The storm killed {number} people in the north of the country on Sunday."
            desk.says(text, at, article, headline=f"Storm {headline}")
        until = at + 2 * DAY
        desk.until(until)
        outcome = rehearsed(desk, condition, timing, until)
        real = [(sent.at, sorted(change["id"] for change in sent.payload["changes"])) for sent in desk.sent]
        assert [(alert.at, sorted(told.change_id for told in alert.changes)) for alert in outcome.alerts] == real
        picks = desk.picks()
        assert outcome.picked == len(picks)
        assert outcome.silent == sum(pick.state in ("silent", "folded") for pick in picks)
        desk.database.close()


def test_nothing_is_kept_and_a_limit_is_said(tmp_path: Path) -> None:
    desk = Newsdesk.at(tmp_path)
    for hour in range(8):
        desk.counts(24 + hour, NOON + hour * HOUR)
    with desk.database.read() as session:
        outcome = rehearse(session, Condition(), Timing(), BEFORE, NOON + DAY, rejudge=rejudge, at_most=3)
        assert not session.new
        assert not session.dirty
    assert (outcome.looked_at, outcome.changes) == (3, 3)
    assert outcome.since == NOON + 5 * HOUR
    assert desk.picks() == []
    assert all(isinstance(pick, Pick) for pick in desk.picks())


@pytest.mark.parametrize(("days", "count"), [(1, 1), (0.02, 0)])
def test_what_still_waits_is_counted_apart(tmp_path: Path, days: float, count: int) -> None:
    desk = Newsdesk.at(tmp_path)
    desk.counts(24, NOON)
    desk.counts(31, NOON + MINUTE)
    outcome = rehearsed(desk, {}, {"when": "daily"}, NOON + timedelta(days=days))
    assert (len(outcome.alerts), outcome.waiting) == (count, 1 - count)
