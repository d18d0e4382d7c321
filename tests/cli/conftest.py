"""The command line as a person has it: a folder, and `corrigenda` in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

from monitor.cli.app import run
from tests.local_site import LocalSite

SCRIPT = Path(sys.executable).parent / "corrigenda"


@dataclass(frozen=True)
class Answer:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as one JSON value."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Standard output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def error(self) -> str:
        """The one line that an error is."""
        assert self.err.startswith("corrigenda: "), self.err
        assert self.err.count("\n") == 1, self.err
        return self.err.strip()


class CommandLine:
    """Runs commands in one folder: within this process, which is fast, or by the installed script."""

    def __init__(self, folder: Path, captured: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._captured = captured

    def __call__(self, *arguments: str, code: int | None = 0) -> Answer:
        """Run a command in this process. It must end with `code`; None: with any."""
        self._captured.readouterr()
        ended = run(arguments)
        out, err = self._captured.readouterr()
        assert code in (None, ended), f"{arguments} ended with {ended}: {err}"
        return Answer(ended, out, err)

    def script(
        self, *arguments: str, stdin: bytes = b"", code: int | None = 0, environment: dict[str, str] | None = None
    ) -> Answer:
        """Run the installed script in a process of its own."""
        done = subprocess.run(
            [SCRIPT, *arguments],
            input=stdin,
            capture_output=True,
            cwd=self.folder,
            env=os.environ | (environment or {}),
            timeout=120,
            check=False,
        )
        assert code in (None, done.returncode), f"{arguments} ended with {done.returncode}: {done.stderr.decode()}"
        return Answer(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))

    def configure(self, *lines: str) -> None:
        """Write these lines as corrigenda.toml."""
        (self.folder / "corrigenda.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def jsonl(self, command: str, records: Sequence[Any]) -> list[Any]:
        """Stream records through a command; each is a JSON value, or bytes as they are."""
        lines = [record if isinstance(record, bytes) else json.dumps(record).encode() for record in records]
        answered = self.script(command, "--jsonl", stdin=b"".join(line + b"\n" for line in lines))
        assert answered.err == ""
        return answered.lines


@pytest.fixture
def corrigenda(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[CommandLine]:
    for name in [name for name in os.environ if name.startswith("CORRIGENDA_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    yield CommandLine(tmp_path, capsys)
    structlog.reset_defaults()


@pytest.fixture
def site() -> Iterator[LocalSite]:
    with LocalSite() as site:
        yield site


@pytest.fixture
def watching(corrigenda: CommandLine, site: LocalSite) -> CommandLine:
    """A folder whose configuration allows the local site."""
    corrigenda.configure("[fetch]", "gap = 0", f'allow_hosts = ["{site.host}"]', 'contact = "https://example.org/"')
    return corrigenda
