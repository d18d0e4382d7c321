"""Hostile pages in place of a good one, and the good one again: no hang, no crash, no false alarm, little memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.data import real_data
from tests.flow.hostile_watch import CPU_SECONDS
from tests.local_site import LocalServer, Page
from tests.unit.extraction.hostile import GOOD, PAGES

MEGABYTES = 64
HTML = {"Content-Type": "text/html"}


class _Watch:
    def __init__(self, folder: Path) -> None:
        self.hostile = ""
        """The case whose page is served hostile now."""
        self.site = LocalServer(self._answer)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.flow.hostile_watch", str(folder / "corrigenda.db"), self.site.url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )

    def _answer(self, method: str, path: str, headers: object, body: bytes) -> Page:
        case = path.removeprefix("/")
        return Page(PAGES[case]() if case == self.hostile else GOOD, headers=HTML)

    def say(self, *words: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(" ".join(words) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def check(self, case: str, *, hostile: bool) -> dict[str, Any]:
        self.hostile = case if hostile else ""
        found: dict[str, Any] = self.say("check", f"/{case}")[f"/{case}"]
        return found

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Watch]:
    watch = _Watch(tmp_path_factory.mktemp("hostile"))
    with watch.site:
        watch.say("track", *(f"/{case}" for case in PAGES))
        yield watch
        watch.close()


@pytest.mark.parametrize("case", PAGES)
def test_a_hostile_page_after_a_good_one(watch: _Watch, case: str) -> None:
    first = watch.check(case, hostile=False)
    assert (first["state"], first["version"]) == ("ok", 1)
    during, after = watch.check(case, hostile=True), watch.check(case, hostile=False)
    facts = [change for one in (during, after) for change in one["changes"] if change["kind"] is not None]
    assert facts == [], (during["state"], during["reason"])
    headlines = [c for one in (during, after) for c in one["changes"] if c["type"] == "headline"]
    assert headlines == [], (during["state"], during["reason"])
    # Where the trap itself was readable, the article without it has collapsed: that is doubted for a while, not told.
    assert after["state"] in ("ok", "suspect")
    assert during["megabytes"] < MEGABYTES
    assert during["seconds"] < CPU_SECONDS * 10 + 20


def test_every_case_of_the_list_is_here() -> None:
    rows = [json.loads(row) for row in real_data("hostile.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {row["id"] for row in rows if row["layer"] == "extract"} == PAGES.keys()
