"""Claims, leases and records of Deliveries, one statement at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from storage import alerts, channel_health, deliveries, rules
from storage.database import Database
from storage.deliveries import Claim
from storage.tables import Attempt, Delivery
from tests.unit.alerts.examples import SEEN_AT, database_with_article

SECOND = timedelta(seconds=1)
LEASE = SEEN_AT + 60 * SECOND


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Channels 1 and 2; rule 1 feeds channel 1; nothing waits."""
    database = database_with_article(tmp_path)
    with database.write() as session:
        rules.add_channel(session, "one", "email", "a@example.org", None, SEEN_AT)
        rules.add_channel(session, "two", "webhook", "https://example.org", "whsec_x", SEEN_AT)
        rules.add_rule(session, "all", [1], SEEN_AT)
    yield database
    database.close()


def write(database: Database, *ids: str, channel_id: int = 1) -> None:
    """One Alert and Delivery for each id, a second apart."""
    with database.write() as session:
        for number, one in enumerate(ids):
            deliveries.add_alert(session, alert_id=f"alrt_{one}", created_at=SEEN_AT, payload={"title": one})
            deliveries.add(session, f"msg_{one}", f"alrt_{one}", channel_id, SEEN_AT + number * SECOND)


def at(seconds: int) -> datetime:
    return SEEN_AT + seconds * SECOND


def due_channels(session: Session, now: datetime) -> list[int]:
    return [one.id for one in deliveries.due_channels(session, now)]


def deliver(database: Database, claim: Claim) -> None:
    with database.write() as session:
        deliveries.record(session, claim, "delivered", "250 kept", LEASE)


def claim(database: Database, seconds: int = 100, channel_id: int = 1) -> Claim | None:
    with database.write() as session:
        now = at(seconds)
        return deliveries.claim_next(session, channel_id, now, now + 60 * SECOND)


def claimed(database: Database, seconds: int = 100) -> Claim:
    found = claim(database, seconds)
    assert found is not None
    return found


def delivery(database: Database, id_: str) -> Delivery:
    with database.read() as session:
        found = session.get(Delivery, id_)
        assert found is not None
        return found


def outcomes(database: Database, id_: str) -> list[str]:
    with database.read() as session:
        return [attempt.outcome for attempt in deliveries.attempts(session, id_)]


def test_a_channel_is_due_when_something_waits_for_it(database: Database) -> None:
    write(database, "a", "b")
    write(database, "c", channel_id=2)
    with database.read() as session:
        assert due_channels(session, SEEN_AT - SECOND) == []
        assert due_channels(session, SEEN_AT) == [1, 2]
    with database.write() as session:
        channel_health.fails(session, 1, "HTTP 500", SEEN_AT)
        assert due_channels(session, SEEN_AT) == [2, 1], "those that are well come first"
        channel_health.well(session, 1)
        assert due_channels(session, SEEN_AT) == [1, 2]


def test_a_claim_comes_oldest_first_and_is_an_attempt_before_it_is_made(database: Database) -> None:
    write(database, "a", "b")
    first = claimed(database)
    assert (first.delivery_id, first.attempt, first.round_tries, first.channel) == ("msg_a", 1, 1, "one")
    assert first.payload == {"title": "a"}
    assert outcomes(database, "msg_a") == ["started"]
    assert claim(database) is None, "one at a time"
    deliver(database, first)
    second = claimed(database)
    assert second.delivery_id == "msg_b"
    deliver(database, second)
    assert claim(database) is None


def test_the_others_wait_behind_the_first_in_line_and_who_is_passed_steps_aside(database: Database) -> None:
    write(database, "a", "b", "c")
    first = claimed(database)
    with database.write() as session:
        deliveries.record(session, first, "retry", "500", at(100), at(900))
    assert claim(database, 101) is None
    with database.write() as session:
        untried = deliveries.next_untried(session, 1, at(101))
        assert untried is not None
        witness = deliveries.claim(session, untried[0], at(101), at(160))
        assert witness is not None
        assert witness.delivery_id == "msg_b"
        deliveries.record(session, witness, "delivered", "250", at(102))
        deliveries.let_pass(session, witness, 1, at(102))
    third = claimed(database, 103)
    assert third.delivery_id == "msg_c", "it has been due for longer"
    deliver(database, third)
    again = claimed(database, 104)
    assert (again.delivery_id, again.aside, again.attempt) == ("msg_a", True, 2)


