"""What holds for all tests."""

from __future__ import annotations

import os


def pytest_xdist_auto_num_workers() -> int:
    """`--numprocesses auto`: more than there are processors, because tests wait for clocks, sockets and processes."""
    return (os.cpu_count() or 1) * 3 // 2
