"""What hostile pages do to those who come after fetching and extraction: the rest of hostile.jsonl."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from alerts.channels.email.compose import compose
from alerts.channels.sending import Message
from alerts.told import ToldArticle
from monitor.changes import Reading, compare
from monitor.changes.words import word_diff
from monitor.extraction.normalise import line
from storage.database import Database
from tests.data import real_data
from tests.unit.alerts.examples import headline, payload_of, told_by

CHANCE = random.Random(7)


def _letters(count: int) -> str:
    return "".join(CHANCE.choices("abcdefgh ", k=count))


def _line(words: int) -> str:
    return " ".join("".join(CHANCE.choices("abcdefghijk", k=6)) for _ in range(words))


def _lines(count: int) -> str:
    return "\n\n".join(_line(8) for _ in range(count))


def _with_one_in_a_hundred_changed(words: list[str]) -> list[str]:
    return [word if CHANCE.random() > 0.01 else "other" for word in words]


LONG = _line(20_000).split()
DIFFERENCES: dict[str, tuple[str, str]] = {
    "diff/words_same_10000": ("the " * 10_000, "the " * 9999 + "x"),
    "diff/words_same_5000": ("the " * 5000, "the " * 4999 + "x"),
    "diff/chars_20000": (
        "".join(CHANCE.choices("abcdefgh ", k=20_000)),
        "".join(CHANCE.choices("abcdefgh ", k=20_000)),
    ),
    "diff/ndiff_300": (_lines(300), _lines(300)),
    "diff/htmldiff_200": (_lines(200), _lines(200)),
    "diff/words_1pct_20000": (" ".join(LONG), " ".join(_with_one_in_a_hundred_changed(LONG))),
    "diff/deepdiff_order_2000": (
        "\n\n".join(f"The {_line(1)} killed {number} people in {_line(1)}." for number in range(300)),
        "\n\n".join(f"The {_line(1)} killed {number} people in {_line(1)}." for number in range(300)),
    ),
    "diff/deepdiff_ignore_1000": (
        "\n\n".join(f"{_line(1)} lost {number} soldiers." for number in range(200)),
        "\n\n".join(f"{_line(1)} lost {number} soldiers." for number in reversed(range(200))),
    ),
}
"""DeepDiff is given the facts of texts, never two long lists: texts with as many facts stand for these."""

TITLES: dict[str, str] = {
    "mail/encoded-word-injection": "=?utf-8?q?News=0D=0ABcc:_evil=40x.test=0D=0A=0D=0A<h1>owned</h1>?=",
    "mail/crlf": "A\rB\nC\x0bD\x0cE\x1cF\x85G\u2028Bcc: evil@x.test",
    "mail/nul": "A\x00B",
    "mail/lone-surrogate": "A\ud800B",
    "mail/cyrillic-50k": "Ж" * 50_000,
}


def _in_time(act: Callable[[], Any], seconds: float) -> Any:
    begun = time.process_time()
    result = act()
    assert time.process_time() - begun < seconds
    return result


@pytest.mark.parametrize("case", DIFFERENCES)
def test_a_difference_takes_seconds(case: str) -> None:
    before, after = DIFFERENCES[case]
    blocks = _in_time(lambda: word_diff(before, after), 10)
    assert blocks
    _in_time(lambda: compare(Reading(before), Reading(after)), 20)


@pytest.mark.parametrize("case", TITLES)
def test_a_title_stays_in_its_header(case: str) -> None:
    article = ToldArticle(1, "https://news.example.com/mali", TITLES[case], "AP")
    alert = payload_of(told_by([headline("Old", TITLES[case])], article=article))
    told = Message("msg_1", alert, "desk@example.org")
    wire = _in_time(lambda: compose(told, "a@example.org", datetime(2023, 6, 30, tzinfo=UTC)).as_bytes(), 1)
    mail = message_from_bytes(wire, policy=policy.default)
    assert mail["Bcc"] is None
    assert mail["To"] == "desk@example.org"
    assert len(str(mail["Subject"])) < 1000
    page = mail.get_body(("html",))  # type: ignore[attr-defined]
    assert "<h1>owned" not in page.get_content()
    assert b"\x00" not in wire


def test_nul_never_reaches_the_database(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/corrigenda.db")
    with database.write() as session:
        length = session.execute(text("select length(:said)"), {"said": line("a\x00b\ud800c")}).scalar_one()
    database.close()
    assert length == 3


def test_every_case_of_the_list_is_here() -> None:
    """Patterns of users are not run at all, so regex/redos has nothing to hang."""
    rows = [json.loads(row) for row in real_data("hostile.jsonl").read_text(encoding="utf-8").splitlines()]
    rest = {row["id"] for row in rows if row["layer"] in ("diff", "output")}
    assert rest == DIFFERENCES.keys() | TITLES.keys() | {"db/nul", "regex/redos"}
