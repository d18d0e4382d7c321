"""What a reader would call the same letters."""

import pytest

from monitor.changes.folding import fold, plain, tokens

SAME = [
    ("“We’re here”", '"we\'re here"'),
    ("1,200\u200b homes", "1,200 homes"),
    ("three\u00a0days", "three  days"),
    ("cafe\u0301", "café"),
    ("ﬁre", "fire"),
    ("2013–2023", "2013-2023"),
    ("\ufeffPeace\u202e", "peace"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_typography_folds_away(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("1.5", "15"), ("170", "303"), ("resume", "résumé"), ("a b", "ab")])
def test_what_differs_stays_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_plain_keeps_capitals() -> None:
    assert plain("“The U.N.”") == '"The U.N."'


def test_tokens_are_words_numbers_and_signs_and_letters_of_unspaced_scripts() -> None:
    assert tokens(fold("It's $1,200.50, or 5%.")) == ["it's", "$", "1,200.50", "or", "5", "%"]
    assert tokens(fold("5人が死亡")) == ["5", "人", "が", "死", "亡"]
