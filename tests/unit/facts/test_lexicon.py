"""Word lists are checked when they are read, and an error names file and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.facts.errors import LexiconError
from monitor.facts.lexicon.read import lexicon, read_lexicon


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("numbers", "[cardinals]\none = 'first'\n", "numbers.toml: cardinals.one has a value of the wrong type"),
        (
            "calendar",
            "[grains]\nday = ['day']\nweek = ['day']\n",
            "calendar.toml: grains.week: 'day' already means 'day'",
        ),
        ("hedges", "before = 3\n", "hedges.toml: before must be a dict, not int"),
        ("events", "[killed]\nafter = ['dead']\n", "events.toml: killed.kind is missing"),
        ("furniture", "lines = ['(']\n", "furniture.toml: lines: '('"),
        ("money", "not toml", "money.toml: not readable as TOML"),
    ],
)
def test_errors_name_file_and_key(tmp_path: Path, name: str, content: str, message: str) -> None:
    (tmp_path / f"{name}.toml").write_text(content, encoding="utf-8")
    with pytest.raises(LexiconError) as error:
        read_lexicon(tmp_path, "qq")
    assert message in str(error.value)


def test_the_region_of_a_code_is_left_out() -> None:
    assert lexicon("en-GB").months == lexicon("EN_us").months == lexicon("en").months


@pytest.mark.parametrize("code", ["", "xx", "../en", "en/..", "123", "🙂", "und"])
def test_an_unknown_code_gives_no_words(code: str) -> None:
    assert lexicon(code).months == {}
