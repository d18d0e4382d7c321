"""Corrigenda as it is run: `corrigenda serve`, with one setting that is not the default, no gap between requests."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx2
from sqlmodel import col, func, select

from benchmarks.processes import Used, used
from benchmarks.programs.program import PATIENCE, NotMeasuredError, Round
from benchmarks.site import Site
from monitor.config import Settings, load
from monitor.tracking import check_now, track
from storage import articles, tables
from storage.database import Database

_ADDRESS = re.compile(r"serves its pages.*url=(\S+)")
_LOOK = 0.05
"""Seconds between two looks at whether all is done: by this process, which is not counted."""


class Corrigenda:
    """The service in a process of its own; the articles are handed to it through its database, as `add` does."""

    name = "Corrigenda"
    key = "corrigenda"
    patience = PATIENCE

    def install(self) -> None:
        """It is installed: this is its project."""

    def begin(self, folder: Path, site: Site, urls: Sequence[str]) -> None:
        """Start the service, and let it see every article for the first time."""
        self.start(folder, site.hosts)
        tracked = track(self.database, self._settings, urls, now=datetime.now(UTC))
        self._ids = [one.article_id for one in tracked]
        self._until(lambda: all_done(self.database), self.patience)

    def start(self, folder: Path, hosts: Sequence[str]) -> None:
        """Start the service and wait until it answers: past its start, it takes no new article for an overdue one."""
        allowed = ", ".join(f'"{host}"' for host in hosts)
        configuration = folder / "corrigenda.toml"
        configuration.write_text(
            f'[fetch]\nallow_hosts = [{allowed}]\ngap = "0 s"\n\n[checks]\ninterval = "1 d"\n\n[web]\nport = 0\n'
        )
        self._settings: Settings = load(configuration)
        self.database = Database(self._settings.database)
        self._log = folder / "log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [Path(sys.executable).with_name("corrigenda"), "serve"], cwd=folder, stdout=log, stderr=log
            )
        self._until(self._answers, self.patience)

    def round(self) -> Round:
        """All articles are due at once, as "check now" makes them."""
        before, began = used(self._process.pid), time.monotonic()
        check_now(self.database, self._ids, datetime.now(UTC))
        self._until(lambda: all_done(self.database), self.patience)
        after = used(self._process.pid)
        return Round(
            len(self._ids),
            after.cpu_seconds - before.cpu_seconds,
            after.written_bytes - before.written_bytes,
            time.monotonic() - began,
        )

    def changes(self) -> int:
        """Versions beyond the first ones."""
        with self.database.read() as session:
            return session.exec(select(func.count()).where(col(tables.Version.number) > 1)).one()

    def peak(self) -> Used:
        """Of the service and its extraction worker."""
        return used(self._process.pid)

    def end(self) -> None:
        """SIGTERM ends it in order."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(60)
        self.database.close()

    def _answers(self) -> bool:
        address = _ADDRESS.search(self._log.read_text())
        if address is None:
            return False
        self.address = address.group(1)
        with suppress(httpx2.TransportError):
            return httpx2.get(f"{self.address}/health", trust_env=False).status_code < 500
        return False

    def _until(self, done: Callable[[], bool], patience: float) -> None:
        """Wait. Raises NotMeasuredError when it lasts too long or the service has ended."""
        late = time.monotonic() + patience
        while not done():
            if self._process.poll() is not None:
                raise NotMeasuredError(f"ended: {self._log.read_text()[-500:]}")
            if time.monotonic() > late:
                raise NotMeasuredError(f"was not done after {patience:.0f} s")
            time.sleep(_LOOK)


def all_done(database: Database) -> bool:
    """Whether nothing is due and nobody visits."""
    now = datetime.now(UTC)
    with database.read() as session:
        if articles.count_due(session, now):
            return False
        claimed = select(func.count()).select_from(tables.Site).where(col(tables.Site.visit_until) > now)
        return not session.exec(claimed).one()
