"""A subscriber's headers go from the configuration to the site, and not into what is kept, told or logged."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import structlog
from sqlmodel import select

from monitor.cli.app import run
from storage import blobs
from storage.database import Database
from storage.tables import Capture
from tests.local_site import LocalServer, LocalSite, Page, article_page

TOKEN = "s3cret-of-the-reader"


@pytest.fixture
def corrigenda(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., str]]:
    """Runs a command in a folder, with everything logged. Returns all that it and its workers say on both streams."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CORRIGENDA_LOG__LEVEL", "debug")

    def say(*arguments: str) -> str:
        run(arguments)
        return "".join(capfd.readouterr())

    yield say
    structlog.reset_defaults()


def test_they_reach_their_site_and_stay_out_of_everything_else(tmp_path: Path, corrigenda: Callable[..., str]) -> None:
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
        said = corrigenda("add", *(site.url + path for path in ("/a", "/moved", "/away")))
        said += corrigenda("check", "--all", "--json")
        said += corrigenda("check", "--all", "--explain")
        said += corrigenda("list", "--json") + corrigenda("history", "1", "--json")
        said += corrigenda("fetch", f"{site.url}/a", "--json") + corrigenda("doctor", "--json")
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
