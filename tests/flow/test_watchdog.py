"""The watch on the watch: a scheduler that really hangs, a clock that really jumps; only the time is not real."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import pytest
import structlog
from pydantic import SecretStr

from alerts.channels import registry
from alerts.channels.email.compose import compose
from alerts.channels.sending import Message
from monitor import wellbeing
from monitor.clock import Clock
from monitor.config import Fetch, Operator, Settings
from monitor.extraction.worker import Extractor
from monitor.schedule import Schedule
from monitor.tasks import Visits
from monitor.watchdog import ROUND_SECONDS, Watchdog
from storage import articles, channel_health, deliveries, loops, rules, sites, troubles
from storage.database import Database
from tests.local_site import LocalServer, Page


class FakeClock(Clock):
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.day = datetime.now(UTC)
        self.seconds = 1000.0

    def now(self) -> datetime:
        return self.day

    def monotonic(self) -> float:
        return self.seconds

    def pass_(self, seconds: float) -> None:
        """Let time pass."""
        self.day += timedelta(seconds=seconds)
        self.seconds += seconds

    def jump(self, seconds: float) -> None:
        """Set the time of day, as an operator or a time server does."""
        self.day += timedelta(seconds=seconds)


@pytest.fixture
def hook() -> Iterator[LocalServer]:
    """Where the heartbeat goes."""
    with LocalServer(lambda *_: Page(b"ok")) as server:
        yield server


@pytest.fixture
def settings(database_url: str, hook: LocalServer) -> Settings:
    return Settings(
        database=database_url,
        fetch=Fetch(allow_hosts=[hook.host], gap=0),
        operator=Operator(failures=3, heartbeat=SecretStr(f"{hook.url}/ping/0a1b2c"), heartbeat_every=60),
    )


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    opened = Database(settings.database)
    with opened.write() as session:
        registry.add_channel(session, "desk", "desk@example.org")
        registry.add_channel(session, "ops", "ops@example.org", operator=True)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def told(database: Database) -> list[Mapping[str, Any]]:
    """What operators were told, oldest first."""
    with database.read() as session:
        rows = deliveries.listed(session)
    assert {channel.name for _, channel, _ in rows} <= {"ops"}
    return [alert.payload for _, _, alert in reversed(rows)]


def beat(database: Database, clock: FakeClock, *names: str) -> None:
    with database.write() as session:
        for name in names:
            loops.beat(session, name, clock.now())


class Hanging(Visits):
    """Visits whose tick hangs for as long as `hangs` is set, as on a lock that nobody gives back."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.free = threading.Event()
        self.free.set()
        self.ticks = 0

    def run_due(self) -> int:
        self.ticks += 1
        assert self.free.wait(60)
        return super().run_due()


@pytest.mark.parametrize(("takes", "beaten"), [(True, {"scheduler", "worker"}), (False, {"scheduler"})])
def test_only_who_visits_gives_a_workers_sign_of_life(
    database: Database, settings: Settings, clock: FakeClock, extractor: Extractor, takes: bool, beaten: set[str]
) -> None:
    Schedule(Hanging(database, settings, extractor=extractor, clock=clock), takes=takes).tick()
    with database.read() as session:
        assert {loop.name for loop in loops.beats(session)} == beaten


