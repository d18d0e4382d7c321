"""How right the facts are, on real and published sets that lie outside of the project.

Run: python benchmarks/facts_quality.py            (CORRIGENDA_TEST_DATA names the folder; ../shared/data without it)
Prints for each set that is there: TempEval-3 training and WikiWars (strict, relaxed and value F1 as TempEval-3 defines
them), the hand-marked seed articles, the numeric models of Recognizers-Text, the examples of quantulum3.
"""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from monitor.facts import Fact, find

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("CORRIGENDA_TEST_DATA", ROOT.parent / "shared" / "data"))
RECOGNIZERS = {
    "Number/English/NumberModel": ("count", "rate", "date", "age", "money", "measure", "percent", "personnel"),
    "Number/English/OrdinalModel": ("ordinal",),
    "Number/English/PercentModel": ("percent",),
    "NumberWithUnit/English/AgeModel": ("age",),
    "NumberWithUnit/English/CurrencyModel": ("money",),
    "NumberWithUnit/English/DimensionModel": ("measure",),
}
HEDGES = {None: "exact", "approximately": "about", "more than": "more_than", "at least": "at_least"}


def timeml(path: Path) -> tuple[date | None, str, list[tuple[int, int, str]]]:
    """A TimeML file: its date, its text, and (start, end, value) of each TIMEX3."""
    source = path.read_text(encoding="utf-8", errors="replace")
    created = re.search(r'<DCT>.*?value="([^"]*)"', source, re.S)
    body = re.search(r"<TEXT>(.*?)</TEXT>", source, re.S)
    assert created is not None
    assert body is not None
    pieces: list[str] = []
    gold: list[tuple[int, int, str]] = []
    stack: list[tuple[int, str]] = []
    position = 0
    for match in re.finditer(r"<(/?)(\w+)([^>]*)>|[^<]+", body.group(1)):
        if match.group(2) is None:
            pieces.append(html.unescape(match.group(0)))
            position += len(pieces[-1])
        elif match.group(2) == "TIMEX3" and match.group(1):
            start, value = stack.pop()
            gold.append((start, position, value))
        elif match.group(2) == "TIMEX3":
            value_match = re.search(r'value="([^"]*)"', match.group(3))
            stack.append((position, value_match.group(1) if value_match else ""))
    try:
        day = date.fromisoformat(created.group(1)[:10])
    except ValueError:
        day = None
    return day, "".join(pieces), gold


def overlap(fact: Fact, marked: tuple[int, int, str]) -> int:
    return min(fact.end, marked[1]) - max(fact.start, marked[0])


def score_times(paths: Iterable[Path]) -> str:
    expected = found = strict = relaxed = values = 0
    for path in paths:
        day, text, gold = timeml(path)
        facts = [fact for fact in find(text, published=day) if fact.time is not None]
        expected, found = expected + len(gold), found + len(facts)
        left = list(gold)
        for fact in facts:
            overlapping = [marked for marked in left if overlap(fact, marked) > 0]
            if not overlapping:
                continue
            best = max(overlapping, key=partial(overlap, fact))
            left.remove(best)
            relaxed += 1
            strict += (fact.start, fact.end) == best[:2]
            values += fact.time is not None and fact.time.value == best[2]
    shown = [f"{name} {200 * right / (expected + found):.1f}" for name, right in
             (("strict", strict), ("relaxed", relaxed), ("value", values))]  # fmt: skip
    return f"F1 {', '.join(shown)} ({expected} expected, {found} found)"


def lines(name: str) -> Iterator[dict[str, Any]]:
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def fits(fact: Fact, row: dict[str, Any]) -> bool:
    if row["kind"] == "count":
        quantity = fact.quantity
        if quantity is None:
            return False
        return bool(quantity.lower == row["value"] and quantity.hedge == HEDGES.get(row["hedge"], row["hedge"]))
    return fact.time is not None and row["iso"] in (fact.time.value, fact.time.end)


def score_seeds() -> str:
    days = json.loads((DATA / "seeds-doc-dates.json").read_text(encoding="utf-8"))
    rows = list(lines("seeds-gold.jsonl"))
    right = checkable = extra = 0
    for name, about in days.items():
        text = (ROOT / "seeds" / name).read_text(encoding="utf-8")
        facts = find(text, published=date.fromisoformat(about["doc_date"]))
        marked = [row for row in rows if row["file"] == name]
        for row in marked:
            if row["checkable"]:
                checkable += 1
                right += any(fits(f, row) for f in facts if f.start < row["end"] and f.end > row["start"])
        extra += sum(not any(f.start < row["end"] and f.end > row["start"] for row in marked) for f in facts)
    return f"{right} of {checkable} right, {extra} facts that nobody marked"


def same_number(fact: Fact, wanted: float) -> bool:
    if fact.time is not None:
        return fact.time.value == str(int(wanted))
    ends = [] if fact.quantity is None else [fact.quantity.lower, fact.quantity.upper]
    if len(ends) == 2 and ends[0] is not None and ends[1] is not None:
        ends.append((ends[0] + ends[1]) / 2)  # quantulum3 gives the middle of a range
    return any(end is not None and abs(end - wanted) <= 1e-4 * max(1, abs(wanted)) for end in ends)


def recognized(case: dict[str, Any], kinds: tuple[str, ...]) -> bool:
    facts = [fact for fact in find(case["Input"]) if fact.kind in kinds]
    if not case["Results"]:
        return not facts
    for result in case["Results"]:
        value = str((result.get("Resolution") or {}).get("value")).rstrip("%")
        near = [f for f in facts if f.start <= result["End"] and f.end > result["Start"]]
        try:
            if not any(same_number(fact, float(value)) for fact in near):
                return False
        except ValueError:
            return False
    return True


def score_recognizers() -> str:
    right = total = 0
    shown = []
    for name, kinds in RECOGNIZERS.items():
        cases = json.loads((DATA / "recognizers-specs" / f"{name}.json").read_text(encoding="utf-8-sig"))
        cases = [case for case in cases if "dotnet" not in case.get("NotSupported", "")]
        good = sum(recognized(case, kinds) for case in cases)
        shown.append(f"{name.rsplit('/', 1)[1]} {good}/{len(cases)}")
        right, total = right + good, total + len(cases)
    return f"{100 * right / total:.1f} % of {total} cases ({', '.join(shown)})"


def score_quantulum() -> str:
    hits = misses = extra = 0
    for case in json.loads((DATA / "quantulum3" / "quantities.json").read_text(encoding="utf-8")):
        facts = [fact for fact in find(case["req"]) if fact.quantity is not None and fact.kind != "duration"]
        left = list(facts)
        for wanted in case["res"]:
            found = next((fact for fact in left if same_number(fact, wanted["value"])), None)
            if found is None:
                misses += 1
            else:
                left.remove(found)
                hits += 1
        extra += len(left)
    return f"value F1 {200 * hits / (2 * hits + misses + extra):.1f}"


def main() -> None:
    measures = {
        "te3-train": lambda: score_times(sorted((DATA / "te3-train").glob("*/*.tml"))),
        "wikiwars": lambda: score_times(sorted((DATA / "wikiwars" / "train").glob("*.tml"))),
        "seeds-gold.jsonl": score_seeds,
        "recognizers-specs": score_recognizers,
        "quantulum3": score_quantulum,
    }
    for name, measure in measures.items():
        print(f"{name}: {measure() if (DATA / name).exists() else 'not here'}")


if __name__ == "__main__":
    main()
