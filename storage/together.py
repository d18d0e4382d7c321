"""Group commit: what several threads want written at one moment is one transaction."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import Connection

from storage.database import Database

_MOST = 500
"""Committed together, so that none waits for very many."""


Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(slots=True)
class _Waiting(Generic[Item, Result]):
    item: Item
    result: Result | None = None
    error: BaseException | None = None
    done: bool = False


class Together(Generic[Item, Result]):
    """Writes items, those that wait at one moment in one transaction; who hands one in waits until it is durable.

    There is no thread of its own: whoever comes first writes, those that come meanwhile queue, and the next of them
    writes for all. A lone writer so pays for nothing but its own transaction.
    """

    def __init__(self, database: Database, write: Callable[[Connection, Sequence[Item]], Sequence[Result]]) -> None:
        """write: writes items and gives a result for each. Should it fail, it is called again for each one alone."""
        self._database = database
        self._write = write
        self._queue: deque[_Waiting[Item, Result]] = deque()
        self._leading = threading.Lock()
        self._connection: Connection | None = None

    def __call__(self, item: Item) -> Result:
        """Write an item. Raises what writing it raised; nothing of it is then kept."""
        mine: _Waiting[Item, Result] = _Waiting(item)
        self._queue.append(mine)
        with self._leading:
            while not mine.done:
                self._write_for_some()
        if mine.error is not None:
            raise mine.error
        return mine.result  # type: ignore[return-value]

    def close(self) -> None:
        """Let go of the connection; what is handed in later opens another."""
        with self._leading:
            self._let_go()

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _write_for_some(self) -> None:
        """Those that have waited longest."""
        group: list[_Waiting[Item, Result]] = []
        while self._queue and len(group) < _MOST:
            group.append(self._queue.popleft())
        try:
            self._commit(group)
        except Exception:  # noqa: BLE001  whatever it was, each is tried by itself
            # One of them cannot be written, or two of them not together: then each by itself.
            for each in group:
                try:
                    self._commit([each])
                except Exception as error:  # noqa: BLE001  whose it is shall have it
                    each.error = error
        except BaseException as error:
            for each in group:
                each.error = error
            raise
        finally:
            for each in group:
                each.done = True

    def _commit(self, group: Sequence[_Waiting[Item, Result]]) -> None:
        connection = self._connection = self._connection or self._database.connect()
        try:
            with self._database.transaction(connection):
                results = self._write(connection, [each.item for each in group])
        except BaseException:
            self._let_go()  # perhaps it is the connection that is broken
            raise
        for each, result in zip(group, results, strict=True):
            each.result = result