def test_who_failed_too_seldom_keeps_its_place(database: Database) -> None:
    write(database, "a", "b", "c")
    first = claimed(database)
    with database.write() as session:
        deliveries.record(session, first, "retry", "500", at(100), at(900))
        other = deliveries.claim(session, "msg_b", at(101), at(160))
        assert other is not None
        deliveries.record(session, other, "delivered", "250", at(102))
        deliveries.let_pass(session, other, 2, at(102))
    again = claimed(database, 103)
    assert (again.delivery_id, again.aside) == ("msg_a", False)


def test_what_is_being_tried_is_not_hurried(database: Database) -> None:
    write(database, "a", "b")
    claimed(database)
    with database.write() as session:
        other = deliveries.claim(session, "msg_b", at(101), at(160))
        assert other is not None
        deliveries.record(session, other, "delivered", "250", at(102))
        deliveries.let_pass(session, other, 1, at(102))
    assert claim(database, 103) is None


def test_what_could_not_be_put_together_goes_to_the_end_of_the_line(database: Database) -> None:
    write(database, "a", "b")
    with database.write() as session:
        deliveries.put_off(session, "msg_a", at(300), "internal error")
    deliver(database, claimed(database))
    assert claim(database) is None
    assert claimed(database, 300).delivery_id == "msg_a"


def test_a_claim_that_died_is_due_again_after_its_lease_under_the_same_id(database: Database) -> None:
    write(database, "a")
    claimed(database, 0)
    assert claim(database, 59) is None
    again = claimed(database, 60)
    assert (again.delivery_id, again.attempt) == ("msg_a", 2)
    assert outcomes(database, "msg_a") == ["retry", "started"]
    with database.read() as session:
        assert deliveries.attempts(session, "msg_a")[0].detail == deliveries.INTERRUPTED


def test_who_is_alone_need_not_wait_for_leases(database: Database) -> None:
    write(database, "a", "b", "c")
    done = claimed(database)
    deliver(database, done)
    died = claimed(database)
    with database.write() as session:
        assert deliveries.release_interrupted(session, SEEN_AT + 101 * SECOND) == 1
    assert claimed(database, 101).delivery_id == died.delivery_id == "msg_b"
    assert delivery(database, done.delivery_id).state == "delivered"


def test_each_end_of_a_try(database: Database) -> None:
    write(database, "good", "later", "never")
    with database.write() as session:
        good, later, never = (
            deliveries.claim(session, f"msg_{one}", at(100), at(160)) for one in ("good", "later", "never")
        )
        assert good
        assert later
        assert never
        deliveries.record(session, good, "delivered", "250 kept", LEASE)
        deliveries.record(session, later, "retry", "451 later", LEASE, LEASE + 5 * SECOND)
        deliveries.record(session, never, "failed", "550 no", LEASE)
    states = [delivery(database, f"msg_{one}") for one in ("good", "later", "never")]
    assert [one.state for one in states] == ["delivered", "waiting", "failed"]
    assert [one.next_attempt_at for one in states] == [None, LEASE + 5 * SECOND, None]
    assert [one.last_error for one in states] == [None, "451 later", "550 no"]
    assert [one.finished_at for one in states] == [LEASE, None, LEASE]
    with database.read() as session:
        assert deliveries.count_by_state(session) == {"delivered": 1, "waiting": 1, "failed": 1}
        assert [row[0].id for row in deliveries.listed(session)] == ["msg_never", "msg_later", "msg_good"]
        assert [row[0].id for row in deliveries.listed(session, "failed")] == ["msg_never"]
        assert len(deliveries.listed(session, limit=2)) == 2


def test_who_was_overtaken_may_report_success_but_not_failure(database: Database) -> None:
    write(database, "a")
    slow = claimed(database, 0)
    claimed(database, 60)
    with database.write() as session:
        deliveries.record(session, slow, "failed", "550", LEASE)
    assert delivery(database, "msg_a").state == "waiting"
    with database.write() as session:
        deliveries.record(session, slow, "delivered", "250", LEASE)
    assert delivery(database, "msg_a").state == "delivered"


def test_a_later_failure_does_not_undo_a_success(database: Database) -> None:
    write(database, "a")
    slow = claimed(database, 0)
    quick = claimed(database, 60)
    with database.write() as session:
        deliveries.record(session, slow, "delivered", "250", LEASE)
        deliveries.record(session, quick, "retry", "451", LEASE, LEASE)
    assert delivery(database, "msg_a").state == "delivered"
    assert delivery(database, "msg_a").next_attempt_at is None


