"""Locks that many machines want at the same time: nobody holds them for long, and who waits in vain blames nobody."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from storage import rules
from storage.database import Database, in_trouble

MANY_TELL = """
import sys, threading, time
from storage import rules
from storage.database import Database

database = Database(sys.argv[1])

def tell():
    while True:
        with database.write(telling=True) as session:
            rules.lock_channels(session, {1})
            time.sleep(0.05)

for _ in range(8):
    threading.Thread(target=tell).start()
time.sleep(2)
print("telling", flush=True)
"""
"""A machine whose articles change all at once."""


@pytest.fixture
def shared(postgresql_url: str) -> Iterator[Database]:
    """A database with one Channel."""
    with closing(Database(postgresql_url)) as database:
        with database.write() as session:
            rules.add_channel(session, "desk", "email", "desk@example.org", None, datetime.now(UTC))
        yield database


def test_a_machine_that_freezes_lets_go_of_its_channels_before_others_give_up(shared: Database) -> None:
    url = shared.url.render_as_string(hide_password=False)
    with subprocess.Popen([sys.executable, "-c", MANY_TELL, url], stdout=subprocess.PIPE) as frozen:
        try:
            assert frozen.stdout is not None
            assert frozen.stdout.readline() == b"telling\n"
            frozen.send_signal(signal.SIGSTOP)
            begun = time.monotonic()
            with shared.write(telling=True) as session:
                rules.lock_channels(session, {1})
            assert time.monotonic() - begun < 30  # one transaction that stands idle is ended after 20 s
        finally:
            frozen.kill()


def test_who_waits_for_a_lock_in_vain_blames_the_database(shared: Database) -> None:
    with shared.write() as holder:
        rules.lock_channels(holder, {1})
        with pytest.raises(OperationalError) as found, shared.engine.begin() as connection:
            connection.execute(text("SET LOCAL lock_timeout = '50ms'"))
            connection.execute(text("SELECT id FROM channel FOR NO KEY UPDATE"))
    assert in_trouble(found.value)
    with pytest.raises(Exception, match="syntax") as wrong, shared.engine.begin() as connection:
        connection.execute(text("SELECT FROM WHERE"))
    assert not in_trouble(wrong.value)
