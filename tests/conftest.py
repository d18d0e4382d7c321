"""What holds for all tests."""

from __future__ import annotations

import faulthandler
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path

import pytest

from storage.database import Database
from tests.postgres import postgresql, postgresql_copy, postgresql_url

__all__ = ["database_url", "postgresql", "postgresql_copy", "postgresql_url"]

LONG = 240.0
"""Seconds of a timeout from which on a test is one of the long ones."""
AFTER_ITS_END = 120.0
"""Seconds after its timeout in which a test must have put away what it made."""


def pytest_xdist_auto_num_workers() -> int:
    """`--numprocesses auto`: more than there are processors, because tests wait for clocks, sockets and processes."""
    return (os.cpu_count() or 1) * 3 // 2


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Each process begins with a share of the long tests: one that came last would keep all others waiting.

    `--dist worksteal` gives each an even part of the list, from its beginning to its end; they must agree on it.
    """
    if not hasattr(config, "workerinput"):
        return
    count = config.workerinput["workercount"]
    long = [item for item in items if item.get_closest_marker("timeout") and _limit(item) >= LONG]
    known = set(long)
    rest = iter([item for item in items if item not in known])
    ends = [len(items) * number // count for number in range(count + 1)]
    ordered: list[pytest.Item] = []
    for number, (start, end) in enumerate(pairwise(ends)):
        share = long[number::count]
        ordered += [*share, *islice(rest, max(0, end - start - len(share)))]
    items[:] = [*ordered, *rest]


def _limit(item: pytest.Item) -> float:
    marker = item.get_closest_marker("timeout")
    return float(marker.args[0] if marker else item.config.getoption("timeout") or item.config.getini("timeout"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Behind pytest-timeout, which stops its clock as soon as a test has failed: what then hangs (a server that is to
    stop, a thread that is waited for) would hang for ever. Ends the process, where another one takes its place."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return (yield)
    watchdog = threading.Timer(_limit(item) + AFTER_ITS_END, _give_up, [item.nodeid])
    watchdog.daemon = True
    watchdog.start()
    try:
        return (yield)
    finally:
        watchdog.cancel()


def _give_up(test: str) -> None:
    assert sys.__stderr__ is not None
    print(f"\n{test} does not end; its process is ended. All threads:", file=sys.__stderr__, flush=True)
    faulthandler.dump_traceback(sys.__stderr__, all_threads=True)
    os._exit(70)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database of the newest schema, made once in each process: to copy it costs a tenth of making it."""
    file = tmp_path_factory.mktemp("migrated") / "corrigenda.db"
    Database(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def sqlite_url(tmp_path: Path, migrated: Path) -> str:
    """A file of its own for one test: migrated, empty."""
    return f"sqlite:///{shutil.copy(migrated, tmp_path)}"


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """The database of a test: a file of its own, or with CORRIGENDA_TEST_DATABASE=postgresql one of a real server."""
    kind = "postgresql" if os.environ.get("CORRIGENDA_TEST_DATABASE") == "postgresql" else "sqlite"
    url: str = request.getfixturevalue(f"{kind}_url")
    return url
