"""Walk the corpus files: each case lists every fact of the file's kinds that its text must give, and no other.

A file has `kinds` (empty: all kinds), may have `published` and `lang`, and `[[case]]` tables with `text` and `facts`. A
fact names only the fields it cares for; "open" is a null bound, "none" a null field. `published = false` means unknown.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from monitor.facts import Fact, find

CORPUS = Path(__file__).parents[2] / "corpus"
FOLDERS = ("en", "und")


def cases() -> Iterator[Any]:
    for folder in FOLDERS:
        for path in sorted((CORPUS / folder).glob("*.toml")):
            page = tomllib.loads(path.read_text(encoding="utf-8"))
            for number, case in enumerate(page["case"]):
                settings = {
                    "kinds": page["kinds"],
                    "published": page.get("published"),
                    "lang": page.get("lang", folder),
                }
                yield pytest.param({**settings, **case}, id=f"{path.stem}-{number}")


def field(fact: Fact, name: str) -> Any:
    if name in ("lower", "upper", "unit", "hedge", "trend"):
        value = getattr(fact.quantity, name, None)
        if value is None:
            return "open" if name in ("lower", "upper") else "none"
        return value
    if name in ("value", "mod", "start", "end", "role", "basis") and fact.time is not None:
        value = getattr(fact.time, name)
        return "none" if value is None else value
    if name == "phrase":
        return fact.phrase.text
    value = getattr(fact, name)
    return "none" if value is None else value


@pytest.mark.parametrize("case", list(cases()))
def test_corpus(case: dict[str, Any]) -> None:
    published = case["published"] if isinstance(case["published"], date) else None
    facts = find(case["text"], published=published, lang=case["lang"])
    facts = [fact for fact in facts if not case["kinds"] or fact.kind in case["kinds"]]
    found = [(fact.kind, fact.quote, fact.key) for fact in facts]
    assert len(facts) == len(case["facts"]), found
    for fact, wanted in zip(facts, case["facts"], strict=True):
        got = {name: field(fact, name) for name in wanted}
        same = all(
            value == pytest.approx(wanted[name]) if isinstance(wanted[name], float) else value == wanted[name]
            for name, value in got.items()
        )
        assert same, (got, wanted, found)


def test_every_case_is_seen() -> None:
    assert len(list(cases())) > 100
