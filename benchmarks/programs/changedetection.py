"""changedetection.io: its service, told by its API what to watch and when to look again."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import httpx2

from benchmarks.processes import Used, used
from benchmarks.programs.peer import Peer, environment
from benchmarks.programs.program import PATIENCE, NotMeasuredError, Round
from benchmarks.site import Site

_QUIET_SECONDS = 0.5
_QUIET_CPU_SECONDS = 0.05
"""A tenth of a core: what its waiting workers and its ticker take while nothing is checked is less."""


class ChangedetectionIo:
    """The service in a process of its own; it asks without validators and compares a checksum of what comes."""

    peer = Peer("changedetection.io", "0.60.10")
    key = peer.name
    patience = PATIENCE

    @property
    def name(self) -> str:
        """As it stands in the table."""
        return self.peer.said

    def install(self) -> None:
        """By pip."""
        self.peer.install()

    def begin(self, folder: Path, site: Site, urls: Sequence[str]) -> None:
        """Start the service and import the addresses, which it then checks."""
        self._site, self._count, self._store = site, len(urls), folder / "store"
        port = _free_port()
        command = ["changedetection.io", "-C", "-d", str(self._store), "-h", "127.0.0.1", "-p", str(port)]
        with (folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [self.peer.program(command[0]), *command[1:]],
                cwd=folder,
                stdout=log,
                stderr=log,
                env=environment(folder, ALLOW_IANA_RESTRICTED_ADDRESSES="true", LOGGER_LEVEL="INFO"),
            )
        self._log = folder / "log"
        self._client = httpx2.Client(base_url=f"http://127.0.0.1:{port}/api/v1", trust_env=False, timeout=60)
        self._until(self._answers, 120)
        self._client.headers["x-api-key"] = self._key()
        self._client.post("/import", content="\n".join(urls), headers={"content-type": "text/plain"}).raise_for_status()
        self._until(lambda: len(self._client.get("/watch").json()) >= self._count, self.patience)
        self._check_all()

    def round(self) -> Round:
        """Everything is checked again, as its button does it."""
        before, began = used(self._process.pid), time.monotonic()
        self._check_all()
        after = used(self._process.pid)
        return Round(
            self._count,
            after.cpu_seconds - before.cpu_seconds,
            after.written_bytes - before.written_bytes,
            time.monotonic() - began - _QUIET_SECONDS,
        )

    def changes(self) -> int:
        """Snapshots beyond the first of each page."""
        histories = self._store.glob("*/history.txt")
        return sum(len(history.read_text().splitlines()) - 1 for history in histories)

    def peak(self) -> Used:
        """Of the service."""
        return used(self._process.pid)

    def end(self) -> None:
        """SIGTERM ends it."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._client.close()

    def _check_all(self) -> None:
        self._client.get("/watch", params={"recheck_all": "1"}).raise_for_status()
        self._until(lambda: len(self._site.asked().articles) >= self._count, self.patience)
        self._until(self._is_quiet, 120)

    def _is_quiet(self) -> bool:
        """Whether it works no more: it has fetched all, and its last pages are compared."""
        before = used(self._process.pid).cpu_seconds
        time.sleep(_QUIET_SECONDS)
        return used(self._process.pid).cpu_seconds - before < _QUIET_CPU_SECONDS

    def _answers(self) -> bool:
        with suppress(httpx2.TransportError):
            return self._client.get("/systeminfo").status_code < 500
        return False

    def _key(self) -> str:
        """The key of the API that it has made for itself."""
        for file in sorted(self._store.glob("*.json")):
            application = json.loads(file.read_text()).get("settings", {}).get("application", {})
            if key := application.get("api_access_token"):
                return str(key)
        raise NotMeasuredError("has made no key for its API")

    def _until(self, done: Callable[[], bool], patience: float) -> None:
        """Wait. Raises NotMeasuredError when it lasts too long or the service has ended."""
        late = time.monotonic() + patience
        while not done():
            if self._process.poll() is not None:
                raise NotMeasuredError(f"ended: {self._log.read_text(errors='replace')[-300:]}")
            if time.monotonic() > late:
                raise NotMeasuredError(f"was not done after {patience:.0f} s")
            time.sleep(0.1)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
