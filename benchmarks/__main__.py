"""`make benchmark`: `python -m benchmarks [PART...]`, all parts by default; figures also in benchmarks/results.json."""

from __future__ import annotations

import argparse
import signal
import sys
import time
import traceback
from collections.abc import Callable

from benchmarks import checks, facts, memory, scale, workers
from benchmarks.results import FILE, Results

PARTS: dict[str, tuple[str, Callable[[Results], None]]] = {
    "facts": ("finding and comparing facts", lambda results: facts.run()),
    "checks": ("one check, beside a plain loop and other programs", checks.run),
    "scale": ("a million articles on one machine", scale.run),
    "workers": ("many processes on one PostgreSQL", workers.run),
    "memory": ("memory by the number of articles", memory.run),
}
BY_NAME = (
    "By name, as they take minutes: python -m benchmarks.day (a simulated day), .pace (delays), .compare (the compare "
    "page), .stories (a story of a thousand articles), .pages (every page at a million versions), .deliveries (10,000 "
    "that wait)"
)


def main() -> int:
    """Run the parts one after the other; one that fails does not keep the others from running."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    wanted: list[str] = parser.parse_args().parts or list(PARTS)
    if unknown := [name for name in wanted if name not in PARTS]:
        parser.error(f"there is no part {unknown[0]!r}: choose from {', '.join(PARTS)}")
    # Who is told to end ends what he has started, as after Ctrl-C.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    results = Results()
    failed = []
    for name in wanted:
        what, measure = PARTS[name]
        print(f"\n{name}: {what}", flush=True)
        began = time.monotonic()
        try:
            measure(results)
        except Exception:  # noqa: BLE001 - said, and the next part runs
            traceback.print_exc()
            failed.append(name)
        print(f"({name} took {time.monotonic() - began:.0f} s)", flush=True)
    results.add(parts=wanted, failed=failed)
    print(f"\nAll figures: {FILE}. {BY_NAME}")
    return len(failed)


if __name__ == "__main__":
    raise SystemExit(main())
