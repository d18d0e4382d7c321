from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from monitor.errors import ExtractionError
from monitor.extraction import article as in_process
from monitor.extraction.gate import visible_text_hash
from monitor.extraction.worker import Extractor
from tests.unit.extraction.pages import PARAGRAPHS, article

URL = "https://news.example/world/mali"
SLOW = b"<p>" + b"<span>x</span>" * 300_000
"""Takes lxml and trafilatura minutes."""
FAT = b"<p>" + b"x<br>" * 900_000


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    with Extractor(cpu_seconds=2) as extractor:
        yield extractor


def _children(pid: int) -> list[int]:
    """The running processes that a process started."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                after_name = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(after_name[1]) == pid and after_name[0] != "Z":
                found.append(int(entry.name))
    return found


def _is_running(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _wait_until(happened: Callable[[], bool], seconds: float = 10) -> bool:
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        if happened():
            return True
        time.sleep(0.05)
    return False


def test_the_same_as_in_this_process(extractor: Extractor) -> None:
    for body, content_type in (
        (article(), "text/html"),
        (b"\xff\xfe\x00", "text/html"),
        (b"A\n\nB", "text/plain"),
        (b"%PDF", ""),
    ):
        assert extractor.extract(body, url=URL, content_type=content_type) == in_process.extract(
            body, url=URL, content_type=content_type
        )
    assert extractor.visible_text_hash(article(), url=URL, content_type="text/html") == visible_text_hash(
        article(), "text/html"
    )


def test_headers_come_along(extractor: Extractor) -> None:
    document = extractor.extract(
        b"A", url="file:///a.txt", headers={"content-type": "text/plain", "sidecar-published": "2023-06-30"}
    )
    assert document.published is not None
    assert document.published.source == "sidecar"


def test_no_process_before_the_first_page() -> None:
    before = set(_children(os.getpid()))
    with Extractor(workers=3) as extractor:
        assert set(_children(os.getpid())) == before
        extractor.extract(b"A", url=URL)
        extractor.extract(b"A", url=URL)
        assert len(set(_children(os.getpid())) - before) == 1
    assert set(_children(os.getpid())) == before


def test_a_page_that_takes_too_long_harms_no_other(extractor: Extractor) -> None:
    with pytest.raises(ExtractionError, match=r"news\.example/slow was not read: .* 2 s of processor time"):
        extractor.extract(SLOW, url="https://news.example/slow", content_type="text/html")
    assert extractor.extract(article(), url=URL).paragraphs == PARAGRAPHS


def test_a_page_that_takes_too_much_memory_harms_no_other() -> None:
    with Extractor(memory_bytes=300 * 2**20) as extractor:
        assert extractor.extract(article(), url=URL).paragraphs == PARAGRAPHS
        with pytest.raises(ExtractionError, match=r"300 MiB of memory|worker ended"):
            extractor.extract(FAT, url=URL, content_type="text/html")
        assert extractor.extract(article(), url=URL).paragraphs == PARAGRAPHS


def test_a_worker_that_hangs_is_ended() -> None:
    with Extractor(wall_seconds=1) as extractor:
        # Other extractors of this module run, too, and the newest process has not always the highest id.
        before = set(_children(os.getpid()))
        extractor.extract(b"A", url=URL)
        (worker,) = set(_children(os.getpid())) - before
        os.kill(worker, signal.SIGSTOP)
        begun = time.monotonic()
        with pytest.raises(ExtractionError, match="did not end within 1 s"):
            extractor.extract(article(), url=URL)
        assert time.monotonic() - begun < 5
        assert extractor.extract(article(), url=URL).paragraphs == PARAGRAPHS


def _command(pid: int) -> str:
    try:
        return (Path("/proc") / str(pid) / "cmdline").read_text()
    except OSError:
        return ""


def test_a_worker_killed_while_idle_is_replaced() -> None:
    with Extractor() as extractor:
        before = set(_children(os.getpid()))
        extractor.extract(b"A", url=URL)
        (worker,) = set(_children(os.getpid())) - before
        os.kill(worker, signal.SIGKILL)
        assert _wait_until(lambda: not _is_running(worker))
        time.sleep(0.2)  # a zombie may still have threads to end
        assert extractor.extract(article(), url=URL).paragraphs == PARAGRAPHS


def test_many_threads_get_their_own_answers() -> None:
    headlines = [f"UN votes to end mission number {number} in Mali" for number in range(60)]
    with Extractor(workers=2) as shared, ThreadPoolExecutor(12) as threads:
        found = threads.map(lambda headline: shared.extract(article(headline), url=URL).headline, headlines)
        assert list(found) == headlines


def test_an_interrupt_from_the_keyboard_does_not_reach_workers(extractor: Extractor) -> None:
    extractor.extract(b"A", url=URL)
    workers = [pid for pid in _children(os.getpid()) if "monitor.extraction.worker" in _command(pid)]
    assert workers
    for worker in workers:
        assert os.getpgid(worker) != os.getpgrp()
        os.kill(worker, signal.SIGINT)
    assert extractor.extract(article(), url=URL).paragraphs == PARAGRAPHS
    assert all(_is_running(worker) for worker in workers)


def test_a_worker_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "trafilatura.py").write_text("raise ImportError('trafilatura is broken here')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Extractor() as extractor, pytest.raises(ExtractionError, match=r"code 1.*trafilatura is broken here"):
        extractor.extract(article(), url=URL)


def test_nothing_can_be_extracted_after_the_end() -> None:
    extractor = Extractor()
    extractor.extract(b"A", url=URL)
    extractor.close()
    with pytest.raises(ExtractionError, match="closed"):
        extractor.extract(b"A", url=URL)
    extractor.close()


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "busy"])
def test_workers_end_with_a_service_that_is_killed(busy: bool) -> None:
    """kill -9 of the parent gives it no chance to end anybody."""
    service = subprocess.Popen(
        [sys.executable, "-c", SERVICE, "busy" if busy else "idle"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert service.stdout is not None
    with service, service.stdout:
        assert service.stdout.readline() == "ready\n"
        if busy:
            time.sleep(0.5)
        workers = _children(service.pid)
        assert workers
        service.kill()
        service.wait()
        assert _wait_until(lambda: not any(_is_running(worker) for worker in workers))


SERVICE = f"""
import sys
from monitor.extraction.worker import Extractor
extractor = Extractor(cpu_seconds=60)
extractor.extract(b"A", url="x")
print("ready", flush=True)
if sys.argv[1] == "busy":
    extractor.extract({SLOW[:40]!r} + b"<span>x</span>" * 300_000, url="x", content_type="text/html")
sys.stdin.read() if sys.argv[1] == "busy" else __import__("time").sleep(60)
"""


def test_the_service_itself_imports_no_parser() -> None:
    """Starting must be quick, and a crash in C must not be the service's."""
    code = (
        "import sys, monitor.extraction.worker, monitor.extraction.gate, monitor.sources.http, monitor.sources.files\n"
        "print([name for name in ('trafilatura', 'lxml', 'htmldate', 'justext') if name in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3]
    )
    assert ran.stdout.strip() == "[]"


def test_workers_see_no_secrets_of_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORRIGENDA_SMTP_PASSWORD", "secret")
    with Extractor() as extractor:
        before = set(_children(os.getpid()))
        extractor.extract(b"A", url=URL)
        (worker,) = set(_children(os.getpid())) - before
        assert "secret" not in (Path("/proc") / str(worker) / "environ").read_text()


def test_a_close_waits_for_the_page_under_way() -> None:
    extractor = Extractor()
    answers: list[object] = []
    thread = threading.Thread(target=lambda: answers.append(extractor.extract(article(), url=URL)))
    thread.start()
    time.sleep(0.05)
    extractor.close()
    thread.join(10)
    assert len(answers) == 1
