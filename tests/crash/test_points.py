"""The process ends by itself before and after boundaries of its work: here one of each kind, drawn anew.

`make test-crash` takes all.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.crash.points import Plan
from tests.crash.stores import SqliteStore

POINTS = int(os.environ.get("CORRIGENDA_TEST_POINTS", "1"))


@pytest.mark.timeout(900)
def test_ends_before_and_after_boundaries(tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    found = Plan(tmp_path, SqliteStore(tmp_path / "corrigenda.db"), POINTS, seed).run()
    for one in found:
        print(one)
    assert not [str(one) for one in found if one.broken]
