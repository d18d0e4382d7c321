"""The quick look for phrases finds every place that the exact one finds."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.extraction import words as words_module
from monitor.extraction.words import Phrases, wider

_TABLE = tomllib.loads((Path(words_module.__file__).parent / "walls.toml").read_text(encoding="utf-8"))
_PHRASES = [phrase for kind in _TABLE.values() for phrases in kind.values() for phrase in phrases]


def _written(phrase: str) -> st.SearchStrategy[tuple[str, str]]:
    return st.tuples(st.just(phrase), st.from_regex(re.compile(phrase, re.IGNORECASE)))


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(_PHRASES).flatmap(_written))
def test_what_a_phrase_finds_the_wider_one_finds(case: tuple[str, str]) -> None:
    phrase, text = case
    options = re2.Options()
    options.case_sensitive = False
    if re.search(phrase, text, re.IGNORECASE):
        assert re2.compile(wider(phrase), options).search(text.encode("utf-8", "replace").decode()), (phrase, text)


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"\bverify\b", "please verify that", "verify"),
        (r"\bverify\b", "unverifyable", None),
        (r"(?-i:(?<=\w )Sie\b)", "bitten Sie darum", "Sie"),
        (r"(?-i:(?<=\w )Sie\b)", "bitten sie darum", None),
        (r"^error\W*$", "Error\n", "Error\n"),
        (r"\d\s\w", "٣\u3000é", "٣\u3000é"),
        (r"40(?![1-37])\d", "407", None),
        (r"40(?![1-37])\d", "404", "404"),
        (r"[(\s$]x", "\u00a0x", "\u00a0x"),
    ],
)
def test_phrases_find_what_re_finds(pattern: str, text: str, found: str | None) -> None:
    match = Phrases([r"never seen", pattern]).search(text)
    assert (match[0] if match else None) == found
    assert [each[0] for each in Phrases([pattern]).finditer(text)] == ([found] if found else [])
