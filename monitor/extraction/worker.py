"""Extraction in worker processes with limits: a page that makes the parser hang or eat memory costs one worker only.

Parent and worker speak over the worker's standard input and output: a frame is a head of JSON and a body of bytes.
Results come back as JSON, not pickle: the worker reads what strangers wrote, and its parent trusts it with nothing.
"""

from __future__ import annotations

import gc
import json
import logging
import math
import os
import queue
import resource
import select
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from monitor.errors import ExtractionError
from monitor.extraction.document import NO_CORRECTIONS, Corrections, Dated, Document
from monitor.sources.feed_document import FeedDocument

CPU_SECONDS = 20
MEMORY_BYTES = 2**30
WALL_SECONDS = 90.0
"""Far above the processor time that is allowed, for machines that are busy; only a stuck worker meets it."""
START_SECONDS = 60.0
PAGES_PER_WORKER = 1000
"""A worker is replaced after so many pages, before fragments of memory add up."""

_LENGTHS = struct.Struct("!II")
_MAX_FRAME = 64 * 2**20
_MAX_COMPLAINTS = 64 * 1024


class Extractor:
    """Extracts pages in up to `workers` processes; safe between threads. Processes start when first needed."""

    def __init__(
        self,
        *,
        workers: int = 1,
        cpu_seconds: int = CPU_SECONDS,
        memory_bytes: int = MEMORY_BYTES,
        wall_seconds: float = WALL_SECONDS,
    ) -> None:
        self._limits = {"cpu_seconds": cpu_seconds, "memory_bytes": memory_bytes}
        self._wall_seconds = wall_seconds
        # Holds a place per worker; a place is empty (None) until a page needs it. Last in, first out: a process that
        # is awake is used before another is started.
        self._places: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(workers):
            self._places.put(None)
        self._workers = workers
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def extract(
        self,
        body: bytes,
        *,
        url: str,
        content_type: str = "",
        headers: Mapping[str, str] | None = None,
        corrections: Corrections = NO_CORRECTIONS,
    ) -> Document:
        """What monitor.extraction.article.extract gives. Raises ExtractionError when the page exceeds a limit."""
        request: dict[str, Any] = {"do": "extract", "url": url, "content_type": content_type}
        request |= {"headers": dict(headers or {}), "corrections": asdict(corrections)}
        return _document(self._ask(request, body, url))

    def feed(self, body: bytes, *, url: str, content_type: str = "") -> FeedDocument:
        """What monitor.sources.feeds.read gives, with the same limits. Raises ExtractionError."""
        return FeedDocument.from_json(self._ask({"do": "feed", "url": url, "content_type": content_type}, body, url))

    def visible_text_hash(self, body: bytes, *, url: str, content_type: str = "") -> str:
        """What monitor.extraction.gate.visible_text_hash gives, with the same limits as an extraction."""
        return str(self._ask({"do": "hash", "content_type": content_type}, body, url)["hash"])

    def close(self) -> None:
        """End the workers; pages under way are finished first. No extraction can follow."""
        self._closed = True
        for _ in range(self._workers):
            worker = self._places.get()
            if worker:
                worker.end()
        for _ in range(self._workers):
            self._places.put(None)

    def _ask(self, request: Mapping[str, Any], body: bytes, url: str) -> dict[str, Any]:
        worker = self._places.get()
        try:
            if self._closed:
                raise ExtractionError(f"{url} was not read: the extractor is closed")
            if worker and not worker.is_usable():
                worker.end()
                worker = None
            worker = worker or _Worker(self._limits)
            return worker.ask(request, body, url, self._wall_seconds)
        finally:
            self._places.put(worker)


