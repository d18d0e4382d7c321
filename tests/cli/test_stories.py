"""`compare-sources`, and the commands of `story` that lay sources side by side and decide which facts are one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine

SEEDS = sorted((Path(__file__).parents[2] / "seeds").glob("*.txt"))
FIRST = "At least 170 peacekeepers have been killed in Mali since 2013, the United Nations said.\n"
SECOND = "303 peacekeepers have died in Mali. The mission has 13,000 troops.\n"


@pytest.fixture
def two(corrigenda: CommandLine) -> CommandLine:
    """Two texts about one toll."""
    (corrigenda.folder / "first.txt").write_text(FIRST, encoding="utf-8")
    (corrigenda.folder / "second.txt").write_text(SECOND, encoding="utf-8")
    return corrigenda


def test_sources_are_compared_without_a_database(two: CommandLine) -> None:
    answer = two("compare-sources", "first.txt", "second.txt", "--json").json
    assert set(answer) == {"lines"}
    [toll] = [line for line in answer["lines"] if line["key"] == "casualties:killed:peacekeeper"]
    assert set(toll) == {"key", "subject", "verdict", "cells"}
    assert (toll["subject"], toll["verdict"]) == ("peacekeepers killed", "compatible")
    assert [(cell["file"], cell["fact"]["quote"]) for cell in toll["cells"]] == [
        ("first.txt", "170"),
        ("second.txt", "303"),
    ]
    assert not list(two.folder.glob("*.db"))


def test_the_five_seeds_side_by_side(corrigenda: CommandLine) -> None:
    lines = corrigenda("compare-sources", *map(str, SEEDS), "--json").json["lines"]
    verdicts = {line["subject"]: line["verdict"] for line in lines}
    assert verdicts["peacekeepers killed"] == "disagree"
    assert verdicts["coups"] == "agree"
    shown = corrigenda("compare-sources", *map(str, SEEDS), "--explain").out
    assert "more than 15,000" in shown
    assert "the same thing is counted" in shown


def test_a_copy_is_said_to_be_one_voice(two: CommandLine) -> None:
    (two.folder / "copy.txt").write_text(
        f"From our agencies.\n\n{SEEDS[3].read_text(encoding='utf-8')}", encoding="utf-8"
    )
    said = two("compare-sources", str(SEEDS[3]), "first.txt", "copy.txt").out
    assert f"copy.txt repeats the text of {SEEDS[3]}: they are one voice." in said


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (["first.txt"], "two files or more"),
        (["first.txt", "first.txt"], "named twice"),
        (["first.txt", "nothing.txt"], "nothing.txt"),
    ],
)
def test_what_cannot_be_compared_is_said(two: CommandLine, files: list[str], said: str) -> None:
    failed = two("compare-sources", *files, code=2)
    assert said in failed.err


def test_a_story_is_shown_and_decided(two: CommandLine) -> None:
    two("init")
    (two.folder / "corrigenda.toml").write_text(f'[files]\nfolders = ["{two.folder}"]\n', encoding="utf-8")
    two("add", "first.txt", "second.txt")
    two("check", "--all")
    two("story", "put", "Mali", "1", "2")
    [line] = two("story", "show", "mali", "--json").json["lines"]
    assert (line["subject"], line["verdict"]) == ("peacekeepers killed", "compatible")
    assert [cell["fact"]["quote"] for cell in line["cells"]] == ["170", "303"]
    assert "at least 170" in two("story", "show", "mali").out
    number = str(line["line"])
    assert two("story", "name", "mali", number, "the dead", "--json").json == {"line": line["line"], "name": "the dead"}
    split = two("story", "split", "mali", number, "2", "--json").json["line"]
    assert two("story", "show", "mali", "--json").json["lines"] == []
    assert two("story", "merge", "mali", number, str(split), "--json").json == {"line": line["line"]}
    assert two("story", "accept", "mali", number, "--json").json["facts"] == 2
    assert two("story", "show", "mali", "--json").json["lines"][0]["subject"] == "the dead"
    assert "no line 99" in two("story", "accept", "mali", "99", code=2).err


def test_articles_and_stories_are_proposed(corrigenda: CommandLine) -> None:
    corrigenda("init")
    (corrigenda.folder / "corrigenda.toml").write_text(f'[files]\nfolders = ["{SEEDS[0].parent}"]\n', encoding="utf-8")
    corrigenda("add", *map(str, SEEDS))
    corrigenda("check", "--all")
    [proposed] = corrigenda("story", "propose", "--json").json
    assert len(proposed["articles"]) >= 3
    assert "minusma" in proposed["names"]
    corrigenda("story", "put", "Mali", "1", "2", "3")
    assert 4 in [each["article"] for each in corrigenda("story", "propose", "mali", "--json").json]
