"""kill -9 at random moments of the cycle, again and again; then a last life settles everything."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import col, select

from storage.tables import Article, Delivery, Site, StoryMember
from tests.crash import invariants
from tests.crash.invariants import Invariant, Waits
from tests.crash.lives import INTERVAL, PATIENCE, SERVE, Life, set_up, wait_until
from tests.crash.oracle import CHANGING, MOMENTS, Oracle
from tests.crash.stores import Store

LONGEST_LIFE = 8.0
"""Seconds after its first request: whatever it was to do before it is killed may not come."""


def run(
    folder: Path,
    store: Store,
    kills: int,
    seed: int,
    say: Callable[[str], None] = print,
    *,
    minutes: float = float("inf"),
    spare: float = 0.0,
) -> list[Invariant]:
    """The plan on one database, in an empty folder. Returns what was found.

    minutes: it stops after so long, however many kills are left. spare: seconds that due work may wait longer than
    one interval, on a machine that has other things to do.
    """
    dice = random.Random(seed)
    oracle = Oracle(random.Random(dice.random()))
    waits = Waits(INTERVAL + spare)
    broken: dict[str, Invariant] = {}
    try:
        set_up(folder, oracle, store)
        begun = time.monotonic()
        for number in range(1, kills + 1):
            _live_and_die(folder, store, oracle, dice, waits)
            for found in invariants.while_dead(oracle, store, folder / "copy"):
                if found.broken:
                    broken.setdefault(found.name, found)
            late = time.monotonic() - begun > minutes * 60
            if number % 25 == 0 or number == kills or late:
                clean = invariants.database_is_clean(store, folder / "copy")
                if clean.broken:
                    broken.setdefault(clean.name, clean)
                pace = (time.monotonic() - begun) / number
                say(
                    f"{store.name}: {number} of {kills} kills ({pace:.1f} s each), {len(oracle.acknowledged)} "
                    f"acknowledgements, {len(oracle.calls)} webhook calls"
                    + (f", BROKEN: {list(broken)}" if broken else "")
                )
            if late:
                break
        settle(folder, store, oracle)
        found = [*invariants.when_settled(oracle, store, folder / "copy"), waits.invariant()]
    finally:
        oracle.close()
    for one in found:  # what was broken after a kill is broken, even when it was mended afterwards
        if one.name in broken:
            one.broken = [f"(right after a kill) {what}" for what in broken[one.name].broken] + one.broken
    return found


def _live_and_die(folder: Path, store: Store, oracle: Oracle, dice: random.Random, waits: Waits) -> None:
    """One life: pages change, work is done, and it is killed.

    Moments are counted by what it did (the fifth page that it asked for, say, and a little later), so that the kills
    meet work on a slow machine as well.
    """
    due = _due(store, folder, waits)
    served = len(oracle.served)
    for url in dice.sample(oracle.urls[:CHANGING], 6):
        oracle.change(url)
    life = Life(folder, SERVE)
    if dice.random() < 0.1:  # while it starts
        time.sleep(dice.uniform(0, 1.5))
    elif life.wait_until_up():
        if dice.random() < 0.5:
            (oracle.add_article if dice.random() < 0.3 else oracle.add_story)(life.address)
        met = threading.Event()
        oracle.ambush(dice.choice(MOMENTS), dice.randint(1, 4), met.set)
        wait_until(lambda: len(oracle.served) > served or not life.process.is_alive())
        assert len(oracle.served) > served, f"it asks for nothing: {life.said()[-3000:]}"
        until = time.monotonic() + LONGEST_LIFE
        while time.monotonic() < until and not met.wait(dice.uniform(0, 0.3)):
            oracle.change(dice.choice(oracle.urls[:CHANGING]))
        time.sleep(dice.choice([0, 0, dice.uniform(0, 0.3)]))
    life.kill()
    ended = time.monotonic()
    log = life.said()
    assert life.process.exitcode == -signal.SIGKILL, f"it ended by itself: {log[-3000:]}"
    oracle.hear(log)
    life.log.unlink(missing_ok=True)
    waits.lived(oracle, due, ended, served)


def _due(store: Store, folder: Path, waits: Waits) -> Mapping[str, float]:
    """When each article falls due by what is kept, on the monotonic clock.

    What a dead process held on a database that is shared is due when others take it over.
    """
    here = time.monotonic()
    shift = here - datetime.now(UTC).timestamp()
    with store.look(folder / "copy") as session:
        rows = session.exec(
            select(Article.url, Article.next_check_at, Site.visit_until, Site.fence).join(
                Site, col(Site.id) == col(Article.site_id)
            )
        ).all()
    due = {}
    for url, at, held, fence in rows:
        if at is not None:
            died = waits.held_since(url, fence, here) if held is not None and store.taken_over else 0.0
            due[url] = max(at.timestamp() + shift, died + store.taken_over)
    return due


def settle(folder: Path, store: Store, oracle: Oracle) -> None:
    """A last life that is left alone until all is done, and then asked to end."""
    oracle.moody = False
    life = Life(folder, SERVE)
    try:
        assert life.wait_until_up(), life.said()[-3000:]
        settled = _comes_to_rest(store, oracle)
        code = life.ask_to_end()
    finally:
        life.kill()
    oracle.hear(life.said())
    assert code == 0, f"it ended with {code}: {life.said()[-3000:]}"
    assert settled, f"nothing was done for {PATIENCE:g} s: {left_over(store, oracle)[:10]}"


def _comes_to_rest(store: Store, oracle: Oracle) -> bool:
    """Whether all is done in the end: what is left must become less, however much and however slowly."""
    fewest, since = float("inf"), time.monotonic()
    while left := len(left_over(store, oracle)):
        if left < fewest:
            fewest, since = left, time.monotonic()
        elif time.monotonic() - since > PATIENCE:
            return False
        time.sleep(0.5)
    return True


def is_settled(store: Store, oracle: Oracle) -> bool:
    """Whether all that was served is kept, and all that was to be told is told."""
    return not left_over(store, oracle)


def left_over(store: Store, oracle: Oracle) -> list[str]:
    """What a service still has to do."""
    with store.watch() as session:
        left = [
            f"delivery {one.id} waits: {one.last_error}"
            for one in session.exec(select(Delivery).where(Delivery.state == "waiting"))
        ]
        left += [
            f"article {article_id} is behind in its story"
            for article_id in session.exec(select(StoryMember.article_id).where(StoryMember.behind))
        ]
        tolls = invariants.tolls_of(session)
        for article_id, url in invariants.addresses_of(session).items():
            kept = tolls.get(article_id, [])[-1:]
            if [toll for _, toll in kept] != oracle.history[url][-1:]:
                left.append(f"{url} says {oracle.history[url][-1]}, and {kept} is kept")
    return left
