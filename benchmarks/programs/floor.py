"""The floor: a plain loop of httpx2 and trafilatura that keeps nothing. Nobody who does the work can do it for less.

It runs as `python -m benchmarks.programs.floor ADDRESS...`: for each line that it reads it goes through all addresses,
asks with the validators that it got last, and takes the text out of what has changed with the very call to trafilatura
that Corrigenda makes, and once more for metadata, as that is what trafilatura offers for headline, byline and date.
"""

from __future__ import annotations

import select
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import httpx2
import trafilatura

from benchmarks.processes import Used, used
from benchmarks.programs.program import PATIENCE, NotMeasuredError, Round
from benchmarks.site import Site


class Floor:
    """The loop in a process of its own."""

    name = "floor"
    key = "floor"
    patience = PATIENCE

    def install(self) -> None:
        """It needs nothing that Corrigenda does not need, too."""

    def begin(self, folder: Path, site: Site, urls: Sequence[str]) -> None:
        """Start the loop; the first time it extracts every page."""
        self._count = len(urls)
        (folder / "urls").write_text("\n".join(urls))
        command = [sys.executable, "-m", "benchmarks.programs.floor", str(folder / "urls")]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._go()

    def round(self) -> Round:
        """Once through all addresses."""
        before, began = used(self._process.pid), time.monotonic()
        self._go()
        after = used(self._process.pid)
        return Round(self._count, after.cpu_seconds - before.cpu_seconds, 0, time.monotonic() - began)

    def changes(self) -> int:
        """Pages that were extracted again."""
        return self._changed - self._count

    def peak(self) -> Used:
        """Of the one process."""
        return used(self._process.pid)

    def end(self) -> None:
        """It keeps nothing that could be lost."""
        self._process.kill()
        self._process.communicate()

    def _go(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(file=self._process.stdin, flush=True)
        ready, _, _ = select.select([self._process.stdout], [], [], self.patience)
        if not ready:
            raise NotMeasuredError(f"was not done after {self.patience:.0f} s")
        self._changed = int(self._process.stdout.readline())


@dataclass
class _Known:
    etag: str = ""
    modified: str = ""
    hash: bytes = b""


def _loop(urls: Sequence[str]) -> None:
    known = {url: _Known() for url in urls}
    changed = 0
    with httpx2.Client(trust_env=False) as client:
        for _ in sys.stdin:
            changed += sum(_check(client, url, known[url]) for url in urls)
            print(changed, flush=True)


def _check(client: httpx2.Client, url: str, known: _Known) -> bool:
    """Whether the page is another."""
    headers = {}
    if known.etag:
        headers = {"If-None-Match": known.etag, "If-Modified-Since": known.modified}
    answer = client.get(url, headers=headers)
    known.etag, known.modified = answer.headers.get("etag", ""), answer.headers.get("last-modified", "")
    if answer.status_code == 304:
        return False
    body = answer.content
    digest = sha256(body).digest()
    if digest == known.hash:
        return False
    known.hash = digest
    found = trafilatura.bare_extraction(body, url=url, include_comments=False, with_metadata=True)
    return found is not None


if __name__ == "__main__":
    _loop(Path(sys.argv[1]).read_text().split("\n"))
