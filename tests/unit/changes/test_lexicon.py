"""The words that pairing and notices need are there, and wrong ones are refused by name."""

from importlib.resources import files
from pathlib import Path

import pytest

from monitor.changes.lexicon import context_words, notice_words

LANGUAGES = sorted(folder.name for folder in (files("monitor.changes") / "lexicons").iterdir())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_language_has_all_words(lang: str) -> None:
    words = context_words(lang)
    assert words.endings
    assert words.weak
    assert words.general
    own = notice_words(lang)[0]
    for kind in ("correction", "clarification", "update"):
        assert own.openings[kind]
        assert own.headings[kind]
        assert own.says[kind]
    assert own.neutral


def test_regions_share_their_language_and_unknown_ones_get_english_notices() -> None:
    assert context_words("en-GB") == context_words("en")
    assert context_words("fr_CA") == context_words("fr")
    assert context_words("xx").weak == frozenset()
    assert notice_words("xx") == notice_words("en")
    assert notice_words("../../etc") == notice_words("en")


def test_nouns_exclude_each_other_both_ways() -> None:
    contrary = context_words("en").contrary
    assert {("civilian", "soldier"), ("soldier", "civilian")} <= contrary
    assert not any(one == other for one, other in contrary)


def test_a_wrong_file_is_refused_by_language_file_and_key(tmp_path: Path) -> None:
    folder = tmp_path / "yy"
    folder.mkdir()
    wrong = [
        (context_words, "context.toml", 'weak = "the"', r"lexicons/yy/context\.toml: weak"),
        (context_words, "context.toml", 'contrary = ["man"]', r"lexicons/yy/context\.toml: contrary"),
        (notice_words, "notices.toml", '[notices]\ncorrection = ["(open"]', r"lexicons/yy/notices\.toml: correction"),
    ]
    for load, name, content, said in wrong:
        (folder / name).write_text(content)
        with pytest.raises(ValueError, match=said):
            load("yy", tmp_path)
    (folder / "notices.toml").write_text("[notices")
    with pytest.raises(ValueError, match=r"lexicons/yy/notices\.toml is not valid TOML"):
        notice_words("yy", tmp_path)
