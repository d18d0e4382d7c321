"""Every pair of the corpus is judged as its file says: nothing missing, nothing beyond."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from monitor.changes import Change, Reading, compare

CORPUS = Path(__file__).parents[2] / "corpus" / "pairs"


def pairs() -> list[Any]:
    return [
        pytest.param(file.parent.name, pair, id=f"{file.parent.name}-{file.stem}-{pair['name']}")
        for file in sorted(CORPUS.glob("*/*.toml"))
        for pair in tomllib.loads(file.read_text(encoding="utf-8"))["pair"]
    ]


def readings(lang: str, pair: dict[str, Any]) -> tuple[Reading, Reading]:
    published = date.fromisoformat(pair["published"]) if "published" in pair else None
    later = date.fromisoformat(pair["published_after"]) if "published_after" in pair else published
    return Reading(pair["before"], published, lang), Reading(pair["after"], later, lang)


def said(change: Change) -> str:
    if change.type == "notice":
        words = f"notice: {change.subject}"
    elif change.before_text and change.after_text:
        words = f"{change.type}: {change.before_text} -> {change.after_text}"
    else:
        words = f"{change.type}: " + " -> ".join(fact.quote for fact in (change.before, change.after) if fact)
    return words + (" (acknowledged)" if change.acknowledged else "")


@pytest.mark.parametrize(("lang", "pair"), pairs())
def test_pair(lang: str, pair: dict[str, Any]) -> None:
    changes = compare(*readings(lang, pair)).changes
    assert sorted(map(said, changes)) == sorted(pair.get("changes", []))


@pytest.mark.parametrize(("lang", "pair"), pairs())
def test_swapped_pair(lang: str, pair: dict[str, Any]) -> None:
    """The way back: added and removed change places, all others change sides."""
    before, after = readings(lang, pair)
    there, back = compare(before, after), compare(after, before)
    swapped = {"added": "removed", "removed": "added"}
    told = [(c.type, c.before, c.after) for c in there.changes]
    told_back = [(swapped.get(c.type, c.type), c.after, c.before) for c in back.changes]
    assert sorted(map(str, told)) == sorted(map(str, told_back))
