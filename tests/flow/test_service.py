"""The service as an operator meets it: starts anywhere, stops cleanly, says in one line what is wrong."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.local_site import LocalSite, article_page

CORRIGENDA = str(Path(sys.executable).with_name("corrigenda"))


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`corrigenda serve` in a folder, and the address of its pages."""
    log = folder / "service.log"
    with log.open("w") as stream:
        service = subprocess.Popen(
            [CORRIGENDA, "serve", "--port", "0", *arguments], cwd=folder, stdout=stream, stderr=stream, text=True
        )
    try:
        deadline = time.monotonic() + 90
        while (found := re.search(r"http://127\.0\.0\.1:\d+", log.read_text())) is None or not answers(found[0]):
            assert service.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield service, found[0]
    finally:
        if service.poll() is None:
            service.kill()
            service.wait()


def answers(address: str) -> bool:
    try:
        return urllib.request.urlopen(f"{address}/health", timeout=5).status == 200
    except OSError:
        return False


def test_works_in_an_empty_folder_alone_and_stops_cleanly(tmp_path: Path) -> None:
    with running(tmp_path) as (service, address):
        assert urllib.request.urlopen(f"{address}/articles", timeout=5).status == 200
        second = subprocess.run(
            [CORRIGENDA, "serve", "--port", "0"], cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
        service.send_signal(signal.SIGTERM)
        assert service.wait(30) == 0
    assert "Traceback" not in (tmp_path / "service.log").read_text()
    assert (tmp_path / "corrigenda.db").exists()
    assert second.returncode == 1
    assert "another service runs on" in second.stderr
    assert "Traceback" not in second.stderr


def test_an_article_added_beside_it_is_checked_on_schedule(tmp_path: Path) -> None:
    with LocalSite() as site:
        site.pages["/a"] = article_page("Flood kills 12", "A flood killed 12 people on Monday, officials said. " * 3)
        (tmp_path / "corrigenda.toml").write_text(
            f'[fetch]\nallow_hosts = ["{site.host}"]\ngap = 0\n[checks]\ninterval = 0.5\n'
            '[log]\nformat = "json"\nlevel = "debug"\n'
        )
        with running(tmp_path) as (service, _):
            subprocess.run([CORRIGENDA, "add", f"{site.url}/a"], cwd=tmp_path, check=True, capture_output=True)
            deadline = time.monotonic() + 60
            while len([asked for asked in site.asked if asked.path == "/a"]) < 3:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            service.send_signal(signal.SIGTERM)
            assert service.wait(30) == 0
    lines = [json.loads(line) for line in (tmp_path / "service.log").read_text().splitlines()]
    checked = [line for line in lines if line["event"] == "checked"]
    assert checked[0]["version"] == 1
    assert checked[1]["reason"] == "unchanged"


def test_a_taken_port_and_an_open_address_are_said_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [CORRIGENDA, "serve", "--port", port], cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
    assert done.returncode == 1
    assert f"port {port}" in done.stderr.splitlines()[-1]
    open_to_all = subprocess.run(
        [CORRIGENDA, "serve", "--host", "0.0.0.0"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert open_to_all.returncode == 3
    assert "loopback" in open_to_all.stderr
    assert "Traceback" not in done.stderr + open_to_all.stderr
