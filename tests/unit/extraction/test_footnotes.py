"""Markers of footnotes are no digits of the figure before them."""

from __future__ import annotations

import pytest
from lxml import html

from monitor.extraction.footnotes import without_markers


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("45<sup>1</sup> died", "45 died"),
        ("<b>45</b><sup>12</sup> died", "45 died"),
        ("<b>45<sup>1, 2</sup></b> died", "45 died"),
        ("died, he said.<sup>3</sup> Later", "died, he said. Later"),
        ("the ministry<sup>2</sup> said", "the ministry said"),
        ('45<sup><a href="#n1">a</a></sup> died', "45 died"),
        ('45<a href="#n1"><sup>[1]</sup></a> died', "45 died"),
        ("45<sup>[note 1]</sup> died", "45[note 1] died"),
        ("12 km<sup>2</sup>, E = mc<sup>2</sup>, 5 m<sup>3</sup>", "12 km2, E = mc2, 5 m3"),
        ("10<sup>6</sup> litres, 110<sup>6</sup> cows", "10^6 litres, 110 cows"),
        ("the 4<sup>th</sup> of May, le 30<sup>e</sup> jour, CO<sub>2</sub>", "the 4th of May, le 30e jour, CO2"),
        ("<sup>1</sup> As of Monday", " As of Monday"),
    ],
)
def test_what_is_set_high(written: str, read: str) -> None:
    tree = html.fromstring(f"<html><body><p>{written}</p></body></html>")
    assert without_markers(tree).find(".//p").text_content() == read
