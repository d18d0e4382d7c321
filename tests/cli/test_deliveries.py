"""`corrigenda deliveries`: failed ones are seen and sent again, one by one, by channel, or since a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from storage import deliveries, rules
from storage.database import Database
from tests.cli.conftest import CommandLine

DAY = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def failed(corrigenda: CommandLine) -> CommandLine:
    """Two channels with two failed deliveries each, a day apart, and one that waits."""
    corrigenda("channels", "add", "desk", "--email", "desk@example.org")
    corrigenda("channels", "add", "night desk", "--email", "night@example.org")
    database = Database(f"sqlite:///{corrigenda.folder}/corrigenda.db")
    with database.write() as session:
        for number, (channel, after) in enumerate([(1, 0), (1, 1), (2, 0), (2, 1)]):
            now = DAY + timedelta(days=after)
            payload = {"type": "operator.trouble", "title": f"number {number}"}
            deliveries.add_alert(session, alert_id=f"alrt_{number}", created_at=now, payload=payload)
            deliveries.add(session, f"msg_{number}", f"alrt_{number}", channel, now)
            claim = deliveries.claim(session, f"msg_{number}", now, now + timedelta(minutes=1))
            assert claim is not None
            deliveries.record(session, claim, "failed", "550 no such user", now)
    database.close()
    return corrigenda


def states(command: CommandLine) -> dict[str, str]:
    return {one["id"]: one["state"] for one in command("deliveries", "--json").json}


def test_all_failed_ones_of_a_channel_are_sent_again(failed: CommandLine) -> None:
    again = failed("deliveries", "--retry-failed", "--channel", "desk", "--json").json
    assert [one["id"] for one in again] == ["msg_0", "msg_1"]
    assert states(failed) == {"msg_0": "waiting", "msg_1": "waiting", "msg_2": "failed", "msg_3": "failed"}
    assert "due at once: msg_2, msg_3" in failed("deliveries", "--retry-failed").out
    assert set(states(failed).values()) == {"waiting"}
    assert failed("deliveries", "--retry-failed", "--json").json == []


def test_those_that_failed_since_a_time_are_sent_again(failed: CommandLine) -> None:
    failed("deliveries", "--retry-failed", "--since", "2026-11-21")
    assert states(failed) == {"msg_0": "failed", "msg_1": "waiting", "msg_2": "failed", "msg_3": "waiting"}
    assert "--retry-failed" in failed("deliveries", "--since", "2026-11-21", code=2).error


def test_deliveries_of_one_channel_are_listed(failed: CommandLine) -> None:
    listed = failed("deliveries", "--channel", "night desk", "--json").json
    assert [one["id"] for one in listed] == ["msg_3", "msg_2"]
    assert "'nobody'" in failed("deliveries", "--channel", "nobody", code=2).error


def test_a_channel_that_is_switched_on_says_what_was_left_behind(failed: CommandLine) -> None:
    database = Database(f"sqlite:///{failed.folder}/corrigenda.db")
    with database.write() as session:
        rules.disable_channel(session, 2, "HTTP 410 Gone")
    database.close()
    refused = failed("deliveries", "--retry-failed", "--channel", "night desk", code=2).error
    assert "disabled (HTTP 410 Gone): enable it first" in refused
    failed("deliveries", "--retry-failed")
    assert states(failed)["msg_2"] == "failed", "those to a disabled channel stay as they are"
    said = failed("channels", "enable", "night desk").out
    assert "2 deliveries to it failed and are not sent by itself" in said
    assert "corrigenda deliveries --retry-failed --channel 'night desk'" in " ".join(said.split())
    failed("deliveries", "--retry-failed", "--channel", "night desk")
    assert "failed and" not in failed("channels", "enable", "night desk").out