class _Worker:
    """One process and the pipes to it; for one thread at a time."""

    def __init__(self, limits: Mapping[str, int]) -> None:
        self._limits = limits
        self._pages = 0
        self._timed_out = False
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process
        # -P keeps the current folder off the import path: an `lxml.py` lying there is not ours.
        command = [sys.executable, "-P", "-c", "from monitor.extraction.worker import serve; serve()"]
        self._process = subprocess.Popen(
            [*command, json.dumps(dict(limits))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            env=_environment(),
            # Outside of the terminal's group: Ctrl-C ends the service in order, not its workers under its feet.
            process_group=0,
        )

    def is_usable(self) -> bool:
        return self._pages < PAGES_PER_WORKER and self._process.poll() is None

    def ask(self, request: Mapping[str, Any], body: bytes, url: str, seconds: float) -> dict[str, Any]:
        """Send a page and wait for what was found in it. Raises ExtractionError, after which the worker is no more."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        # The first answer waits for Python to start and to import, too.
        watch = threading.Timer(seconds if self._pages else seconds + START_SECONDS, self._time_out)
        watch.daemon = True
        watch.start()
        self._pages += 1
        try:
            _send(self._process.stdin, json.dumps(request).encode("ascii"), body)
            answer, _ = _read(self._process.stdout)
        except (OSError, EOFError, ValueError) as error:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=1)  # its pipe closes a moment before its end can be seen
            cause = self._cause(seconds)
            self.end(kill=True)
            raise ExtractionError(f"{url} was not read: {cause}") from error
        except BaseException:
            self.end(kill=True)  # or its answer would be taken for the next page's
            raise
        finally:
            watch.cancel()
        if "error" in answer:
            self.end(kill=True)  # what failed once in it may have left it without memory
            raise ExtractionError(f"{url} was not read: {answer['error']}")
        return answer

    def end(self, *, kill: bool = False) -> None:
        """End the process: by closing its input, or at once."""
        if kill:
            self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout, self._complaints):
            with suppress(OSError):
                if pipe:
                    pipe.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _time_out(self) -> None:
        self._timed_out = True
        self._process.kill()

    def _cause(self, seconds: float) -> str:
        if self._timed_out:
            return f"its extraction did not end within {seconds:g} s"
        if self._process.returncode == -signal.SIGXCPU:
            return f"its extraction needs more than {self._limits['cpu_seconds']} s of processor time"
        return f"the extraction worker ended (code {self._process.returncode}){self._last_complaint()}"

    def _last_complaint(self) -> str:
        """The last line that the process wrote to its standard error: of a traceback, the error itself."""
        self._complaints.seek(0)
        lines = self._complaints.read(_MAX_COMPLAINTS).decode("utf-8", "replace").strip().splitlines()
        return f": {lines[-1][:200]}" if lines else ""


def _environment() -> dict[str, str]:
    """Only what Python needs to start: the service's environment may hold passwords, and pages are hostile."""
    kept = {
        name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ
    }
    paths = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    return {**kept, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}


def _document(fields: Mapping[str, Any]) -> Document:
    dates = {name: Dated(**fields[name]) if fields[name] else None for name in ("published", "modified")}
    return Document(**{**fields, **dates, "paragraphs": tuple(fields["paragraphs"])})


def _send(pipe: IO[bytes], head: bytes, body: bytes = b"") -> None:
    pipe.write(_LENGTHS.pack(len(head), len(body)) + head)
    pipe.write(body)
    pipe.flush()


def _error(reason: str) -> bytes:
    return json.dumps({"error": reason}).encode("ascii")


def _read(pipe: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    head_length, body_length = _LENGTHS.unpack(_exactly(pipe, _LENGTHS.size))
    if head_length + body_length > _MAX_FRAME:
        raise ValueError(f"a frame of {head_length + body_length} bytes")
    head = json.loads(_exactly(pipe, head_length))
    return head, _exactly(pipe, body_length)


def _exactly(pipe: IO[bytes], length: int) -> bytes:
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return data


def serve() -> None:
    """The worker's side: read pages from standard input until it closes, answer each on standard output."""
    limits = json.loads(sys.argv[1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get among the answers
    threading.Thread(target=_end_with_parent, args=(requests.fileno(),), daemon=True).start()
    logging.disable(logging.CRITICAL)
    from monitor.extraction import article, gate  # only here: half a second and 60 MB that the service never needs
    from monitor.sources import feeds

    gc.freeze()  # the libraries stay: they need not be gone through again and again
    _limit_resources(limits["memory_bytes"])
    while True:
        try:
            request, body = _read(requests)
        except EOFError:
            return
        _allow_cpu(limits["cpu_seconds"])
        try:
            if request["do"] == "hash":
                answer: dict[str, Any] = {"hash": gate.visible_text_hash(body, request["content_type"])}
            elif request["do"] == "feed":
                answer = asdict(feeds.read(body, url=request["url"], content_type=request["content_type"]))
            else:
                del request["do"]
                corrections = Corrections(**request.pop("corrections"))
                answer = asdict(article.extract(body, **request, corrections=corrections))
            encoded = json.dumps(answer).encode("ascii")
        except MemoryError:
            encoded = _error(f"its extraction needs more than {limits['memory_bytes'] / 2**20:.0f} MiB of memory")
        except RecursionError:
            encoded = _error("its elements are nested too deeply")
        _send(answers, encoded)


def _end_with_parent(descriptor: int) -> None:
    """End at once when the service is gone, however it went: its end of the pipe closes with it."""
    watch = select.poll()
    watch.register(descriptor, 0)  # hang-up is always reported, whatever is asked for
    watch.poll()
    os._exit(0)


def _limit_resources(memory_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MAX_COMPLAINTS, _MAX_COMPLAINTS))  # extraction writes no file


def _allow_cpu(seconds: int) -> None:
    """So much processor time from now on; the limit of the system counts from the start of the process."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time()) + seconds, hard))
