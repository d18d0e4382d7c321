"""The README's commands do what it says: they are run as they stand."""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.timeout(300)
def test_the_first_alert_arrives(tmp_path: Path) -> None:
    """Its waits are for one who pastes; where tests run on all processors they may be too short, and once be longer:
    then each ends with what it waits for."""
    [script] = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    said = _run(script, tmp_path / "first")
    if "END MESSAGE" not in said:
        asked = iter(("SELECT * FROM version", "SELECT * FROM delivery WHERE state = 'delivered'"))
        patient, waits = re.subn(r"^sleep \d+\b", lambda _: _wait_for(next(asked)), script, flags=re.MULTILINE)
        assert waits == 2
        said = _run(patient, tmp_path / "second")
    mail, _, history = said.partition("END MESSAGE")
    assert "To: me@example.org" in mail
    assert re.search(r"Subject:.*17.*24", mail), mail
    assert "24" in history


def _wait_for(query: str) -> str:
    """A command that ends when the database answers this, or after a minute and a half."""
    asking = f'import sqlite3; assert sqlite3.connect(\'corrigenda.db\').execute("""{query}""").fetchall()'
    return f"for _ in $(seq 90); do python -c {shlex.quote(asking)} 2>/dev/null && break; sleep 1; done"


def _run(script: str, folder: Path) -> str:
    """What the commands print, run in a new folder."""
    folder.mkdir()
    binaries = Path(sys.executable).parent
    (folder / ".venv").symlink_to(binaries.parent)
    # Job control is what a terminal has and a script has not; 8000 and 8025 may be taken where the tests run.
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        mail_port = str(free.getsockname()[1])
    script = "set -eum\n" + script.replace("8000", "0").replace("8025", mail_port)
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=200,
        env={**os.environ, "PATH": f"{binaries}:{os.environ['PATH']}", "VIRTUAL_ENV_DISABLE_PROMPT": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_targets_that_it_names_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"^    make (\w+)", README, re.MULTILINE)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_files_that_it_links_exist() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_ci_calls_the_checks_and_the_test_command_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "make check" in script
    assert "make test" in script
