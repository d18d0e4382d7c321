"""The real service, as an operator runs it: a configuration file and the command line, nothing from inside."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

STOP_SECONDS = 15.0

CONFIGURATION = """\
# Written by `make demo`. The waits are short, so that an hour of news fits into seconds.
database = "sqlite:///corrigenda.db"

[checks]
interval = "0.5s"
retry = "1s"
lasting = "2s"

[fetch]
contact = "the demonstration"
gap = "0.1s"
allow_hosts = [{hosts}]

[mail]
host = "127.0.0.1"
port = {mail_port}
tls = "none"
sender = "Corrigenda <corrigenda@watch.example>"

[deliveries]
retries = ["1s", "1s", "2s"]
first_wait = "0s"
interval = "0s"

[web]
port = {web_port}

[log]
format = "json"
"""


class DemoError(Exception):
    """The demonstration cannot go on; the message says at what, and what the program said."""


@dataclass(slots=True)
class Service:
    """Corrigenda in a folder of its own."""

    folder: Path
    web_port: int
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @classmethod
    def in_folder(cls, folder: Path, allow_hosts: Iterable[str], mail_port: int) -> Service:
        """Write the configuration for it. `allow_hosts`: the `host:port`s on loopback that it may talk to."""
        web_port = _free_port()
        hosts = ", ".join(f'"{host}"' for host in allow_hosts)
        configuration = CONFIGURATION.format(hosts=hosts, mail_port=mail_port, web_port=web_port)
        (folder / "corrigenda.toml").write_text(configuration, encoding="utf-8")
        return cls(folder, web_port)

    @property
    def pages(self) -> str:
        """Where its web pages are."""
        return f"http://127.0.0.1:{self.web_port}/"

    @property
    def log(self) -> Path:
        """What it wrote on standard error, one JSON object a line."""
        return self.folder / "service.log"

    def run(self, *arguments: str) -> Any:
        """Run `corrigenda ARGUMENTS --json` and return what it printed. Raises DemoError when it fails."""
        result = subprocess.run(
            [_command(), *arguments, "--json"],
            cwd=self.folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        if result.returncode != 0:
            said = result.stderr.strip() or result.stdout.strip()
            raise DemoError(f"`corrigenda {' '.join(arguments)}` ended with {result.returncode}: {said}")
        return json.loads(result.stdout)

    def start(self) -> None:
        """Start `corrigenda serve`."""
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [_command(), "serve"],
                cwd=self.folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the demonstration, which then stops the service itself
            )

    def require_running(self) -> None:
        """Raises DemoError with the end of its log when it has stopped by itself."""
        if self._process is not None and (code := self._process.poll()) is not None:
            end = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
            raise DemoError("\n".join([f"`corrigenda serve` stopped by itself with {code}:", *end]))

    def stop(self) -> int | None:
        """Ask it to stop (SIGTERM) and return its exit code; null when it was not running or had to be killed."""
        process, self._process = self._process, None
        if process is None:
            return None
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return None


def _command() -> str:
    """The command as it was installed beside this Python."""
    return str(Path(sys.executable).parent / "corrigenda")


def _environment() -> dict[str, str]:
    """Ours without settings that somebody may have in theirs."""
    return {name: value for name, value in os.environ.items() if not name.startswith("CORRIGENDA_")}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
