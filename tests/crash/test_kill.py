"""kill -9 at random moments of the cycle, again and again: nothing lost, nothing told twice under another id.

Here a few kills; `make test-crash` does hundreds, and ends at every boundary besides.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.crash import kills
from tests.crash.invariants import Invariant
from tests.crash.lives import PATIENCE
from tests.crash.stores import PostgresStore, SqliteStore, Store

KILLS = int(os.environ.get("CORRIGENDA_TEST_KILLS", "3"))


def assert_nothing_is_broken(found: list[Invariant]) -> None:
    for one in found:
        print(one)
    assert not [str(one) for one in found if one.broken]


def kill_on(folder: Path, store: Store) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    # How long due work waits is no test on a machine that does other things: `make test-crash` looks at it.
    assert_nothing_is_broken(kills.run(folder, store, KILLS, seed, spare=10 * PATIENCE))


@pytest.mark.timeout(900)
def test_kill_at_random_moments(tmp_path: Path) -> None:
    kill_on(tmp_path, SqliteStore(tmp_path / "corrigenda.db"))


@pytest.mark.timeout(900)
def test_kill_at_random_moments_on_postgresql(tmp_path: Path, postgresql_url: str) -> None:
    kill_on(tmp_path, PostgresStore(postgresql_url))
