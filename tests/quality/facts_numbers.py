"""Numbers and quantities: the specs of Recognizers-Text, the examples of quantulum3 and of Duckling."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from monitor.facts import Fact, find

BARE = frozenset(["count", "rate", "personnel", "casualties", "detained", "displaced"])
WITH_UNIT = frozenset(["money", "measure", "percent", "age", "duration", "date"])
RECOGNIZERS = {
    "Number/English/NumberModel": BARE | WITH_UNIT,
    "Number/English/OrdinalModel": frozenset(["ordinal"]),
    "Number/English/PercentModel": frozenset(["percent"]),
    "NumberWithUnit/English/AgeModel": frozenset(["age"]),
    "NumberWithUnit/English/CurrencyModel": frozenset(["money"]),
    "NumberWithUnit/English/DimensionModel": frozenset(["measure"]),
}
"""Which kinds of fact each model's results are."""
CENTS = frozenset(["Cent", "Penny", "Pence"])
"""Units of which a hundred are one of the currency that a Fact counts in (ISO 4217 has no others)."""
DUCKLING = ("Numeral", "Ordinal", "AmountOfMoney", "Distance", "Temperature", "Volume", "Quantity")


def measure_recognizers(folder: Path) -> dict[str, float]:
    """Share of the cases in which every result is there, and nothing where nothing is expected; 0 to 1.

    `all` models; `numeric`: all but the ordinals, half of which ("the last", "next") are no numbers to us.
    """
    right = {
        name: [_recognized(case, kinds) for case in _cases(folder / f"{name}.json")]
        for name, kinds in RECOGNIZERS.items()
    }
    figures = {name.rsplit("/", 1)[1]: sum(good) / len(good) for name, good in right.items()}
    numeric = [good for name, model in right.items() if "Ordinal" not in name for good in model]
    every = [good for model in right.values() for good in model]
    return {"all": sum(every) / len(every), "numeric": sum(numeric) / len(numeric), **figures}


def _cases(path: Path) -> list[dict[str, Any]]:
    cases = json.loads(path.read_text(encoding="utf-8-sig"))
    return [case for case in cases if "dotnet" not in case.get("NotSupported", "")]


def _recognized(case: dict[str, Any], kinds: frozenset[str]) -> bool:
    facts = [fact for fact in find(case["Input"]) if fact.kind in kinds]
    if not case["Results"]:
        return not [fact for fact in facts if fact.kind in BARE or not kinds >= BARE]
    return all(_is_found(result, facts) for result in case["Results"])


def _is_found(result: dict[str, Any], facts: list[Fact]) -> bool:
    resolution = result.get("Resolution") or {}
    try:
        wanted = float(str(resolution.get("value")).rstrip("%"))
    except ValueError:
        return False
    if resolution.get("unit") in CENTS:
        wanted /= 100
    return any(_same(fact, wanted) for fact in facts if fact.start <= result["End"] and fact.end > result["Start"])


def _same(fact: Fact, wanted: float) -> bool:
    if fact.time is not None and fact.quantity is None:
        return fact.time.value == str(int(wanted))
    ends = [] if fact.quantity is None else [fact.quantity.lower, fact.quantity.upper]
    if len(ends) == 2 and ends[0] is not None and ends[1] is not None:
        ends.append((ends[0] + ends[1]) / 2)  # quantulum3 gives the middle of a range
    return any(end is not None and abs(end - wanted) <= 1e-4 * max(1e-3, abs(wanted)) for end in ends)


def measure_quantulum(folder: Path) -> dict[str, float]:
    """F1 of the values; 0 to 1."""
    hits = misses = extra = 0
    for case in json.loads((folder / "quantities.json").read_text(encoding="utf-8")):
        left = [fact for fact in find(case["req"]) if fact.quantity is not None]
        for wanted in case["res"]:
            value = wanted["value"] / 100 if wanted.get("unit") in ("cent", "penny") else wanted["value"]
            found = next((fact for fact in left if _same(fact, value)), None)
            if found is None:
                misses += 1
            else:
                left.remove(found)
                hits += 1
        extra += len(left)
    return {"value": 2 * hits / (2 * hits + misses + extra)}


def measure_duckling(folder: Path) -> dict[str, float]:
    """Share of the examples whose numbers are those of a fact, or that have none and give none; 0 to 1."""
    right = [
        _speaks_of(find(row["input"]), row["expected"])
        for name in DUCKLING
        for row in _rows(folder / "EN" / f"{name}.jsonl")
    ]
    return {"value": sum(right) / len(right)}


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    yield from map(json.loads, path.read_text(encoding="utf-8").splitlines())


def _speaks_of(facts: list[Fact], expected: str | None) -> bool:
    if expected is None:
        return not facts
    scale = 0.01 if re.search(r"\bCent\b", expected) else 1
    wanted = [scale * float(number) for number in re.findall(r"-?\d+(?:\.\d+)?(?:e\d+)?", expected)]
    return any(all(_same(fact, number) for number in wanted) for fact in facts)
