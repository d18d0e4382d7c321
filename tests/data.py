"""Where the real data lies that some tests measure with. It belongs to others and is not part of the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

DATA = Path(os.environ.get("CORRIGENDA_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))


def real_data(name: str) -> Path:
    """The file or folder of that name; the test is skipped, saying so, where it is not there."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"real data {name!r} is not here (CORRIGENDA_TEST_DATA names its folder)")
    return path
