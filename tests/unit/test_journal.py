"""What lasts is said now and then, and not each second."""

from __future__ import annotations

import pytest
import structlog

from monitor.journal import EVERY, SaidSeldom


def test_what_the_database_refuses_is_said_once_a_minute() -> None:
    now = 0.0
    seldom = SaidSeldom(lambda: now)
    refused = {"event": "scheduler.database", "error": "disk is full\n(Background on this error at: https://…)"}
    assert seldom(None, "error", dict(refused)) == {"event": "scheduler.database", "error": "disk is full"}
    for _ in range(3):
        now += 1.0
        with pytest.raises(structlog.DropEvent):
            seldom(None, "error", dict(refused))
    assert seldom(None, "error", {**refused, "event": "watchdog.database"})["event"] == "watchdog.database"
    assert seldom(None, "info", {"event": "checked"}) == {"event": "checked"}
    now += EVERY
    assert seldom(None, "error", dict(refused))["unsaid"] == 3
