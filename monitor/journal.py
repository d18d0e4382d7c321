"""The log: structured lines on standard error, for people or for machines."""

from __future__ import annotations

import logging
import sys

import structlog

from monitor.config import Log


def configure_log(settings: Log) -> None:
    """Send our own lines and those of libraries the same way, as lines for people or as JSON, one object a line."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
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
