"""The five seed articles against what was marked in them by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from monitor.facts import Fact, find

SEEDS = Path(__file__).parents[2] / "seeds"
HEDGES = {None: "exact", "approximately": "about", "more than": "more_than", "at least": "at_least"}


def measure_seeds(marks: Path) -> dict[str, float]:
    """`right`: share of the checkable marks; `unmarked`: how many facts nobody marked."""
    days = json.loads((marks.parent / "seeds-doc-dates.json").read_text(encoding="utf-8"))
    rows = list(_rows(marks))
    right = checkable = unmarked = 0
    for name, about in days.items():
        text = (SEEDS / name).read_text(encoding="utf-8")
        facts = find(text, published=date.fromisoformat(about["doc_date"]))
        marked = [row for row in rows if row["file"] == name]
        for row in (row for row in marked if row["checkable"]):
            checkable += 1
            right += any(_fits(fact, row) for fact in facts if _meets(fact, row))
        unmarked += sum(not any(_meets(fact, row) for row in marked) for fact in facts)
    return {"right": right / checkable, "unmarked": unmarked}


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    yield from map(json.loads, path.read_text(encoding="utf-8").splitlines())


def _meets(fact: Fact, row: dict[str, Any]) -> bool:
    return bool(fact.start < row["end"] and fact.end > row["start"])


def _fits(fact: Fact, row: dict[str, Any]) -> bool:
    if row["kind"] == "count":
        quantity = fact.quantity
        hedge = HEDGES.get(row["hedge"], row["hedge"])
        return quantity is not None and quantity.lower == row["value"] and quantity.hedge == hedge
    return fact.time is not None and row["iso"] in (fact.time.value, fact.time.end)
