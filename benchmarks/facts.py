"""CPU time of `monitor.facts.find` for 500 words of English news, on one core.

Run: python benchmarks/facts.py [FILE ...]     (the five seed articles without arguments)
Prints the median of many warm runs; the budget is 3 ms, the limit 5 ms.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from datetime import date
from pathlib import Path

from monitor.facts import find

ROOT = Path(__file__).parents[1]
ROUNDS = 60
WORDS = 500


def milliseconds_for_500_words(text: str) -> float:
    words = len(text.split())
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        find(text, published=date(2023, 7, 1))
        times.append(time.process_time() - start)
    return statistics.median(times) * 1000 * WORDS / words


def main(files: list[str]) -> None:
    paths = [Path(name) for name in files] or sorted((ROOT / "seeds").glob("*.txt"))
    start = time.process_time()
    find("Twelve people were killed on Friday.")
    print(f"first call, lexicon included: {(time.process_time() - start) * 1000:.0f} ms")
    results = {path.name: round(milliseconds_for_500_words(path.read_text(encoding="utf-8")), 2) for path in paths}
    print(json.dumps(results, indent=2))
    print(f"median for {WORDS} words: {statistics.median(results.values()):.2f} ms CPU")


if __name__ == "__main__":
    main(sys.argv[1:])
