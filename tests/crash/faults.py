"""Where a process may end, found by watching it rather than by a list: before and after each statement that writes and
each commit, and before and after a page is extracted, a message sent, a file written.

A point is called by what is done there (`INSERT INTO version`, `commit of UPDATE article, INSERT INTO change`), not by
the function that does it: so it stays when code is moved, and a new boundary is found by itself.
"""

from __future__ import annotations

import os
import re
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine, default

from alerts.channels.webhook import WebhookSender
from monitor.extraction.worker import Extractor
from monitor.sources.http import Fetcher

ENDED_HERE = 77
"""The exit code of a process that ended where it was told to."""
_WRITE = re.compile(
    r"\s*(INSERT INTO|UPDATE|DELETE FROM|(?:CREATE|DROP|ALTER)(?: UNIQUE| VIRTUAL)? \w+)"
    r"\s+(?:IF (?:NOT )?EXISTS )?\"?(\w+)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Point:
    """Where to end, or (without a label) where to keep what was passed."""

    moment: str = ""
    """`before` or `after`."""
    label: str = ""
    passed: str = ""
    """A file that gets a line for each label that is passed for the first time."""


class _Watch:
    def __init__(self, point: Point) -> None:
        self._point = point
        self._passed: set[str] = set()
        self._lock = threading.Lock()

    def __call__(self, moment: str, label: str) -> None:
        if (moment, label) == (self._point.moment, self._point.label):
            os._exit(ENDED_HERE)
        if self._point.passed and label not in self._passed:
            with self._lock:
                self._passed.add(label)
                with Path(self._point.passed).open("a") as file:
                    file.write(f"{label}\n")


def arm(point: Point) -> None:
    """From now on this process ends at the point, by `os._exit`: nothing is flushed, closed or rolled back."""
    watch = _Watch(point)
    written: defaultdict[int, list[str]] = defaultdict(list)
    """What each connection wrote since its last commit."""

    @event.listens_for(Engine, "before_cursor_execute")
    def before(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if label := _label(statement):
            watch("before", label)

    @event.listens_for(Engine, "after_cursor_execute")
    def after(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if label := _label(statement):
            written[id(connection.connection.dbapi_connection)].append(label)
            watch("after", label)

    commit, rollback = default.DefaultDialect.do_commit, default.DefaultDialect.do_rollback

    def watched_commit(dialect: Any, connection: Any) -> None:
        done = written.pop(id(getattr(connection, "dbapi_connection", connection)), [])
        label = f"commit of {', '.join(dict.fromkeys(done))}"
        if done:
            watch("before", label)
        commit(dialect, connection)
        if done:
            watch("after", label)

    def watched_rollback(dialect: Any, connection: Any) -> None:
        written.pop(id(getattr(connection, "dbapi_connection", connection)), None)
        rollback(dialect, connection)

    default.DefaultDialect.do_commit = watched_commit  # type: ignore[method-assign]
    default.DefaultDialect.do_rollback = watched_rollback  # type: ignore[method-assign]
    for owner, name, label in (
        (Fetcher, "fetch", "fetch of a page"),
        (Extractor, "extract", "extraction of an article"),
        (WebhookSender, "_call", "call of a webhook"),
    ):
        setattr(owner, name, _watched(getattr(owner, name), label, watch))


def _label(statement: str) -> str:
    found = _WRITE.match(statement)
    return f"{found[1].upper()} {found[2]}" if found else ""


def _watched(function: Callable[..., Any], label: str, watch: _Watch) -> Callable[..., Any]:
    @wraps(function)
    def watched(*arguments: Any, **named: Any) -> Any:
        watch("before", label)
        result = function(*arguments, **named)
        watch("after", label)
        return result

    return watched
