"""`make quality`: one table of what was measured and the floors; exits with 1 where a floor is not kept."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

from tests.data import DATA
from tests.quality import pages, revisions, stories
from tests.quality.facts import MEASURES
from tests.quality.floors import FLOORS, Line, lines

ROW = "{:34} {:12} {:>9} {:>9}  {}"


def _sets() -> Iterator[tuple[str, list[Line] | None]]:
    """Each set with its lines, None where its data is not here."""
    for name, measure in MEASURES.items():
        path = DATA / name
        yield name, list(lines(FLOORS["facts"][name], measure(path))) if path.exists() else None
    for dated in ("both", "none"):
        known = (DATA / revisions.LABELLED).exists()
        yield f"real edits, dates known of {dated}", list(lines(FLOORS["revisions"], _edits(dated))) if known else None
    known = pages.PAGES.exists() and pages.WALLS.exists() and pages.DAILY.exists()
    told = list(lines(FLOORS["stories"], stories.measure())) if stories.TEXTS.exists() else None
    yield "one event, several sources", told
    yield "real pages", list(lines(FLOORS["pages"], pages.measure())) if known else None


def _edits(dated: str) -> Mapping[str, float]:
    figures = revisions.measure(dated)
    return {
        "recall": figures.recall,
        "precision": figures.precision,
        "right": figures.right,
        "false_alerts": figures.false_alerts,
        "swapped": figures.swapped,
        "unlabelled": figures.unlabelled / max(figures.told, 1),
    }


def main() -> int:
    missed = absent = 0
    sys.stdout.write(ROW.format("set", "figure", "measured", "floor", "").rstrip() + "\n")
    for name, measured in _sets():
        if measured is None:
            absent += 1
            sys.stdout.write(ROW.format(name, "-", "-", "-", "its data is not here") + "\n")
            continue
        for line in measured:
            missed += not line.kept
            limit = f"{'<=' if line.ceiling else '>='} {line.limit:.3g}"
            shown = ROW.format(name, line.name, f"{line.measured:.3f}", limit, "" if line.kept else "MISSED")
            sys.stdout.write(shown.rstrip() + "\n")
    verdict = f"{missed} floors missed" if missed else "every floor is kept"
    sys.stdout.write(verdict + (f"; {absent} sets were not measured\n" if absent else "\n"))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
