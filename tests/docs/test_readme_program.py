"""The README's program does what it says, against a real server."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from monitor.config import Settings
from monitor.web.app import create_app
from storage.database import Database
from tests.web.newsroom import Newsroom

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where a newsroom's API is served."""
    database = Database(f"sqlite:///{tmp_path / 'corrigenda.db'}")
    Newsroom(database).ferry()
    server = uvicorn.Server(uvicorn.Config(create_app(database, Settings()), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    database.close()


def test_the_program_adds_an_article_and_reads_what_changed(tmp_path: Path, address: str) -> None:
    [program] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert program.count("\n") <= 13
    file = tmp_path / "program.py"
    file.write_text(program.replace("http://127.0.0.1:8000", address))
    done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    added, *changes = done.stdout.splitlines()
    assert added == "/articles/2"
    assert len(changes) == 1
    assert "The Harran Post raised people killed from at least 17 to 31" in changes[0]
    assert changes[0].endswith("/articles/1/compare/1/2")
