"""Real edits are judged at least as well as the floors say."""

import tomllib
from pathlib import Path

import pytest

from tests.quality.revisions import measure

FLOORS = tomllib.loads((Path(__file__).parent / "floors.toml").read_text(encoding="utf-8"))["revisions"]


@pytest.mark.parametrize("dated", ["both", "none"])
def test_real_edits_reach_the_floors(dated: str) -> None:
    figures = measure(dated)
    assert figures.recall >= FLOORS["recall"]
    assert figures.precision >= FLOORS["precision"]
    assert figures.right >= FLOORS["right"]
    assert figures.false_alerts <= FLOORS["false_alerts_at_most"]
    assert figures.swapped <= FLOORS["swapped_at_most"]
    assert figures.unlabelled <= FLOORS["unlabelled_at_most"] * figures.told
