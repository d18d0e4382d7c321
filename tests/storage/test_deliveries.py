"""Claims, leases and records of Deliveries, one statement at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from storage import deliveries, rules
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


def claim(database: Database, at: int = 100, channel_id: int = 1) -> Claim | None:
    with database.write() as session:
        now = SEEN_AT + at * SECOND
        return deliveries.claim_next(session, channel_id, now, now + 60 * SECOND)


def claimed(database: Database, at: int = 100) -> Claim:
    found = claim(database, at)
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
        assert deliveries.due_channels(session, SEEN_AT - SECOND, without=(), limit=9) == []
        assert deliveries.due_channels(session, SEEN_AT, without=(), limit=9) == [1, 2]
        assert deliveries.due_channels(session, SEEN_AT, without=(), limit=1) == [1]
        assert deliveries.due_channels(session, SEEN_AT, without=[1], limit=9) == [2]


def test_a_claim_comes_oldest_first_and_is_an_attempt_before_it_is_made(database: Database) -> None:
    write(database, "a", "b")
    first = claimed(database)
    assert (first.delivery_id, first.attempt, first.round_tries, first.channel) == ("msg_a", 1, 1, "one")
    assert first.payload == {"title": "a"}
    assert outcomes(database, "msg_a") == ["started"]
    assert claimed(database).delivery_id == "msg_b"
    assert claim(database) is None


def test_a_claim_that_died_is_due_again_after_its_lease_under_the_same_id(database: Database) -> None:
    write(database, "a")
    claimed(database, at=0)
    assert claim(database, at=59) is None
    again = claimed(database, at=60)
    assert (again.delivery_id, again.attempt) == ("msg_a", 2)
    assert outcomes(database, "msg_a") == ["retry", "started"]
    with database.read() as session:
        assert deliveries.attempts(session, "msg_a")[0].detail == deliveries.INTERRUPTED


def test_who_is_alone_need_not_wait_for_leases(database: Database) -> None:
    write(database, "a", "b", "c")
    done, died = claimed(database), claimed(database)
    with database.write() as session:
        deliveries.record(session, done, "delivered", "250", LEASE)
        assert deliveries.release_interrupted(session, SEEN_AT + 101 * SECOND) == 1
    assert claimed(database, at=101).delivery_id == "msg_c"
    assert claimed(database, at=101).delivery_id == died.delivery_id
    assert delivery(database, done.delivery_id).state == "delivered"


def test_each_end_of_a_try(database: Database) -> None:
    write(database, "good", "later", "never")
    good, later, never = claimed(database), claimed(database), claimed(database)
    with database.write() as session:
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
    slow = claimed(database, at=0)
    claimed(database, at=60)
    with database.write() as session:
        deliveries.record(session, slow, "failed", "550", LEASE)
    assert delivery(database, "msg_a").state == "waiting"
    with database.write() as session:
        deliveries.record(session, slow, "delivered", "250", LEASE)
    assert delivery(database, "msg_a").state == "delivered"


def test_a_later_failure_does_not_undo_a_success(database: Database) -> None:
    write(database, "a")
    slow = claimed(database, at=0)
    quick = claimed(database, at=60)
    with database.write() as session:
        deliveries.record(session, slow, "delivered", "250", LEASE)
        deliveries.record(session, quick, "retry", "451", LEASE, LEASE)
    assert delivery(database, "msg_a").state == "delivered"
    assert delivery(database, "msg_a").next_attempt_at is None


def test_a_disabled_channel_fails_what_waits_and_gives_the_reason(database: Database) -> None:
    write(database, "a", "b")
    write(database, "c", channel_id=2)
    with database.write() as session:
        assert not deliveries.waits_for_disabled(session)
        rules.disable_channel(session, 1, "HTTP 410")
        assert deliveries.waits_for_disabled(session)
    assert claim(database) is None, "nothing goes there any more"
    with database.write() as session:
        assert deliveries.due_channels(session, LEASE, without=(), limit=9) == [2]
        assert deliveries.fail_disabled(session, LEASE) == 2
        assert not deliveries.waits_for_disabled(session)
    assert delivery(database, "msg_a").last_error == "channel 'one' is disabled: HTTP 410"
    assert delivery(database, "msg_c").state == "waiting"


def test_replay_starts_a_new_round_under_the_same_id(database: Database) -> None:
    write(database, "a")
    for at in (0, 60, 120):
        failed = claimed(database, at)
    with database.write() as session:
        deliveries.record(session, failed, "failed", "550", LEASE)
        deliveries.replay(session, "msg_a", LEASE)
    again = claimed(database, at=200)
    assert (again.delivery_id, again.attempt, again.round_tries) == ("msg_a", 4, 1)


def test_one_delivery_for_an_alert_and_channel(database: Database) -> None:
    write(database, "a")
    with pytest.raises(IntegrityError), database.write() as session:
        deliveries.add(session, "msg_other", "alrt_a", 1, SEEN_AT)


def test_many_claim_at_once_and_each_delivery_goes_to_one(tmp_path: Path, database: Database) -> None:
    write(database, *(f"{number:03}" for number in range(60)))
    others = [Database(f"sqlite:///{tmp_path / 'corrigenda.db'}") for _ in range(3)]
    found: list[str] = []

    def work(database: Database) -> None:
        while (one := claim(database)) is not None:
            found.append(one.delivery_id)

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
