"""The five seeds side by side: the golden file is what a person reads and finds right.

A new golden is written when there is none, and the test then fails: look at it before you keep it.
"""

from __future__ import annotations

import itertools
import tomllib
from pathlib import Path

from monitor.changes import Reading
from monitor.changes.wording import value_words
from monitor.stories import Row, compare_sources, voices

SEEDS = Path(__file__).parents[3] / "seeds"
GOLDEN = Path(__file__).with_name("seeds.golden.txt")
NAMES = sorted(path.stem for path in SEEDS.glob("*.txt"))


def readings() -> list[Reading]:
    """The seeds with their dates of publication."""
    known = [tomllib.loads((SEEDS / f"{name}.toml").read_text(encoding="utf-8")) for name in NAMES]
    texts = [(SEEDS / f"{name}.txt").read_text(encoding="utf-8") for name in NAMES]
    return [Reading(text, each["published"], "en") for text, each in zip(texts, known, strict=True)]


def written(rows: tuple[Row, ...]) -> str:
    """The matrix as lines of text."""
    out = []
    for row in rows:
        out.append(f"{row.subject or row.key}: {row.verdict if len(row.sources) > 1 else 'one source'}")
        for cell in row.cells:
            scope = f", as of {cell.scope}" if cell.scope else ""
            phrase = " ".join(cell.fact.phrase.text.split())
            out.append(f"  {NAMES[cell.source][:3]}  {value_words(cell.fact)}{scope}  “{phrase}”")
    return "\n".join(out) + "\n"


def test_the_matrix_is_the_golden_one() -> None:
    found = written(compare_sources(readings()))
    if not GOLDEN.exists():
        GOLDEN.write_text(found, encoding="utf-8")
        raise AssertionError(f"{GOLDEN} was written: please review")
    assert found == GOLDEN.read_text(encoding="utf-8")


def test_it_does_not_depend_on_the_order_of_the_sources() -> None:
    given = readings()
    expected = {frozenset((cell.source, cell.fact.start) for cell in row.cells) for row in compare_sources(given)}
    for order in list(itertools.permutations(range(5)))[::17]:
        rows = compare_sources([given[number] for number in order])
        assert {frozenset((order[cell.source], cell.fact.start) for cell in row.cells) for row in rows} == expected


def test_every_fact_is_in_one_line_only_and_quotes_its_text() -> None:
    given = readings()
    seen = set()
    for row in compare_sources(given):
        for cell in row.cells:
            for fact in (cell.fact, *cell.repeated):
                assert (cell.source, fact.start) not in seen
                seen.add((cell.source, fact.start))
                assert given[cell.source].text[fact.start : fact.end] == fact.quote


def test_a_source_agrees_with_itself() -> None:
    one = readings()[3]
    assert {row.verdict for row in compare_sources([one, one])} == {"agree"}


def test_no_seed_repeats_another_but_a_copy_is_one_voice_with_its_original() -> None:
    texts = [reading.text for reading in readings()]
    assert voices(texts) == (0, 1, 2, 3, 4)
    copy = "MALI — From our agencies.\n\n" + texts[1].replace("unanimously", "as one") + "\n\nRead more on our site."
    assert voices([*texts, copy]) == (0, 1, 2, 3, 4, 1)
