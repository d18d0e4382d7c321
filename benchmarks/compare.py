"""Server time of the compare page: usual articles, 20,000 words, and texts made to be slow. The aim is under 2 s.

    python -m benchmarks.compare

All texts are made of the words of the seed articles, with a fixed seed of chance.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fastapi.testclient import TestClient
from rich.console import Console
from rich.table import Table

from monitor.changes import word_diff
from monitor.config import Settings
from monitor.web.app import create_app
from storage.database import Database
from tests.web.newsroom import Newsroom

ROOT = Path(__file__).parents[1]
WORDS = 20_000
LIMIT = 2.0
"""Seconds of server time for a page (issue 5)."""
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Case:
    """Two texts and what they are."""

    name: str
    before: str
    after: str


def run() -> None:
    """Measure and print."""
    table = Table(title=f"Compare page, median CPU seconds of {ROUNDS}; the limit is {LIMIT} s")
    for name in ("texts", "characters", "words", "inline", "side", "kB", "said"):
        table.add_column(name, justify="left" if name in ("texts", "said") else "right", no_wrap=True)
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/corrigenda.db")
        newsroom = Newsroom(database)
        with TestClient(create_app(database, Settings()), base_url="http://127.0.0.1:8000") as client:
            for number, case in enumerate(cases(), 1):
                article = newsroom.article(f"https://a.example/{number}")
                for hours, text in ((2, case.before), (1, case.after)):
                    newsroom.version(article, text, newsroom.ago(hours=hours))
                address = f"/articles/{article}/compare/1/2"
                words, _ = _seconds(lambda c=case: word_diff(c.before, c.after))  # type: ignore[misc]
                inline, html = _seconds(lambda a=address: client.get(a).text)  # type: ignore[misc]
                side, _ = _seconds(lambda a=address: client.get(f"{a}?view=side").text)  # type: ignore[misc]
                told = [
                    words_
                    for words_, mark in (("as kept", "too long for their facts"), ("blocks", "too long to be compared"))
                    if mark in str(html)
                ]
                table.add_row(
                    case.name, f"{len(case.before) + len(case.after):,}", f"{words:.3f}", _judged(inline),
                    _judged(side), f"{len(str(html)) / 1000:,.0f}", ", ".join(told),
                )  # fmt: skip
        database.close()
    Console(width=110).print(table)


def cases() -> Iterator[Case]:
    """Texts as they are, and as nobody should write them."""
    dice = random.Random(7)
    paragraphs = [
        line
        for file in sorted((ROOT / "seeds").glob("*.txt"))
        for line in file.read_text(encoding="utf-8").split("\n")
        if len(line.split()) > 5
    ]
    words = [word for line in paragraphs for word in line.split()]

    def some(count: int, each: int) -> list[str]:
        return [" ".join(dice.choice(words) for _ in range(each)) for _ in range(count // each)]

    def edited(line: str, share: float) -> str:
        return " ".join(dice.choice(words) if dice.random() < share else word for word in line.split())

    def shuffled(lines: list[str]) -> list[str]:
        return dice.sample(lines, len(lines))

    def deaths() -> str:
        lines = (
            f"{dice.randrange(2, 999)} people were killed in Ansk on {dice.randrange(1, 28)} March."
            for _ in range(WORDS // 9)
        )
        return "\n\n".join(lines)

    usual = [dice.choice(paragraphs) for _ in range(25)]
    yield Case(
        "a usual article, two edits", "\n\n".join(usual), "\n\n".join([*usual[:5], edited(usual[5], 0.1), *usual[6:]])
    )
    long = some(WORDS, 60)
    yield Case("20,000 words, one in 30 paragraphs edited", "\n\n".join(long),
               "\n\n".join(edited(line, 0.05) if i % 30 == 0 else line for i, line in enumerate(long)))  # fmt: skip
    yield Case(
        "20,000 words, every paragraph edited", "\n\n".join(long), "\n\n".join(edited(line, 0.1) for line in long)
    )
    yield Case("20,000 words, all paragraphs moved", "\n\n".join(long), "\n\n".join(shuffled(long)))
    yield Case("20,000 words, all replaced", "\n\n".join(long), "\n\n".join(some(WORDS, 60)))
    yield Case("one paragraph of 20,000 words", " ".join(long), edited(" ".join(long), 0.02))
    yield Case("one paragraph of 20,000 words, replaced", " ".join(long), " ".join(some(WORDS, 60)))
    tiny = some(WORDS, 4)
    yield Case("5,000 tiny paragraphs, all moved", "\n\n".join(tiny), "\n\n".join(shuffled(tiny)))
    yield Case("5,000 tiny paragraphs, all replaced", "\n\n".join(tiny), "\n\n".join(some(WORDS, 4)))
    yield Case("one word 20,000 times, and once more", "word " * WORDS, "word " * (WORDS + 1))
    yield Case("three words 7,000 times, in another order", "one two three " * 7_000, "one three two " * 7_000)
    yield Case("20,000 words, a death toll in each ninth", deaths(), deaths())
    hanzi = "".join(chr(dice.randrange(0x4E00, 0x5E00)) for _ in range(WORDS))
    yield Case("20,000 Han characters without a space", hanzi, hanzi[: WORDS // 2] + "死亡" + hanzi[WORDS // 2 + 7 :])
    arabic = " ".join("".join(chr(dice.randrange(0x621, 0x64A)) for _ in range(6)) for _ in range(WORDS))
    yield Case("20,000 Arabic words", arabic, edited(arabic, 0.01))
    marks = "".join(f"e{chr(0x300 + dice.randrange(60))}" for _ in range(WORDS))
    yield Case("40,000 letters with combining marks", marks, marks[:20_000] + "x" + marks[20_000:])
    yield Case("a word of 100,000 letters", "x" * 100_000, "x" * 50_000 + "y" + "x" * 50_000)
    yield Case("a book of 180,000 words", "\n\n".join(long * 9), "\n\n".join(edited(line, 0.01) for line in long * 9))


def _judged(seconds: float) -> str:
    return f"{seconds:.2f}" if seconds < LIMIT else f"[red]{seconds:.2f}[/red]"


def _seconds(work: Callable[[], object]) -> tuple[float, object]:
    """Median CPU seconds of all threads, and what came of it last."""
    times = []
    result: object = None
    for _ in range(ROUNDS):
        begun = time.process_time()
        result = work()
        times.append(time.process_time() - begun)
    return statistics.median(times), result


if __name__ == "__main__":
    run()