def test_ticks_go_on_when_the_time_of_day_is_set_back(
    database: Database, settings: Settings, clock: FakeClock, extractor: Extractor, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits = Hanging(database, settings, extractor=extractor, clock=clock)
    back = timedelta()

    class TimeOfDay(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> TimeOfDay:
            return cls.fromtimestamp(time.time(), tz) + back

    for module in ("apscheduler.schedulers.base", "monitor.schedule"):
        monkeypatch.setattr(f"{module}.datetime", TimeOfDay)
    schedule = Schedule(visits)
    schedule.start()
    try:
        for step in (timedelta(), timedelta(days=-1), timedelta()):
            back = step
            ticks = visits.ticks
            patience = time.monotonic() + 60
            while visits.ticks < ticks + 3:
                assert time.monotonic() < patience, f"no tick at {step}"
                time.sleep(0.05)
    finally:
        schedule.stop()
        visits.close()


def test_a_frozen_scheduler_is_noticed_within_two_minutes(
    database: Database, settings: Settings, clock: FakeClock, hook: LocalServer, extractor: Extractor
) -> None:
    visits = Hanging(database, settings, extractor=extractor, clock=clock)
    schedule, watchdog = Schedule(visits), Watchdog(database, settings, clock)
    schedule.start()
    try:
        for _ in range(6):  # a minute in which all is well
            ticks = visits.ticks
            while visits.ticks < ticks + 2:
                time.sleep(0.01)
            beat(database, clock, "worker", "deliveries", "stories", "retention")
            watchdog.go_round()
            clock.pass_(ROUND_SECONDS)
        assert told(database) == []
        assert [asked.path for asked in hook.asked] == ["/ping/0a1b2c"]

        visits.free.clear()
        ticks = visits.ticks
        while visits.ticks == ticks:
            time.sleep(0.01)
        frozen_at = clock.monotonic()
        while not told(database):
            clock.pass_(ROUND_SECONDS)
            beat(database, clock, "worker", "deliveries", "stories", "retention")
            watchdog.go_round()
            assert clock.monotonic() - frozen_at <= 120
        [payload] = told(database)
        assert payload["type"] == "operator.trouble"
        assert "The scheduler loop stopped" in payload["title"]
        with database.read() as session:
            assert any("scheduler" in reason for reason in wellbeing.stopped_loops(session, clock.now()))
        heartbeats = len(hook.asked)
        clock.pass_(61)
        beat(database, clock, "worker", "deliveries", "stories", "retention")
        watchdog.go_round()
        assert len(hook.asked) == heartbeats, "no heartbeat while something has stopped"

        visits.free.set()
        ticks = visits.ticks
        while visits.ticks < ticks + 3:
            time.sleep(0.01)
        clock.pass_(301)
        beat(database, clock, "worker", "deliveries", "stories", "retention")
        watchdog.go_round()
        payload = told(database)[-1]
        assert (payload["type"], "scheduler" in payload["title"]) == ("operator.recovery", True)
        with database.read() as session:
            assert list(troubles.current(session)) == []
        assert len(hook.asked) == heartbeats + 1
    finally:
        visits.free.set()
        schedule.stop()
        visits.close()


def test_a_service_that_just_started_has_not_stopped(database: Database, settings: Settings, clock: FakeClock) -> None:
    beat(database, clock, *wellbeing.LOOPS)
    clock.pass_(30 * 86400)  # and nothing ran for a month
    watchdog = Watchdog(database, settings, clock)
    watchdog.go_round()
    clock.pass_(60)
    watchdog.go_round()
    assert told(database) == []


def test_a_failing_site_is_told_once_and_its_recovery_once(
    database: Database, settings: Settings, clock: FakeClock
) -> None:
    watchdog = Watchdog(database, settings, clock)

    def checked(ok: bool, times: int = 1) -> None:
        with database.write() as session:
            article, _ = articles.add(session, "https://a.example/1", kind="url", host="a.example", now=clock.now())
            articles.save(session, article.id or 0, next_check_at=clock.now() + timedelta(hours=1))
            for _ in range(times):
                sites.record(session, article.site_id, ok=ok, reason="503 Service Unavailable", now=clock.now())

    def go_on(minutes: float) -> None:
        clock.pass_(minutes * 60)
        beat(database, clock, "scheduler", "worker", "deliveries", "stories", "retention")
        watchdog.go_round()

    checked(False, times=2)
    go_on(1)
    assert told(database) == [], "one or two are everyday life"
    checked(False)
    go_on(1)
    checked(False, times=9)
    go_on(1)
    [payload] = told(database)
    assert payload["wrong"] == ["a.example failed 3 times in a row: 503 Service Unavailable"]
    assert payload["link"].endswith("/health")
    checked(True)
    go_on(10)
    go_on(10)
    assert [each["type"] for each in told(database)] == ["operator.trouble", "operator.recovery"]


def test_a_channel_that_was_switched_off_is_told_through_the_others(
    database: Database, settings: Settings, clock: FakeClock
) -> None:
    """The owner of an operator channel that fails is told, too, by whichever other there is."""
    watchdog = Watchdog(database, settings, clock)
    with database.write() as session:
        lost = registry.add_channel(session, "lost", "http://lost.example.org/hook", operator=True).id or 0
        channel_health.fails(session, lost, "HTTP 503", clock.now())
    beat(database, clock, *wellbeing.LOOPS)
    watchdog.go_round()
    assert told(database) == [], "a short outage mends itself"

    clock.pass_(5 * 86400)
    beat(database, clock, *wellbeing.LOOPS)
    with database.write() as session:
        channel_health.fails(session, lost, "HTTP 410 Gone", clock.now())
        rules.disable_channel(session, lost, "HTTP 410 Gone: the receiver wants no more calls")
    watchdog.go_round()
    [trouble] = told(database)
    assert trouble["wrong"] == [
        "Channel 'lost' was switched off: HTTP 410 Gone: the receiver wants no more calls."
        " What was for it is kept: switch it on again, then send what failed."
    ]
    clock.pass_(600)
    beat(database, clock, *wellbeing.LOOPS)
    with database.write() as session:
        rules.enable_channel(session, lost)
        rules.remove_channel(session, rules.channel_by_name(session, "lost"), clock.now())  # type: ignore[arg-type]
    watchdog.go_round()
    assert told(database)[1]["well"] == trouble["wrong"]


def test_a_channel_that_nothing_reaches_is_in_trouble_after_an_hour(
    database: Database, settings: Settings, clock: FakeClock
) -> None:
    with database.write() as session:
        channel_health.fails(session, 1, "mailbox full", clock.now())
    with database.read() as session:
        assert [one.kind for one in wellbeing.ailments(session, settings, clock.now())] == []
        clock.pass_(3601)
        [ailment] = wellbeing.ailments(session, settings, clock.now())
    assert ailment.detail.startswith("Nothing reaches channel 'desk' since 2")
    assert ailment.detail.endswith("UTC: mailbox full.")


def test_many_sites_that_fail_at_once_are_one_message(database: Database, settings: Settings, clock: FakeClock) -> None:
    watchdog = Watchdog(database, settings, clock)
    for number in range(100):
        with database.write() as session:
            site = sites.get_or_add(session, f"{number}.example", clock.now())
            for _ in range(3):
                sites.record(session, site.id or 0, ok=False, reason="no answer", now=clock.now())
        if number % 10 == 9:
            beat(database, clock, "scheduler", "worker", "deliveries", "stories", "retention")
            watchdog.go_round()
            clock.pass_(ROUND_SECONDS)
    clock.pass_(300)
    beat(database, clock, "scheduler", "worker", "deliveries", "stories", "retention")
    watchdog.go_round()
    payloads = told(database)
    assert len(payloads) == 2
    assert payloads[-1]["wrong"][-1] == "and 70 more"
    assert len(str(payloads[-1])) < 10_000


def test_overdue_articles_are_told_when_they_stay_so(database: Database, settings: Settings, clock: FakeClock) -> None:
    watchdog = Watchdog(database, settings, clock)
    with database.write() as session:
        articles.add(session, "https://a.example/1", kind="url", host="a.example", now=clock.now())
    for minute in range(1, 20):
        clock.pass_(60)
        beat(database, clock, "scheduler", "worker", "deliveries", "stories", "retention")
        watchdog.go_round()
        assert bool(told(database)) == (minute >= 16), minute
    assert "1 article is overdue" in told(database)[0]["title"]
    with database.read() as session:
        assert wellbeing.stalled(session, clock.now() + timedelta(minutes=20)) is not None


@pytest.mark.parametrize("jump", [-86400.0, 86400.0])
def test_a_clock_that_jumps_neither_silences_nor_stampedes(
    database: Database, settings: Settings, clock: FakeClock, jump: float
) -> None:
    watchdog = Watchdog(database, settings, clock)
    with database.write() as session:
        for number in range(300):
            article, _ = articles.add(
                session, f"https://a.example/{number}", kind="url", host="a.example", now=clock.now()
            )
            articles.schedule(session, article.id or 0, clock.now() + timedelta(minutes=5), last_checked_at=clock.now())
    beat(database, clock, "scheduler", "worker", "deliveries", "stories", "retention")
    watchdog.go_round()
    clock.pass_(ROUND_SECONDS)
    clock.jump(jump)
    beat(database, clock, "scheduler", "worker", "deliveries", "stories", "retention")
    watchdog.go_round()
    with database.read() as session:
        due = sorted(each.next_check_at for each in articles.listing(session) if each.next_check_at)
    assert due[0] >= clock.now() - timedelta(seconds=1)
    assert due[-1] <= clock.now() + timedelta(minutes=1), "nobody waits for a day"
    assert len([moment for moment in due if moment <= clock.now() + timedelta(seconds=1)]) <= 20, "nor all at once"
    assert "clock was set" in told(database)[0]["title"]
    clock.pass_(ROUND_SECONDS)
    beat(database, clock, "scheduler", "worker", "deliveries", "stories", "retention")
    watchdog.go_round()
    assert len(told(database)) == 1


def test_a_drift_is_no_jump(database: Database, settings: Settings, clock: FakeClock) -> None:
    watchdog = Watchdog(database, settings, clock)
    for _ in range(20):
        watchdog.go_round()
        clock.pass_(ROUND_SECONDS)
        clock.jump(0.5)
        beat(database, clock, "scheduler", "worker", "deliveries", "stories", "retention")
    assert told(database) == []


def test_a_heartbeat_that_fails_says_so_without_its_address(
    database: Database,
    settings: Settings,
    clock: FakeClock,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Commands that ran before it in this process have let this module's logger write to what was their output.
    structlog.reset_defaults()
    monkeypatch.setattr("monitor.watchdog.log", structlog.get_logger())
    elsewhere = settings.model_copy(update={"fetch": Fetch()})  # loopback is not allowed any more
    watchdog = Watchdog(database, elsewhere, clock)
    watchdog.go_round()
    said = capsys.readouterr()
    assert "heartbeat failed" in said.out + said.err
    assert "0a1b2c" not in said.out + said.err


def test_operators_are_told_by_mail(database: Database, settings: Settings, clock: FakeClock) -> None:
    """What is written there can be composed, and page text in it stays text."""
    with database.write() as session:
        for _ in range(3):
            sites.record(
                session,
                sites.get_or_add(session, "<b>.example", clock.now()).id or 0,
                ok=False,
                reason="503",
                now=clock.now(),
            )
    Watchdog(database, settings, clock).go_round()
    [payload] = told(database)
    mail = compose(Message("msg_1", payload, "ops@example.org", None), "Corrigenda <c@example.org>", clock.now())
    assert mail["Subject"] == "Corrigenda: <b>.example failed 3 times in a row: 503"
    text, html = (part.get_content() for part in mail.iter_parts())
    assert "- <b>.example failed 3 times in a row" in text
    assert "&lt;b&gt;.example" in html


def test_a_clock_that_was_set_back_while_nothing_ran(
    database: Database, settings: Settings, clock: FakeClock, extractor: Extractor
) -> None:
    beat(database, clock, *wellbeing.LOOPS)
    with database.write() as session:
        article, _ = articles.add(session, "https://a.example/1", kind="url", host="a.example", now=clock.now())
        articles.schedule(session, article.id or 0, clock.now() + timedelta(hours=1), last_checked_at=clock.now())
    clock.jump(-30 * 86400)
    with Visits(database, settings, extractor=extractor, clock=clock) as visits:
        Schedule(visits).catch_up()
    with database.read() as session:
        assert (articles.listing(session)[0].next_check_at or clock.now()) <= clock.now()


def test_what_waits_with_a_held_site_is_not_overdue(database: Database, settings: Settings, clock: FakeClock) -> None:
    with database.write() as session:
        article, _ = articles.add(session, "https://a.example/1", kind="url", host="a.example", now=clock.now())
        sites.hold(session, article.site_id, clock.now() + timedelta(hours=2), "429")
        articles.check_now(session, [article.id or 0], clock.now())
    for minutes, late in ((60, 0), (125, 0), (135, 1)):
        with database.read() as session:
            moment = clock.now() + timedelta(minutes=minutes)
            assert articles.count_overdue(session, moment - wellbeing.OVERDUE) == late, minutes