def test_a_disabled_channel_fails_what_waits_and_gives_the_reason(database: Database) -> None:
    write(database, "a", "b")
    write(database, "c", channel_id=2)
    with database.write() as session:
        assert not deliveries.waits_for_disabled(session, LEASE)
        rules.disable_channel(session, 1, "HTTP 410")
        assert deliveries.waits_for_disabled(session, LEASE)
    assert claim(database) is None, "nothing goes there any more"
    with database.write() as session:
        assert due_channels(session, LEASE) == [2]
        assert deliveries.fail_disabled(session, LEASE) == 2
        assert not deliveries.waits_for_disabled(session, LEASE)
    assert delivery(database, "msg_a").last_error == "channel 'one' is disabled: HTTP 410"
    assert delivery(database, "msg_c").state == "waiting"


def test_replay_starts_a_new_round_under_the_same_id(database: Database) -> None:
    write(database, "a")
    for seconds in (0, 60, 120):
        failed = claimed(database, seconds)
    with database.write() as session:
        deliveries.record(session, failed, "failed", "550", LEASE)
        deliveries.replay(session, ["msg_a"], LEASE)
    again = claimed(database, 200)
    assert (again.delivery_id, again.attempt, again.round_tries) == ("msg_a", 4, 1)


def test_a_clock_that_was_set_back_neither_silences_nor_reorders(database: Database) -> None:
    day = timedelta(days=1)
    write(database, "a", "b", "c", "d")
    first = claimed(database, 10)
    with database.write() as session:
        deliveries.record(session, first, "retry", "500", at(10), at(310))
        deliveries.put_off(session, "msg_d", at(9000), "it gathers until then")
        deliveries.clock_was_set_back(session, day, at(20) - day)
        assert due_channels(session, at(20) - day) == []
        assert due_channels(session, at(310) - day) == [1]
    again = claimed(database, 310 - 86400)
    deliver(database, again)
    second = claimed(database, 311 - 86400)
    deliver(database, second)
    assert [again.delivery_id, second.delivery_id] == ["msg_a", "msg_b"]
    assert delivery(database, "msg_d").due_at == at(9000)


def test_a_clock_that_was_set_back_keeps_no_alert_gathering_for_a_day(database: Database) -> None:
    day, back = timedelta(days=1), SEEN_AT - timedelta(days=1)
    gathering = [("now", 1, "at once", 300), ("own", 1, "each 7", 0), ("digest", 1, "daily 08:00 UTC", 300)]
    gathering += [("quiet", 2, "at once", 2 * 86400)]
    with database.write() as session:
        for name, channel_id, gathers, wait in gathering:
            alerts.open_new(session, f"alrt_{name}", channel_id, gathers, SEEN_AT)
            deliveries.add(session, f"msg_{name}", f"alrt_{name}", channel_id, SEEN_AT, next_attempt_at=at(wait))
        deliveries.clock_was_set_back(session, day, back)
    waits = {name: delivery(database, f"msg_{name}").due_at for name, *_ in gathering}
    assert waits == {"now": back + 300 * SECOND, "own": back, "digest": at(300), "quiet": at(2 * 86400)}
    assert delivery(database, "msg_now").next_attempt_at == waits["now"]


def test_one_delivery_for_an_alert_and_channel(database: Database) -> None:
    write(database, "a")
    with pytest.raises(IntegrityError), database.write() as session:
        deliveries.add(session, "msg_other", "alrt_a", 1, SEEN_AT)


def test_many_claim_at_once_and_each_delivery_goes_to_one(tmp_path: Path, database: Database) -> None:
    write(database, *(f"{number:03}" for number in range(60)))
    others = [Database(f"sqlite:///{tmp_path / 'corrigenda.db'}") for _ in range(3)]
    found: list[str] = []

    def work(database: Database) -> None:
        while len(found) < 60:
            if (one := claim(database)) is not None:
                found.append(one.delivery_id)
                deliver(database, one)

    threads = [threading.Thread(target=work, args=(each,)) for each in (database, *others)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [f"msg_{number:03}" for number in range(60)]
    with database.read() as session:
        assert len(session.exec(select(Attempt)).all()) == 60
    for each in others:
        each.close()


def test_channels_are_switched_off_and_on(database: Database) -> None:
    with database.write() as session:
        rules.disable_channel(session, 1, "five days of silence")
    with database.read() as session:
        assert [(one.name, one.enabled, one.disabled_reason) for one in rules.channels(session)] == [
            ("one", False, "five days of silence"),
            ("two", True, None),
        ]
    with database.write() as session:
        rules.enable_channel(session, 1)
    with database.read() as session:
        channel = rules.channel_by_name(session, "one")
        assert channel is not None
        assert (channel.enabled, channel.disabled_reason) == (True, None)
