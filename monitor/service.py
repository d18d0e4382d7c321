"""The service: schedule, deliveries and pages in one process, until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import structlog
import uvicorn
from filelock import FileLock, Timeout
from sqlalchemy.engine import make_url

from alerts.deliver import Deliverer
from monitor.config import Settings
from monitor.errors import CorrigendaError
from monitor.follower import Follower
from monitor.journal import configure_log
from monitor.outgoing import delivery_settings, links_of, senders_of, waits_of
from monitor.previewing import Previews
from monitor.retaining import Retention
from monitor.schedule import Schedule
from monitor.tasks import Visits
from monitor.watchdog import Watchdog
from monitor.web.accounts import add_link
from monitor.web.app import create_app
from monitor.web.security import check_binding
from storage import accounts, deliveries, sites
from storage.database import Database

log = structlog.get_logger()


def serve(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT: checks and deliveries under way are then finished, and nothing new begun.

    Raises ConfigurationError, and CorrigendaError when another service already runs on this database.
    """
    configure_log(settings.log)
    with alone(settings.database), closing(Database(settings.database)) as database:
        with database.read() as session:
            check_binding(settings, accounts=accounts.exist(session))
        with _listen(settings.web.host, settings.web.port) as listening:
            settings = _with_port(settings, listening.getsockname()[1])
            log.info("corrigenda serves its pages", url=f"http://{settings.web.host}:{settings.web.port}")
            with database.write() as session:
                # We are alone: what is still claimed was claimed by a service that died.
                sites.release_all(session)
                deliveries.release_interrupted(session, datetime.now(UTC))
                link = None if accounts.exist(session) else add_link(session, None, now=datetime.now(UTC))
            if link:
                first = f"http://{settings.web.host}:{settings.web.port}{link}"
                log.info("there is no account: whoever is at this machine may do everything; make the first", url=first)
            with Visits(database, settings) as visits:
                asyncio.run(_run(database, settings, visits, listening))
    log.info("stopped")


async def _run(database: Database, settings: Settings, visits: Visits, listening: socket.socket) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    schedule = Schedule(visits)
    previews = Previews(visits.look_first)
    watchdog = Watchdog(database, settings)
    follower = Follower(database, waits_of(settings))
    retention = Retention(database, settings)
    server = _Server(
        uvicorn.Config(
            create_app(database, settings, previews),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # whom a proxy asks for is decided in one place: web.trusted_proxies
        )
    )
    senders = senders_of(settings, await asyncio.to_thread(links_of, database, settings))
    deliverer = Deliverer(database, senders, delivery_settings(settings))
    await asyncio.to_thread(schedule.start)
    watchdog.start()
    follower.start()
    retention.start()
    tasks = {
        asyncio.create_task(server.serve(sockets=[listening]), name="web"),
        asyncio.create_task(deliverer.run(stopping), name="deliveries"),
    }
    asked = asyncio.create_task(stopping.wait(), name="stop")
    await asyncio.wait({*tasks, asked}, return_when=asyncio.FIRST_COMPLETED)
    # Told to stop, or a part has died: then the whole stops, loudly, rather than look alive.
    stopping.set()
    server.should_exit = True
    previews.close()
    await asyncio.to_thread(watchdog.stop)
    await asyncio.to_thread(schedule.stop)
    await asyncio.to_thread(follower.stop)
    await asyncio.to_thread(retention.stop)
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result
    asked.cancel()


class _Server(uvicorn.Server):
    """uvicorn without signal handlers of its own: the service decides when all of its parts stop."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _listen(host: str, port: int) -> socket.socket:
    """A socket for the pages, bound before anything else starts: a taken port is the commonest mistake."""
    try:
        listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise CorrigendaError(
            f"pages cannot be served on {host} port {port}: {reason}; choose another with --port or web.port"
        ) from None
    return listening


def _with_port(settings: Settings, port: int) -> Settings:
    """The settings with the port that was really taken, for links and for the Host check."""
    return settings.model_copy(update={"web": settings.web.model_copy(update={"port": port})})


@contextmanager
def alone(database: str) -> Iterator[None]:
    """Hold the lock of a database file, so that two services never check the same articles.

    It is the operating system's lock: it ends with the process, however that ends.
    """
    url = make_url(database)
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        yield
        return
    # Beside the file itself: through a link to it a second service would find no lock.
    lock = FileLock(Path(f"{Path(url.database).resolve()}.lock"))
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise CorrigendaError(
            f"another service runs on {url.database}: stop it first, or give this one a database of its own"
        ) from None
    try:
        yield
    finally:
        lock.release()
