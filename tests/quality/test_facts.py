"""Facts in real and published texts are at least as right as the floors say."""

import pytest

from tests.data import real_data
from tests.quality.facts import MEASURES
from tests.quality.floors import FLOORS, Line, lines


def test_every_set_has_floors() -> None:
    assert set(FLOORS["facts"]) == set(MEASURES)


@pytest.mark.parametrize("name", MEASURES)
def test_facts_reach_the_floors(name: str) -> None:
    figures = MEASURES[name](real_data(name))
    assert [line for line in lines(FLOORS["facts"][name], figures) if not line.kept] == []


def test_a_floor_and_a_ceiling_are_told_apart() -> None:
    measured = {"value": 0.7, "unmarked": 5}
    assert list(lines({"value": 0.7, "unmarked_at_most": 4}, measured)) == [
        Line("value", 0.7, 0.7, ceiling=False),
        Line("unmarked", 5, 4, ceiling=True),
    ]
    assert [line.kept for line in lines({"value": 0.71, "unmarked_at_most": 5}, measured)] == [False, True]
