"""The service, until it is told to stop: all of it in one process, or each role in processes of its own."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
from collections.abc import Collection, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import structlog
import uvicorn
from filelock import FileLock, Timeout
from sqlalchemy.engine import make_url

from alerts.deliver import Deliverer
from monitor.config import Settings
from monitor.errors import ConfigurationError, CorrigendaError
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
from storage.database import Database, url_of

if TYPE_CHECKING:  # what it is made of comes with the extra `postgresql`
    from monitor.engine import Engine

log = structlog.get_logger()


ROLES = ("scheduler", "worker", "deliver", "web")
"""What a service does; all of it, unless many machines share the work."""


def serve(settings: Settings, roles: Collection[str] = ROLES) -> None:
    """Run until SIGTERM or SIGINT: checks and deliveries under way are then finished, and nothing new begun.

    roles: what it does. `scheduler` says what is due and looks after stories, retention and the watch itself; `worker`
    visits Sites; `deliver` sends alerts; `web` serves the pages. Raises ConfigurationError, and CorrigendaError when
    another service already runs on this database, or when there is only one that could.
    """
    if set(roles) != set(ROLES) and url_of(settings.database).get_backend_name() == "sqlite":
        raise ConfigurationError(
            f"a service that is only {' and '.join(sorted(roles))} needs others beside it, and on SQLite there is "
            "only one: run `corrigenda serve` without --role, or set `database` to postgresql://..."
        )
    configure_log(settings.log)
    with alone(settings.database), closing(Database(settings.database)) as database, ExitStack() as opened:
        listening = None
        if "web" in roles:
            with database.read() as session:
                check_binding(settings, accounts=accounts.exist(session))
            listening = opened.enter_context(_listen(settings.web.host, settings.web.port))
            settings = _with_port(settings, listening.getsockname()[1])
        _begin(database, settings, roles)
        engine = _open_engine(database) if {"scheduler", "worker"} & set(roles) else None
        visits = opened.enter_context(Visits(database, settings, engine=engine))
        asyncio.run(_run(database, settings, visits, listening, roles))
    log.info("stopped")


def _begin(database: Database, settings: Settings, roles: Collection[str]) -> None:
    now = datetime.now(UTC)
    if not database.shared:
        with database.write() as session:
            # We are alone: what is still claimed was claimed by a service that died.
            sites.release_all(session)
            deliveries.release_interrupted(session, now)
    log.info("corrigenda starts", roles=sorted(roles), database=database.url.render_as_string())
    if "web" not in roles:
        return
    log.info("corrigenda serves its pages", url=f"http://{settings.web.host}:{settings.web.port}")
    with database.write() as session:
        link = None if accounts.exist(session) else add_link(session, None, now=now)
    if link:
        first = f"http://{settings.web.host}:{settings.web.port}{link}"
        log.info("there is no account: whoever is at this machine may do everything; make the first", url=first)


def _open_engine(database: Database) -> Engine | None:
    """The queue that many machines share; none where there is only this one."""
    if not database.shared:
        return None
    try:
        from monitor.engine import Engine
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"{error.name} is not installed: PostgreSQL needs `pip install 'corrigenda[postgresql]'`"
        ) from error
    return Engine(database)


async def _run(
    database: Database, settings: Settings, visits: Visits, listening: socket.socket | None, roles: Collection[str]
) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    loops = _loops(database, settings, visits, roles)
    for each in loops:
        await asyncio.to_thread(each.start)
    tasks = set()
    previews = Previews(visits.look_first)
    server = None
    if listening is not None:
        app = create_app(database, settings, previews)
        server = _Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,  # whom a proxy asks for is decided in one place: web.trusted_proxies
            )
        )
        tasks.add(asyncio.create_task(server.serve(sockets=[listening]), name="web"))
        loop.run_in_executor(None, app.state.api.make)  # while the pages answer already
    if "deliver" in roles:
        senders = senders_of(settings, await asyncio.to_thread(links_of, database, settings))
        deliverer = Deliverer(database, senders, delivery_settings(settings), now=visits.clock.now)
        tasks.add(asyncio.create_task(deliverer.run(stopping), name="deliveries"))
    # What is here now stays to the end: to look through it for garbage held up every thread for 200 ms at a time.
    gc.freeze()
    asked = asyncio.create_task(stopping.wait(), name="stop")
    await asyncio.wait({*tasks, asked}, return_when=asyncio.FIRST_COMPLETED)
    # Told to stop, or a part has died: then the whole stops, loudly, rather than look alive.
    stopping.set()
    if server is not None:
        server.end()
    previews.close()
    for each in reversed(loops):
        await asyncio.to_thread(each.stop)
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result
    asked.cancel()


class _Loop(Protocol):
    """What goes round in a thread of its own until it is told to stop."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


def _loops(database: Database, settings: Settings, visits: Visits, roles: Collection[str]) -> list[_Loop]:
    """The loops of these roles, in the order in which they start."""
    found: list[_Loop] = []
    if {"scheduler", "worker"} & set(roles):  # every worker ticks: should the scheduler stop, the watch does not
        found.append(Schedule(visits, takes="worker" in roles))
    if "scheduler" in roles:
        found += [
            Follower(database, waits_of(settings), visits.clock),
            Retention(database, settings, visits.clock),
            Watchdog(database, settings, visits.clock),
        ]
    return found


class _Server(uvicorn.Server):
    """uvicorn without signal handlers of its own: the service decides when all of its parts stop, and says so.

    By itself it looks ten times a second whether it should, which was a quarter of what an idle service cost.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._told = asyncio.Event()

    def end(self) -> None:
        """Stop serving, as soon as what is asked for now is answered."""
        self.should_exit = True
        self._told.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        # 0 on each tick: of every tenth it makes the date of the next second's answers.
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), 1.0)


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
        raise CorrigendaError(f"another service runs on {url.database}: stop it first") from None
    try:
        yield
    finally:
        lock.release()
