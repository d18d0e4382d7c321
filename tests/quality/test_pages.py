"""The measure of pages keeps its floors (`make quality` shows the figures)."""

from __future__ import annotations

from tests.data import real_data
from tests.quality import pages
from tests.quality.floors import FLOORS, lines


def test_pages_keep_their_floors() -> None:
    real_data("pages")
    missed = [line for line in lines(FLOORS["pages"], pages.measure()) if not line.kept]
    assert missed == []
