"""A subscriber's headers go from the configuration to the site, and not into what is kept, told or logged."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from sqlmodel import select

from storage import blobs
from storage.database import Database
from storage.tables import Capture
from tests.local_site import LocalServer, LocalSite, Page, article_page

TOKEN = "s3cret-of-the-reader"
ROOT = Path(__file__).parents[2]


def _corrigenda(folder: Path, *arguments: str) -> str:
    """All that a command says, on both streams."""
    path = f"{ROOT}:{os.environ.get('PYTHONPATH', '')}"
    done = subprocess.run(
        [sys.executable, "-c", "from monitor.cli import main; main()", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": path,
            "CORRIGENDA_LOG__LEVEL": "debug",
        },
        check=False,
    )
    return done.stdout + done.stderr


def test_they_reach_their_site_and_stay_out_of_everything_else(tmp_path: Path) -> None:
    def echo(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Page:
        """A site that shows what it was sent, as some do to their subscribers."""
        if path == "/moved":
            return Page(b"", 302, {"Location": f"/a?token={headers.get('x-token', '')}", "X-Echo": headers["cookie"]})
        if path == "/away":
            return Page(b"", 302, {"Location": f"{other.url}/elsewhere"})
        page = article_page(
            "For readers", "At least 170 people have been killed.", f"Welcome, {headers.get('cookie')}."
        )
        return Page(page.body, headers={**page.headers, "X-Echo": headers.get("cookie", "")})

    with LocalSite() as other, LocalServer(echo) as site:
        other.pages["/elsewhere"] = article_page("Elsewhere", "At least 12 people have been killed, they said.")
        (tmp_path / "corrigenda.toml").write_text(
            f'[fetch]\ncontact = "desk@example.org"\ngap = 0\nallow_hosts = ["{site.host}", "{other.host}"]\n'
            f'[sites."{site.host}"]\nheaders = {{ Cookie = "session={TOKEN}", X-Token = "{TOKEN}-2" }}\n'
        )
        said = _corrigenda(tmp_path, "add", *(site.url + path for path in ("/a", "/moved", "/away")))
        said += _corrigenda(tmp_path, "check", "--all", "--json")
        said += _corrigenda(tmp_path, "check", "--all", "--explain")
        said += _corrigenda(tmp_path, "list", "--json") + _corrigenda(tmp_path, "history", "1", "--json")
        said += _corrigenda(tmp_path, "fetch", f"{site.url}/a", "--json") + _corrigenda(tmp_path, "doctor", "--json")
        sent = [asked for asked in site.asked if asked.path != "/robots.txt"]
    assert any(TOKEN in asked.headers.get("cookie", "") for asked in sent)
    assert not any(TOKEN in json.dumps(dict(asked.headers)) for asked in other.asked)
    assert [asked.path for asked in other.asked].count("/elsewhere") >= 1
    assert TOKEN not in said
    assert "For readers" in said
    for file in tmp_path.glob("corrigenda.db*"):
        assert TOKEN.encode() not in file.read_bytes(), file.name
    database = Database(f"sqlite:///{tmp_path / 'corrigenda.db'}")
    with database.read() as session:
        for capture in session.exec(select(Capture)).all():
            assert TOKEN not in repr(capture)
            if capture.blob_hash:
                assert TOKEN.encode() not in blobs.get(session, capture.blob_hash)
    database.close()
