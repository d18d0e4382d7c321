"""Hostile servers: no hang, no crash, and little memory, measured in a process that does nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.data import real_data
from tests.unit.sources.hostile import SERVERS
from tests.unit.sources.hostile_client import DEADLINE
from tests.unit.sources.servers import Serve, respond

MEGABYTES = 64


@pytest.fixture(scope="module")
def client() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.unit.sources.hostile_client"]
    root = Path(__file__).parents[3]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def _fetch(client: subprocess.Popen[str], url: str, allow: str) -> dict[str, object]:
    assert client.stdin is not None
    assert client.stdout is not None
    client.stdin.write(f"{url} {allow}\n")
    client.stdin.flush()
    found: dict[str, object] = json.loads(client.stdout.readline())
    return found


@pytest.mark.parametrize("case", SERVERS)
def test_a_hostile_server(client: subprocess.Popen[str], serve: Serve, case: str) -> None:
    answer, outcome, reason = SERVERS[case]
    good = serve(respond("200 OK", b"words"))
    assert (
        _fetch(client, good.url(), good.host_and_port)["outcome"] == "page"
    )  # what a first fetch loads is not counted
    server = serve(answer)
    seen = _fetch(client, server.url(), server.host_and_port)
    assert (seen["outcome"], reason in str(seen["reason"])) == (outcome, True), seen
    assert float(str(seen["seconds"])) < DEADLINE + 1.5
    assert float(str(seen["megabytes"])) < MEGABYTES
    if case.startswith("http/cs/"):
        assert "At least 170 peacekeepers have been killed." in str(seen["text"])
    assert _fetch(client, good.url(), good.host_and_port)["outcome"] == "page"


def test_every_case_of_the_list_is_here() -> None:
    rows = [json.loads(row) for row in real_data("hostile.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {row["id"] for row in rows if row["layer"] == "fetch"} == SERVERS.keys()
