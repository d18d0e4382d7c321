"""Facts of different sources meet at least as well as the floors say."""

from __future__ import annotations

from tests.data import real_data
from tests.quality import stories
from tests.quality.floors import FLOORS, lines


def test_facts_of_one_event_meet_as_well_as_the_floors_say() -> None:
    real_data("revisions/world-rss-revisions.jsonl.gz")
    assert [line for line in lines(FLOORS["stories"], stories.measure()) if not line.kept] == []
