"""urlwatch: all jobs once, tags stripped (`html2text`, its own default way), the report on standard output."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from benchmarks.programs.peer import Batch, Peer

_CONFIGURATION = {
    "display": {"new": False, "error": True, "unchanged": False},
    "report": {"text": {"details": True, "footer": True}, "stdout": {"enabled": True, "color": False}},
}


class Urlwatch(Batch):
    """As `urlwatch` is run from cron."""

    peer = Peer("urlwatch", "2.29")

    def prepare(self, folder: Path, urls: Sequence[str]) -> None:
        """Its jobs are YAML documents, of which JSON is a kind."""
        jobs = [{"kind": "url", "url": url, "filter": ["html2text"]} for url in urls]
        (folder / "jobs.yaml").write_text("\n---\n".join(map(json.dumps, jobs)))
        (folder / "configuration.yaml").write_text(json.dumps(_CONFIGURATION))

    def command(self) -> Sequence[Path | str]:
        """All files are named, so that nothing of a real user's is touched."""
        files = ("--urls", "jobs.yaml", "--config", "configuration.yaml", "--cache", "cache.db", "--hooks", "hooks.py")
        return [self.peer.program("urlwatch"), *files]
