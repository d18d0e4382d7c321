"""Many processes on one PostgreSQL: whoever dies or freezes, nothing is lost or done twice, sites are asked politely.

Small by default; CORRIGENDA_CLUSTER=2000 watches so many articles on a twentieth as many hosts, for so much longer.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import text

from alerts.channels import registry
from alerts.rulebook import add_rule
from monitor.config import Settings
from monitor.tracking import track
from storage.database import Database
from tests.cluster import namespaces
from tests.cluster.fleet import Fleet
from tests.cluster.hosts import Asked, Hosts

ARTICLES = int(os.environ.get("CORRIGENDA_CLUSTER", "40"))
HOSTS = max(8, ARTICLES // 20)
GAP = 0.5
INTERVAL = max(20.0, 4 * GAP * ARTICLES / HOSTS)
ROUNDS = 1 if ARTICLES < 1000 else 6
"""How often one is killed and one frozen."""
FROZEN_SECONDS = 50.0
"""Longer than a claim lasts without a sign of life: others take over what a frozen process holds."""
AGAIN_SECONDS = 90.0
WORKERS = ("anna", "berta", "carla")


@dataclass
class Fates:
    """What was done to the workers, and when, on the monotonic clock."""

    ended: list[tuple[str, float]] = field(default_factory=list)
    """Killed or frozen."""
    due: list[tuple[float, set[str]]] = field(default_factory=list)
    """At each of those moments: the addresses that were due at sites that were just visited."""


@pytest.fixture
def machines() -> Iterator[dict[str, list[str]]]:
    """What a worker is started with: nothing, or as root a network namespace of its own."""
    if not os.environ.get("CORRIGENDA_NAMESPACES"):
        yield {name: [] for name in WORKERS}
    elif os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("network namespaces need root, and the command ip")
    else:
        with namespaces.network(WORKERS) as within:
            yield within


@pytest.fixture
def hosts(machines: dict[str, list[str]]) -> Iterator[Hosts]:
    made = Hosts(HOSTS, ARTICLES // HOSTS, namespaces.NETWORK if all(machines.values()) else "127.0")
    with made.served():
        yield made


def due_under_way(database: Database) -> set[str]:
    """What is due at sites that are visited now."""
    with database.read() as session:
        found = session.connection().execute(
            text(
                "SELECT url FROM article JOIN site ON site.id = article.site_id "
                "WHERE visit_until > clock_timestamp() AND next_check_at <= clock_timestamp()"
            )
        )
        return set(found.scalars())


@pytest.mark.timeout(900 if ARTICLES < 1000 else 3600)
def test_whoever_dies_or_freezes_nothing_is_lost_and_nothing_is_done_twice(
    tmp_path: Path, postgresql_url: str, hosts: Hosts, machines: dict[str, list[str]]
) -> None:
    dice, fates = random.Random(7), Fates()
    with (
        closing(Database(postgresql_url)) as database,
        Fleet(tmp_path, postgresql_url, hosts=hosts.hosts, gap=GAP, interval=INTERVAL) as fleet,
    ):
        with database.write() as session:
            registry.add_channel(session, "desk", f"http://{hosts.hosts[0]}/hook")
            add_rule(session, "everything", "desk")
        track(database, Settings(), hosts.urls, now=datetime.now(UTC))
        fleet.start("watch", "serve", "--role", "scheduler")
        fleet.start("post1", "serve", "--role", "deliver")
        fleet.start("post2", "serve", "--role", "deliver")
        for name in WORKERS:
            fleet.start(name, "worker", within=machines[name])
        wait_for(lambda: first_versions(database) == len(hosts.urls), 120 + INTERVAL)
        for number in range(ROUNDS):
            hosts.editions = hosts.editions | dict.fromkeys(hosts.urls[number::ROUNDS], 18)
            killed, frozen = dice.sample(WORKERS, 2)
            for name, strike in ((killed, fleet.kill), (frozen, fleet.freeze)):
                wait_for(lambda name=name: any(each.worker == name for each in hosts.asked[-HOSTS:]), AGAIN_SECONDS)
                due = due_under_way(database)
                strike(name)
                fates.ended.append((name, time.monotonic()))
                fates.due.append((time.monotonic(), due))
            fleet.kill(f"post{number % 2 + 1}")
            fleet.start(f"post{number % 2 + 1}", "serve", "--role", "deliver")
            time.sleep(FROZEN_SECONDS)
            fleet.thaw(frozen)
            begun = time.monotonic()
            fleet.start(killed, "worker", within=machines[killed])
            wait_for(
                lambda name=killed, begun=begun: any(
                    each.worker == name and each.begun > begun for each in list(hosts.asked)
                ),
                AGAIN_SECONDS + INTERVAL,
            )
        wait_for(lambda: told(hosts) == set(hosts.urls), AGAIN_SECONDS + INTERVAL, lambda: untold(hosts, database))
        wait_for(lambda: None not in asked_again(hosts, fates).values(), AGAIN_SECONDS)
        for name in (*WORKERS, "watch", "post1", "post2"):
            assert fleet.stop(name) == 0, fleet.log(name)
        logs = {name: fleet.log(name) for name in (*WORKERS, "watch", "post1", "post2")}
        with database.read() as session:
            checks = dict(session.connection().execute(text("SELECT url, checks FROM article")).all())
            versions = Counter(session.connection().execute(text("SELECT article_id FROM version")).scalars())
            overdue = "SELECT count(*) FROM article WHERE next_check_at < clock_timestamp() - interval '90 seconds'"
            assert session.connection().execute(text(overdue)).scalar() == 0
    broken = {name: log[log.index("Traceback") :][:6000] for name, log in logs.items() if "Traceback" in log}
    assert not broken, "\n".join(f"{name}: {log}" for name, log in broken.items())
    assert len(versions) == len(hosts.urls)
    assert set(versions.values()) == {2}, "each article has its first version and the one that changed"
    each_host_is_asked_politely(hosts)
    nothing_is_asked_twice_in_its_interval(hosts, fates, checks)
    what_was_under_way_is_done_again(hosts, fates)
    every_change_is_told_once(hosts)


def wait_for(condition: Callable[[], bool], seconds: float, otherwise: Callable[[], object] = lambda: None) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, otherwise()
        time.sleep(0.2)


def first_versions(database: Database) -> int:
    with database.read() as session:
        return int(session.connection().execute(text("SELECT count(*) FROM version")).scalar_one())


def untold(hosts: Hosts, database: Database) -> list[object]:
    """What is kept of the articles whose change was not told."""
    query = (
        "SELECT url, article.state, article.state_reason, version_number, next_check_at, page_hash, etag, pick.state, "
        "alert.state, delivery.state, delivery.next_attempt_at, delivery.attempts, delivery.last_error "
        "FROM article LEFT JOIN pick ON pick.article_id = article.id LEFT JOIN alert ON alert.id = pick.alert_id "
        "LEFT JOIN delivery ON delivery.alert_id = alert.id WHERE url = ANY(:urls)"
    )
    with database.read() as session:
        left = sorted(set(hosts.urls) - told(hosts))
        return list(session.connection().execute(text(query), {"urls": left}))


def pages(hosts: Hosts) -> list[Asked]:
    return [each for each in list(hosts.asked) if each.path != "/robots.txt"]


def told(hosts: Hosts) -> set[str]:
    """The addresses whose change was told."""
    return {article["url"] for one in list(hosts.told) for article in one.payload["articles"]}  # type: ignore[index]


def each_host_is_asked_politely(hosts: Hosts) -> None:
    by_host: defaultdict[str, list[Asked]] = defaultdict(list)
    for asked in sorted(hosts.asked, key=lambda each: each.begun):
        by_host[asked.host].append(asked)
    rude = [
        (first, then, then.begun - first.begun)
        for some in by_host.values()
        for first, then in pairwise(some)
        if then.begun < first.ended or then.begun - first.begun < GAP
    ]
    assert not rude, "\n".join(f"{seconds:.3f} s: {first} {then}" for first, then, seconds in rude[:5])


def nothing_is_asked_twice_in_its_interval(hosts: Hosts, fates: Fates, checks: dict[str, int]) -> None:
    by_page: defaultdict[str, list[Asked]] = defaultdict(list)
    for asked in sorted(pages(hosts), key=lambda each: each.begun):
        by_page[f"http://{asked.host}{asked.path}"].append(asked)
    assert set(by_page) == set(hosts.urls)
    times: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for asked in sorted(hosts.asked, key=lambda each: each.begun):
        times[asked.worker, asked.host].append(asked.begun)
    for url, some in by_page.items():
        lost = sum(1 for each in some if was_last_before_its_end(each, times, fates))
        told = "\n".join(
            [f"{url}: {checks[url]} checks, {lost} of its requests lost", *map(str, some), *map(str, fates.ended)]
        )
        assert len(some) - lost <= checks[url] <= len(some), told
        for first, then in pairwise(some):
            if then.begun - first.begun < 0.9 * INTERVAL:
                assert was_last_before_its_end(first, times, fates), (first, then, fates.ended)


def was_last_before_its_end(asked: Asked, times: Mapping[tuple[str, str], Sequence[float]], fates: Fates) -> bool:
    """Whether its worker was killed or frozen before it asked that host for anything else: nothing came of it.

    times: when each worker asked each host, in order.
    """
    own = times[asked.worker, asked.host]
    for worker, at in fates.ended:
        if worker == asked.worker and asked.begun <= at + 0.5:
            later = bisect_right(own, at) > bisect_right(own, asked.begun)
            if not later and at - asked.begun < INTERVAL:
                return True
    return False


def asked_again(hosts: Hosts, fates: Fates) -> dict[tuple[float, str], float | None]:
    """For what was due when somebody was struck, after how many seconds it was asked for; null when not yet."""
    after: dict[tuple[float, str], float | None] = {(at, url): None for at, due in fates.due for url in due}
    for each in sorted(pages(hosts), key=lambda each: each.begun, reverse=True):
        url = f"http://{each.host}{each.path}"
        for at, _ in fates.due:
            if (at, url) in after and each.begun > at - GAP:
                after[at, url] = each.begun - at
    return after


def what_was_under_way_is_done_again(hosts: Hosts, fates: Fates) -> None:
    for (at, url), seconds in asked_again(hosts, fates).items():
        assert seconds is not None, url
        assert seconds <= AGAIN_SECONDS, (url, at, fates.ended)


def every_change_is_told_once(hosts: Hosts) -> None:
    payloads: dict[str, set[str]] = defaultdict(set)
    ids: defaultdict[str, set[str]] = defaultdict(set)
    for one in hosts.told:
        payloads[one.id].add(repr(one.payload))
        for article in one.payload["articles"]:  # type: ignore[index]
            ids[article["url"]].add(one.id)
    assert set(ids) == set(hosts.urls)
    assert all(len(some) == 1 for some in ids.values()), ids
    assert all(len(some) == 1 for some in payloads.values()), "an alert says the same on every try"
