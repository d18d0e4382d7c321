"""kill -9 at random moments of the cycle, again and again: nothing lost, nothing told twice under another id.

The oracles stand outside: the site knows what it served, the receiver what it was told. Both live in this process,
which is never killed. The service is the real one: its command, run by forks of a process that has imported it, because
starting Python anew for each kill would take most of the time. The last, which has to settle all, is started anew.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from itertools import pairwise
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from monitor.cli.app import run
from tests.local_site import LocalServer, LocalSite, Page, article_page

KILLS = int(os.environ.get("CORRIGENDA_TEST_KILLS", "50"))
ARTICLES = 4
CORRIGENDA = [str(Path(sys.executable).with_name("corrigenda"))]
SERVE = ["serve", "--port", "0"]


def page(article: int, toll: int) -> Page:
    return article_page(
        f"Storm {article} hits the coast",
        f"A storm that hit the coast on Tuesday killed at least {toll} people in the town of Port {article}.",
        "Rescuers searched the ruins of houses for a third day and said that roads to the north were still closed.",
        "The governor thanked the volunteers and asked people to stay away from the river until the water was gone.",
    )


class Receiver:
    """Verifies and remembers every webhook; some are taken but answered with an error, as real receivers do."""

    def __init__(self) -> None:
        self.secret = ""
        self.calls: list[tuple[str, Mapping[str, Any]]] = []
        self._dice = random.Random(7)

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Page:
        Webhook(self.secret).verify(body.decode(), dict(headers))
        self.calls.append((headers["webhook-id"], json.loads(body)))
        return Page(status=500 if self._dice.random() < 0.15 else 204)


def corrigenda(folder: Path, *arguments: str) -> str:
    done = subprocess.run([*CORRIGENDA, *arguments], cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def start(folder: Path, log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as stream:
        return subprocess.Popen([*CORRIGENDA, *SERVE], cwd=folder, stdout=stream, stderr=stream)


def start_fork(folder: Path, log: Path) -> BaseProcess:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["monitor.service", "monitor.cli.serve"])
    process = context.Process(target=serve_in, args=(folder, log), daemon=True)
    process.start()
    return process


def serve_in(folder: Path, log: Path) -> None:
    """What a fork does: the command, in its folder, with its output in the log."""
    os.chdir(folder)
    with log.open("ab") as stream:
        os.dup2(stream.fileno(), 1)
        os.dup2(stream.fileno(), 2)
    sys.exit(run(SERVE))


def wait_until(what: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(0.05)
    return what()


def rows(database: Path, query: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


@pytest.mark.timeout(900)
def test_kill_at_random_moments(tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}, {KILLS} kills")
    dice = random.Random(seed)
    receiver = Receiver()
    with LocalSite() as site, LocalServer(receiver.answer) as hook:
        tolls = dict.fromkeys(range(ARTICLES), 10)
        served = {article: [10] for article in tolls}
        for article, toll in tolls.items():
            site.pages[f"/{article}"] = page(article, toll)
        (tmp_path / "corrigenda.toml").write_text(
            f"""
            [checks]
            interval = 0.2
            retry = 0.2
            [fetch]
            gap = 0
            allow_hosts = ["{site.host}", "{hook.host}"]
            [deliveries]
            retries = [0.1, 0.2, 0.5, 1, 1, 1, 1, 1, 1, 1, 1, 1]
            lease = 1
            [log]
            format = "json"
            """
        )
        database = tmp_path / "corrigenda.db"
        added = json.loads(corrigenda(tmp_path, "channels", "add", "hook", "--webhook", f"{hook.url}/in", "--json"))
        receiver.secret = added["secret"]
        corrigenda(tmp_path, "rules", "add", "tolls", "--channel", "hook", "--type", "value")
        corrigenda(tmp_path, "add", *[f"{site.url}/{article}" for article in tolls])

        log = tmp_path / "service.log"
        for _ in range(KILLS):
            fork = start_fork(tmp_path, log)
            seen = len(site.asked)
            assert wait_until(lambda seen=seen: len(site.asked) > seen, 60), log.read_text()[-3000:]
            until = time.monotonic() + dice.uniform(0, 2)
            while time.monotonic() < until:
                time.sleep(dice.uniform(0, 0.15))
                article = dice.choice(list(tolls))
                tolls[article] += dice.randint(1, 9)
                served[article].append(tolls[article])
                site.pages[f"/{article}"] = page(article, tolls[article])
            assert fork.is_alive(), log.read_text()[-3000:]
            fork.kill()
            fork.join()

        service = start(tmp_path, log)
        settled = wait_until(lambda: _settled(database, tolls), 90)
        service.send_signal(signal.SIGTERM)
        assert service.wait(30) == 0, log.read_text()[-3000:]
        assert settled, log.read_text()[-3000:]

    assert rows(database, "PRAGMA integrity_check") == [("ok",)]
    assert rows(database, "PRAGMA foreign_key_check") == []
    _assert_versions_have_no_gap(database, tolls)
    stored = _assert_versions_were_served(database, served)
    told = _assert_nothing_told_twice(receiver)
    _assert_every_change_was_told(database, told, stored)
    held = len(rows(database, "SELECT id FROM version"))
    print(f"{held} versions, {len(told)} alerts told in {len(receiver.calls)} calls, nothing lost")
    assert held >= KILLS / 3, "the kills must have met real work"


def _settled(database: Path, tolls: Mapping[int, int]) -> bool:
    waiting = rows(database, "SELECT count(*) FROM delivery WHERE state = 'waiting'")
    current = rows(
        database,
        "SELECT article.url, fact.body FROM article JOIN fact ON fact.article_id = article.id"
        " WHERE fact.to_number IS NULL AND fact.kind = 'casualties'",
    )
    latest = {int(url.rsplit("/", 1)[1]): json.loads(body)["quantity"]["lower"] for url, body in current}
    return waiting == [(0,)] and latest == tolls


def _assert_versions_have_no_gap(database: Path, tolls: Mapping[int, int]) -> None:
    for article_id, count, highest in rows(
        database, "SELECT article_id, count(*), max(number) FROM version GROUP BY article_id"
    ):
        assert count == highest, f"article {article_id} has {count} versions but the newest is number {highest}"
    [(articles,)] = rows(database, "SELECT count(DISTINCT article_id) FROM version")
    assert articles == len(tolls)


def _assert_nothing_told_twice(receiver: Receiver) -> dict[tuple[str, int], Mapping[str, Any]]:
    """Each version of each article was told under one id only. Returns what was told."""
    ids: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    told: dict[tuple[str, int], Mapping[str, Any]] = {}
    for webhook_id, payload in receiver.calls:
        urls = {article["id"]: article["url"] for article in payload["articles"]}
        for change in payload["changes"]:
            key = (urls[change["article_id"]], change["version"])
            ids[key].add(webhook_id)
            if change["type"] == "value":
                told[key] = change
    assert [key for key, used in ids.items() if len(used) > 1] == []
    return told


def _assert_versions_were_served(database: Path, served: Mapping[int, list[int]]) -> dict[int, list[int]]:
    """Each stored toll was on the site, in that order; the newest is what it says now. Returns them by article."""
    stored: dict[int, list[int]] = {article: [] for article in served}
    for url, body in rows(
        database,
        "SELECT article.url, fact.body FROM fact JOIN article ON article.id = fact.article_id"
        " WHERE fact.kind = 'casualties' ORDER BY fact.from_number",
    ):
        stored[int(url.rsplit("/", 1)[1])].append(json.loads(body)["quantity"]["lower"])
    for article, tolls in stored.items():
        rest = iter(served[article])
        assert all(toll in rest for toll in tolls), f"article {article}: {tolls} stored, {served[article]} served"
        assert tolls[-1] == served[article][-1]
    return stored


def _assert_every_change_was_told(
    database: Path, told: Mapping[tuple[str, int], Mapping[str, Any]], stored: Mapping[int, list[int]]
) -> None:
    """What was told, version by version, is every step from the first stored toll to the last."""
    steps: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for (url, number), change in told.items():
        values = [int(re.sub(r"\D", "", change[side]["quote"])) for side in ("before", "after")]
        steps[int(url.rsplit("/", 1)[1])].append((number, values[0], values[1]))
    for article, tolls in stored.items():
        expected = [(number, *pair) for number, pair in enumerate(pairwise(tolls), start=2)]
        assert sorted(steps[article]) == expected, f"article {article}"
    states = rows(database, "SELECT DISTINCT state FROM delivery")
    assert states == [("delivered",)]
