"""The log: structured lines on standard error, for people or for machines."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable

import structlog
from structlog.typing import EventDict, WrappedLogger

from monitor.config import Log

EVERY = 60.0
"""Seconds: what lasts is said so often."""


class SaidSeldom:
    """What the database refuses (`scheduler.database`), loops that go round each second would say each second."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._said: dict[str, tuple[float, int]] = {}
        """By event: when last, and how often not since."""

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        """Raises structlog.DropEvent."""
        name = str(event.get("event"))
        if not name.endswith(".database"):
            return event
        now = self._monotonic()
        at, unsaid = self._said.get(name, (now - EVERY, 0))
        if now - at < EVERY:
            self._said[name] = (at, unsaid + 1)
            raise structlog.DropEvent
        self._said[name] = (now, 0)
        event["error"] = str(event.get("error", "")).partition("(Background on")[0].strip()
        return {**event, "unsaid": unsaid} if unsaid else event


def _is_news(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith("Exception in ASGI application")


def configure_log(settings: Log) -> None:
    """Send our own lines and those of libraries the same way, as lines for people or as JSON, one object a line."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        SaidSeldom(time.monotonic),
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[structlog.typing.Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if settings.format == "json"
        # Plain tracebacks: the prettier ones print local variables, and with them secrets and whole pages.
        else [
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
        ]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        # What the level leaves out is a method that does nothing.
        wrapper_class=structlog.make_filtering_bound_logger(settings.level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.level.upper())
    for noisy in ("apscheduler", "httpx2", "httpcore2", "h2", "hpack", "uvicorn", "alembic", "trafilatura", "htmldate"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # Our pages have said it, with its traceback ("page failed").
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    # A tick that waits for the database is not begun a second time: that is meant, and said as `scheduler.database`.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
