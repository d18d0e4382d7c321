"""Visits over many machines: which Sites are to be visited stands in a queue in PostgreSQL, kept by Procrastinate.

The only file that knows Procrastinate, behind two methods: `enqueue_sites` and `run`. The queue promises nothing that
the rows of Sites and Articles do not: what is due stays due until it was looked at, and who visits a Site holds its
claim. So a job is a hint that may be lost, and a job that cannot be finished is thrown away and made anew.
"""

from __future__ import annotations

import asyncio
import logging
import os
import platform
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status
from sqlalchemy.exc import SQLAlchemyError

from storage.database import Database
from storage.queue_schema import SCHEMA, migrate_queue

QUEUE = "visits"
TASK = "visit"
HEARTBEAT_SECONDS = 5.0
STALLED_SECONDS = 25.0
"""Who gave no sign of life for so long is dead or frozen. What it held is visited again well within 90 seconds."""
POLL_SECONDS = 2.0
"""How often a worker looks by itself, should a notification be lost."""
ANSWER_SECONDS = 30.0
"""How long the queue may take for anything that is asked of it."""
AGAIN_SECONDS = 2.0
CONNECTIONS = 6

log = structlog.get_logger()

_T = TypeVar("_T")


class QueueAwayError(SQLAlchemyError):
    """The queue does not answer: to whoever asks, the database is away. What is due stays due, and is asked for again.

    Nothing is lost by it.
    """


