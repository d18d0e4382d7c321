"""What `make benchmark` measures with: a site that answers all programs alike, and counts that leave nobody out."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from benchmarks import corpus, scale
from benchmarks.checks import Measured, figures
from benchmarks.processes import used
from benchmarks.programs.peer import run
from benchmarks.programs.program import Round
from benchmarks.results import Results
from benchmarks.site import Published, Site

_MIB = 2**20
PAGES = corpus.Corpus("two pages", [(b"<html><p>one</p>", b"</html>"), (b"<html><p>two</p>", b"</html>")])


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site(PAGES) as served:
        yield served


def test_editions_of_a_page_differ_in_one_number() -> None:
    before, after = PAGES.page(3, 1).split(), PAGES.page(3, 2).split()
    differing = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert len(differing) == 1
    assert all(word.isdigit() for word in differing[0])


def test_articles_of_one_page_are_not_the_same() -> None:
    assert len({PAGES.page(number, 0) for number in range(200)}) == 200


def test_the_pages_of_the_demo_serve_where_there_are_no_real_ones() -> None:
    pages = corpus.small()
    assert len(pages.halves) == 5
    assert all(b"on road 9," in corpus.Corpus("", [halves]).page(9, 0) for halves in pages.halves)


@pytest.mark.parametrize(
    "validator",
    [("If-None-Match", "etag"), ("If-Modified-Since", "last-modified")],
    ids=["by ETag", "by Last-Modified"],
)
def test_who_says_what_he_has_is_told_that_it_is_not_modified(site: Site, validator: tuple[str, str]) -> None:
    header, given = validator
    url = site.urls(1)[0]
    site.publish(Published(3, validators=True))
    with httpx2.Client(trust_env=False) as client:
        first = client.get(url)
        again = client.get(url, headers={header: first.headers[given]})
        site.publish(Published(4, validators=True))
        changed = client.get(url, headers={header: first.headers[given]})
    assert [first.status_code, again.status_code, changed.status_code] == [200, 304, 200]
    assert again.content == b""
    assert changed.content != first.content


def test_a_time_without_a_zone_is_taken_for_gmt(site: Site) -> None:
    site.publish(Published(0, validators=True))
    asked = {"If-Modified-Since": "Thu, 01 Jan 2026 00:00:00 -0000"}
    assert httpx2.get(site.urls(1)[0], headers=asked, trust_env=False).status_code == 304


def test_without_validators_everybody_gets_the_page(site: Site) -> None:
    site.publish(Published(0))
    url = site.urls(2)[1]
    answer = httpx2.get(url, headers={"If-None-Match": '"edition-0"'}, trust_env=False)
    assert answer.status_code == 200
    assert "etag" not in answer.headers
    asked = site.asked()
    assert asked.articles == {1}
    assert dict(asked.statuses) == {200: 1}


def test_the_time_of_children_counts_while_they_live_and_when_they_have_ended() -> None:
    busy = "import time; end = time.process_time() + 0.3\nwhile time.process_time() < end: pass"
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}]); print(flush=True); input()"
    process = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    child = subprocess.Popen([sys.executable, "-c", busy + "\ntime.sleep(60)"])
    try:
        process.stdout.readline()
        assert used(process.pid).cpu_seconds >= 0.3
        assert used(process.pid).peak_bytes > 2**20
        while used(child.pid).cpu_seconds < 0.3:
            time.sleep(0.05)
    finally:
        process.communicate(b"\n")
        child.kill()
        child.wait()


def test_the_memory_of_a_command_is_not_that_of_who_started_it(tmp_path: Path) -> None:
    mine = b"x" * (200 * _MIB)
    holds = f"held = b'x' * {50 * _MIB}; import time; time.sleep(0.2)"
    ended = run([sys.executable, "-S", "-c", holds], tmp_path, 60)
    assert 50 * _MIB < ended.peak_bytes < 100 * _MIB < len(mine)


def test_figures_are_ratios_of_what_was_measured(tmp_path: Path) -> None:
    def measured(key: str, *milliseconds: float) -> Measured:
        kinds = ("not_modified", "unchanged", "changed")
        rounds = {kind: [Round(100, ms / 10, 0, 1.0)] for kind, ms in zip(kinds, milliseconds, strict=True)}
        return Measured(key, key, rounds)

    gone = Measured("webchanges", "webchanges", missing="could not be installed: no network")
    found = [measured("floor", 1, 2, 40), measured("corrigenda", 1.2, 2.5, 48), measured("urlwatch", 6, 10, 24), gone]
    results = figures(found)
    Results(tmp_path / "results.json").add(**results)
    assert results["unchanged_over_floor"] == pytest.approx(1.25)
    assert results["changed_over_floor"] == pytest.approx(1.2)
    assert results["times_ahead_of_peers"] == {
        "urlwatch": pytest.approx({"not_modified": 5.0, "unchanged": 4.0, "changed": 0.5})
    }
    assert results["not_measured"] == {"webchanges": "could not be installed: no network"}


def test_claiming_is_measured_on_articles_that_are_due(tmp_path: Path) -> None:
    file = tmp_path / "corrigenda.db"
    scale.fill(file, 2_000)
    usual, all_overdue = scale.claiming(file, times=2)
    assert usual.ms > 0
    assert all_overdue.ms > 0
