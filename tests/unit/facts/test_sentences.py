"""Sentences: full stops that end nothing, paragraphs, wrapped lines."""

from __future__ import annotations

import pytest

from monitor.facts import sentences


@pytest.mark.parametrize(
    "text",
    [
        "It ends by Dec. 31, 2023.",
        "Col. Assimi Goita met Mr. Diop of the U.N. Security Council in St. Louis.",
        "J. R. Smith arrived at 9 a.m. on Friday.",
        "It cost $1.5 million, i.e. a lot.",
        "The city of Washington, D.C. is in the U.S. and not in Md. at all.",
    ],
)
def test_one_sentence(text: str) -> None:
    assert [sentence.text for sentence in sentences(text)] == [text]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("He left. She stayed.", ["He left.", "She stayed."]),
        ("He left!” She stayed?", ["He left!”", "She stayed?"]),
        ("It was 8 a.m. The door opened.", ["It was 8 a.m.", "The door opened."]),
        ("A headline\n\nA text.", ["A headline", "A text."]),
        ("Number of cases\nAs of 9am there were 12.", ["Number of cases", "As of 9am there were 12."]),
        (
            "This line was wrapped by a machine at about sixty letters\nand goes on here.",
            ["This line was wrapped by a machine at about sixty letters\nand goes on here."],
        ),
        (
            "| Dumfries and Galloway | 235 | 29 | * |\n| Fife | 593 | 135 | 7 |",
            ["| Dumfries and Galloway | 235 | 29 | * |", "| Fife | 593 | 135 | 7 |"],
        ),
        (
            "Dumfries and Galloway, in the south west\t235\nFife\t593",
            ["Dumfries and Galloway, in the south west\t235", "Fife\t593"],
        ),
        ("", []),
        (" \n\n ", []),
        ("no stop at all", ["no stop at all"]),
        ("彼は来た。彼女は去った。", ["彼は来た。", "彼女は去った。"]),
    ],
)
def test_cuts(text: str, wanted: list[str]) -> None:
    found = sentences(text)
    assert [sentence.text for sentence in found] == wanted
    assert all(text[sentence.start : sentence.end] == sentence.text for sentence in found)