class Engine:
    """A queue of Sites to visit, and the worker that takes from it. Safe between threads; has a loop of its own.

    A job holds its Site's host as `lock`, so that no two are worked on at once, and as `queueing_lock`, so that no two
    wait. Neither is what keeps a host from being asked twice at once (a frozen worker holds no lock for ever): that is
    the claim and the slots of the Site's row.
    """

    def __init__(self, database: Database) -> None:
        """Brings the tables of the queue up to date. Raises sqlalchemy.exc.SQLAlchemyError when unreachable."""
        migrate_queue(database)
        _hear_out_procrastinate()
        address = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        connector = PsycopgConnector(
            conninfo=address, kwargs={"options": f"-c search_path={SCHEMA}"}, min_size=1, max_size=CONNECTIONS
        )
        self._app = App(connector=connector)
        self._visit: Callable[[int], None] | None = None
        self._threads: ThreadPoolExecutor | None = None
        self._worker: asyncio.Task[None] | None = None
        self._stopping = False
        self._app.task(name=TASK, queue=QUEUE)(self._run_job)
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(_say_what_was_left)
        self._thread = threading.Thread(target=self._loop.run_forever, name="queue", daemon=True)
        self._thread.start()
        self._ask(self._app.open_async().__aenter__())

    def close(self) -> None:
        """End after the visits under way."""
        self._stopping = True
        if self._worker is not None:
            asyncio.run_coroutine_threadsafe(self._end_worker(), self._loop).result()
        if self._threads is not None:
            self._threads.shutdown(wait=True)
        self._ask(self._app.close_async())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def enqueue_sites(self, due: Callable[[int], Sequence[tuple[int, str]]], most: int) -> int:
        """Let the Sites that are due stand in the queue, at most so many at once. Returns how many came to it.

        due: finds so many of them, id and host. Idempotent: every worker may ask, as often as it likes. Raises
        QueueAwayError.
        """
        return self._ask(self._enqueue(due, most))

    def run(self, visit: Callable[[int], None], at_once: int) -> None:
        """Begin to visit what stands in the queue, so many Sites at once, each in a thread. visit: takes a Site's id.

        It goes on until `close`, also when the database was away for a while.
        """
        self._visit = visit
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="visit")

        async def begin() -> None:
            self._worker = asyncio.create_task(self._work(at_once))

        self._ask(begin())

    def reap(self) -> int:
        """Throw away the jobs of workers that are dead or frozen, so that their Sites can be enqueued anew.

        Raises QueueAwayError.
        """
        return self._ask(self._reap())

    def _ask(self, question: Coroutine[Any, Any, _T]) -> _T:
        answer = asyncio.run_coroutine_threadsafe(question, self._loop)
        try:
            return answer.result(ANSWER_SECONDS)
        except ConnectorException as error:
            raise QueueAwayError(_cause(error)) from error
        except TimeoutError as error:  # after a freeze, perhaps: what was waited for is long over
            answer.cancel()
            raise QueueAwayError(f"no answer within {ANSWER_SECONDS:g} s") from error

    async def _enqueue(self, due: Callable[[int], Sequence[tuple[int, str]]], most: int) -> int:
        found = await asyncio.to_thread(due, most)  # those that wait in the queue are among them
        if not found:
            return 0
        waiting = await self._app.job_manager.list_jobs_async(queue=QUEUE, status=Status.TODO.value)
        hosts = {job.queueing_lock for job in waiting}
        new = [(site_id, host) for site_id, host in found if host not in hosts][: most - len(hosts)]
        if not new:
            return 0
        task = self._app.tasks[TASK]
        jobs = [task.configure(lock=host, queueing_lock=host).make_new_job(site_id=site_id) for site_id, host in new]
        try:
            await self._app.job_manager.batch_defer_jobs_async(jobs)
        except AlreadyEnqueued:  # another worker ticked at the same moment
            for job in jobs:
                try:
                    await self._app.job_manager.defer_job_async(job)
                except AlreadyEnqueued:
                    continue
        return len(new)

    async def _reap(self) -> int:
        stalled = await self._app.job_manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=STALLED_SECONDS)
        reaped = 0
        for job in stalled:
            # Not tried again: beside it the same Site may be waiting already, and there is only one such place.
            try:
                await self._app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
            except ConnectorException:  # somebody else has just done so
                continue
            reaped += 1
            log.warning("visit was given up by its worker", site=job.lock)
        return reaped

    async def _work(self, at_once: int) -> None:
        while not self._stopping:
            try:
                await self._app.run_worker_async(
                    queues=[QUEUE],
                    name=f"{platform.node()}-{os.getpid()}",
                    concurrency=at_once,
                    install_signal_handlers=False,
                    delete_jobs="always",
                    fetch_job_polling_interval=POLL_SECONDS,
                    update_heartbeat_interval=HEARTBEAT_SECONDS,
                    stalled_worker_timeout=STALLED_SECONDS,
                )
            except ConnectorException as error:
                log.error("queue.database", error=_cause(error))
            await asyncio.sleep(AGAIN_SECONDS)

    async def _end_worker(self) -> None:
        assert self._worker is not None
        self._worker.cancel()
        await asyncio.gather(self._worker, return_exceptions=True)

    async def _run_job(self, site_id: int) -> None:
        assert self._visit is not None
        assert self._threads is not None
        await self._loop.run_in_executor(self._threads, self._visit, site_id)


class _Heard(logging.Handler):
    """What Procrastinate says goes where our own lines go; that the database was away for it, in one line of ours.

    A worker that was frozen finds all that it waited for timed out: it begins anew, and nothing was lost.
    """

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, ConnectorException):
            log.warning("queue.database", error=_cause(error))
        else:
            logging.getLogger().handle(record)


def _hear_out_procrastinate() -> None:
    theirs = logging.getLogger("procrastinate")
    theirs.setLevel(logging.WARNING)
    theirs.propagate = False
    theirs.handlers = [_Heard()]


def _cause(error: ConnectorException) -> str:
    return str(error.__cause__ or error)[:300]


def _say_what_was_left(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What goes wrong where nobody waits for it: above all the end of a job that was thrown away in the meantime."""
    error = context.get("exception")
    if isinstance(error, ConnectorException):
        log.warning("queue.job", error=_cause(error))
    else:
        loop.default_exception_handler(context)
