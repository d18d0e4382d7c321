"""webchanges: all jobs once, HTML as text by its default filter, the report on standard output."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from benchmarks.programs.peer import Batch, Peer

_CONFIGURATION = {
    "display": {"new": False, "error": True, "unchanged": False},
    "report": {"text": {"details": True, "footer": True}, "stdout": {"enabled": True, "color": False}},
}


class Webchanges(Batch):
    """As `webchanges` is run from cron."""

    peer = Peer("webchanges", "3.37.0")

    def prepare(self, folder: Path, urls: Sequence[str]) -> None:
        """Its jobs are YAML documents, as urlwatch's, of which JSON is a kind."""
        jobs = [{"url": url, "filters": ["html2text"]} for url in urls]
        (folder / "jobs.yaml").write_text("\n---\n".join(map(json.dumps, jobs)))
        (folder / "configuration.yaml").write_text(json.dumps(_CONFIGURATION))

    def command(self) -> Sequence[Path | str]:
        """All files are named, so that nothing of a real user's is touched."""
        files = ("--jobs", "jobs.yaml", "--config", "configuration.yaml", "--database", "snapshots.db")
        return [self.peer.program("webchanges"), *files]
