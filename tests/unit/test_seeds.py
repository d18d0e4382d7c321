"""The seeds and their invented later editions are what their metadata says, and nothing else was altered in them."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

SEEDS = Path(__file__).parents[2] / "seeds"
EDITIONS = SEEDS / "editions"
MANIFEST: dict[str, Any] = tomllib.loads((EDITIONS / "manifest.toml").read_text(encoding="utf-8"))
NAMES = sorted(path.stem for path in SEEDS.glob("*.txt"))


def read(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def altered_editions() -> list[Any]:
    """(edition, text before, text after) of every edition that has a text of its own."""
    current = {name: read(SEEDS / f"{name}.txt") for name in NAMES}
    found = []
    for edition in sorted(MANIFEST["edition"], key=lambda edition: edition["round"]):
        if "text" in edition:
            after = read(EDITIONS / edition["text"])
            found.append(pytest.param(edition, current[edition["article"]], after, id=edition["text"]))
            current[edition["article"]] = after
    return found


def test_five_articles_each_with_its_metadata() -> None:
    assert len(NAMES) == 5
    assert sorted(path.stem for path in SEEDS.glob("*.toml")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_metadata_says_no_more_than_the_text_does(name: str) -> None:
    known = tomllib.loads((SEEDS / f"{name}.toml").read_text(encoding="utf-8"))
    text = " ".join(read(SEEDS / f"{name}.txt").casefold().split())
    assert known["published"].year in (2023, 2024)
    for field in ("headline", "byline"):
        assert known.get(field, "").casefold() in text, f"{field} is not in the text"
    host = known["address"].split("/")[2]
    assert host.endswith(".example"), "an invented address must be on a reserved domain (RFC 2606)"
    if known["publisher"].casefold() not in text:
        assert "INVENTED" in (SEEDS / f"{name}.toml").read_text(encoding="utf-8")
        assert known["publisher"].startswith("Unnamed")


@pytest.mark.parametrize(("edition", "before", "after"), altered_editions())
def test_only_what_the_manifest_names_was_altered(edition: dict[str, Any], before: str, after: str) -> None:
    for old, new in edition.get("replaced", []):
        assert old in before, f"{old!r} is not in the edition before"
        before = before.replace(old, new)
    if "added" in edition:
        assert after.count(edition["added"]) == 1
        after = after.replace(f"\n\n{edition['added']}", "")
    if edition.get("moved"):
        assert before != after
        before, after = ("\n".join(sorted(text.split("\n"))) for text in (before, after))
    assert before == after


@pytest.mark.parametrize("edition", MANIFEST["edition"], ids=lambda e: f"{e['article'][:3]}-{e['edition']}")
def test_every_edition_says_what_is_expected_of_it(edition: dict[str, Any]) -> None:
    assert edition["altered"]
    assert bool(edition.get("expect")) != bool(edition.get("silent")), "either changes or the reason of the silence"
    assert {"text", "answer", "furniture"} & edition.keys() or "again" in edition["altered"]


def test_edition_numbers_count_without_gaps() -> None:
    for name in NAMES:
        rounds = [(e["round"], e["edition"]) for e in MANIFEST["edition"] if e["article"] == name]
        assert [number for _, number in sorted(rounds)] == list(range(2, len(rounds) + 2))
        assert len({number for number, _ in rounds}) == len(rounds), f"two editions of {name} in one round"
    assert {e["round"] for e in MANIFEST["edition"]} == {r["number"] for r in MANIFEST["round"]}


def test_every_kind_of_edition_is_played() -> None:
    expected = Counter(change["type"] for e in MANIFEST["edition"] for change in e.get("expect", []))
    assert {"value", "hedge", "notice", "availability"} <= expected.keys()
    assert {e.get("answer") for e in MANIFEST["edition"]} == {None, "gone", "wall", "unavailable", "cut"}


@pytest.mark.parametrize("path", sorted(EDITIONS.glob("*.txt")), ids=lambda path: path.name)
def test_later_editions_say_that_they_are_invented(path: Path) -> None:
    sidecar = path.with_suffix(".toml").read_text(encoding="utf-8")
    assert sidecar.startswith("# INVENTED")
    assert path.name in {e.get("text") for e in MANIFEST["edition"]}, "an edition that nothing plays"
    first = tomllib.loads((SEEDS / f"{path.stem[:-2]}.toml").read_text(encoding="utf-8"))
    assert tomllib.loads(sidecar) == first
