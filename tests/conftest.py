"""What holds for all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.postgres import postgresql, postgresql_copy, postgresql_url

__all__ = ["database_url", "postgresql", "postgresql_copy", "postgresql_url"]


def pytest_xdist_auto_num_workers() -> int:
    """`--numprocesses auto`: more than there are processors, because tests wait for clocks, sockets and processes."""
    return (os.cpu_count() or 1) * 3 // 2


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The database of a test: a file of its own, or with CORRIGENDA_TEST_DATABASE=postgresql one of a real server."""
    if os.environ.get("CORRIGENDA_TEST_DATABASE") == "postgresql":
        url: str = request.getfixturevalue("postgresql_url")
        return url
    return f"sqlite:///{tmp_path}/corrigenda.db"
