"""Rules, channels, deliveries and mutes by the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from storage import deliveries
from storage.database import Database
from tests.web.asking import Program
from tests.web.newsroom import Newsroom


@pytest.fixture
def program(client: TestClient) -> Program:
    return Program(client)


@pytest.fixture
def hook(program: Program) -> int:
    """A webhook's id."""
    made = program.ask("POST", "/channels", status=201, json={"name": "hook", "address": "https://hook.example/x"})
    return int(made.json()["id"])


def test_the_first_channel_gets_the_default_rules(program: Program, hook: int) -> None:
    rules = program.get("/rules")["items"]
    assert [rule["name"] for rule in rules] == ["The rest once a day", "Tolls and dates at once"]
    assert all("hook" in rule["sends"] for rule in rules)
    assert program.ask("POST", "/rules/default", json={"channel_id": hook}).json()["items"] == []
    program.ask("POST", "/rules/default", status=422, json={"channel_id": 77})


def test_secrets_are_shown_once(program: Program) -> None:
    made = program.ask("POST", "/channels", status=201, json={"name": "a", "address": "https://a.example/x"}).json()
    again = program.ask("POST", "/channels/1/secret").json()["secret"]
    assert made["secret"].startswith("whsec_")
    assert again not in (made["secret"], None)
    assert "secret" not in program.get("/channels/1")
    mail = program.ask("POST", "/channels", status=201, json={"name": "b", "address": "desk@a.example"}).json()
    assert (mail["kind"], mail["secret"]) == ("email", None)
    program.ask("POST", "/channels/2/secret", status=409)


@pytest.mark.parametrize(
    "body",
    [
        {"name": "a"}, {"name": "", "address": "a@b.example"}, {"name": "a", "address": "nothing"},
        {"name": "a", "address": "https://u:p@a.example/"}, {"name": "a\nb", "address": "a@b.example"},
        {"name": "a", "address": "a@b.example", "secret": "whsec_x"},
        {"name": "a", "address": "a@b.example", "pace": {"x": 1}},
        {"name": "a", "address": "a@b.example", "pace": {"quiet_from": "22:00"}},
        {"name": "a", "address": "a@b.example", "pace": {"zone": "Mars/Base"}},
    ],
)  # fmt: skip
def test_channels_that_cannot_be(program: Program, body: Any) -> None:
    program.ask("POST", "/channels", status=422, json=body)
    assert program.get("/channels")["items"] == []


def test_a_channel_is_changed_and_removed(program: Program, hook: int) -> None:
    program.ask("POST", "/channels", status=409, json={"name": "hook", "address": "https://hook.example/y"})
    etag = program.ask("GET", "/channels/1").headers["etag"]
    quiet = {"zone": "Europe/Berlin", "quiet_from": "22:00", "quiet_until": "6:00"}
    changed = program.ask(
        "PATCH", "/channels/1", json={"pace": quiet, "operator": True}, headers={"if-match": etag}
    ).json()
    assert changed["pace"] == quiet | {"quiet_until": "06:00"}
    program.ask("PATCH", "/channels/1", status=412, json={"enabled": False}, headers={"if-match": etag})
    merged = program.ask("PATCH", "/channels/1", json={"pace": {"interval": 60, "zone": None}}).json()
    assert merged["pace"] == {"quiet_from": "22:00", "quiet_until": "06:00", "interval": 60.0}
    assert program.ask("PATCH", "/channels/1", json={"pace": None}).json()["pace"] == {}
    off = program.ask("PATCH", "/channels/1", json={"enabled": False}).json()
    assert (off["enabled"], off["disabled_reason"]) == (False, "by hand")
    assert program.ask("PATCH", "/channels/1", json={"enabled": True, "name": "desk"}).json()["name"] == "desk"
    program.ask("PATCH", "/channels/1", status=422, json={"address": "https://b.example/"})
    program.ask("DELETE", "/channels/1", status=204)
    program.ask("GET", "/channels/1", status=404)
    assert program.get("/channels")["items"] == []


def test_a_test_message_says_what_the_receiver_said(program: Program, hook: int) -> None:
    answer = program.ask("POST", f"/channels/{hook}/test").json()
    assert answer["delivered"] is False, "there is no such host"
    assert answer["detail"]


def test_a_rule_is_made_changed_rehearsed_and_removed(program: Program, newsroom: Newsroom, hook: int) -> None:
    newsroom.ferry()
    tolls = {"name": "Tolls", "channels": [hook], "condition": {"kinds": ["casualties"], "direction": "up"}}
    made = program.ask("POST", "/rules", status=201, json=tolls).json()
    assert made["condition"] == tolls["condition"]
    assert "hook" in made["sends"]
    program.ask("POST", "/rules", status=409, json=tolls)
    here = made["links"]["self"]
    told = program.get(f"{here}/rehearsal?days=9")
    assert (told["picked"], [len(alert["changes"]) for alert in told["alerts"]]) == (1, [1])
    assert told["alerts"][0]["changes"][0]["change_id"] == 1
    money = {"condition": {"kinds": ["money"]}, "channel_id": hook}
    assert program.ask("POST", "/rules/rehearse", json=money).json()["alerts"][0]["changes"][0]["change_id"] == 2
    assert program.get("/deliveries")["items"] == []

    etag = program.ask("GET", here).headers["etag"]
    patch = {"condition": {"percent": 10, "direction": None}, "timing": {"when": "daily"}}
    changed = program.ask("PATCH", here, json=patch, headers={"if-match": etag}).json()
    assert changed["condition"] == {"kinds": ["casualties"], "percent": 10.0}
    assert changed["timing"] == {"when": "daily"}
    program.ask("DELETE", here, status=412, headers={"if-match": etag})
    assert program.ask("PATCH", here, json={"enabled": False, "name": "Dead"}).json()["enabled"] is False
    for wrong in ({"condition": {"kinds": ["x"]}}, {"condition": {"subjects": ["/(/"]}}, {"timing": {"at": "25:00"}},
                  {"channels": [77]}, {"condition": {"article_id": 77}}, {"baseline": "x"}):  # fmt: skip
        program.ask("PATCH", here, status=422, json=wrong)
    program.ask("DELETE", here, status=204)
    program.ask("GET", here, status=404)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"name": "a", "channels": [77]}, "/channels/0"), ({"name": "a", "channels": []}, "/channels"),
        ({"name": "a", "channels": [1], "condition": {"kinds": ["x"]}}, "/condition/kinds"),
        ({"name": "a", "channels": [1], "condition": {"kind": "x"}}, "/condition/kind"),
        ({"name": "a", "channels": [1], "condition": {"subjects": ["/(/"]}}, "/condition/subjects"),
        ({"name": "a", "channels": [1], "timing": {"when": "never"}}, "/timing/when"),
    ],
)  # fmt: skip
def test_rules_that_cannot_be(program: Program, hook: int, body: Any, place: str) -> None:
    told = program.ask("POST", "/rules", status=422, json=body).json()
    assert told["errors"][0]["name"] == place
    assert "(?" not in told["detail"]


def test_deliveries_are_seen_and_sent_again(
    program: Program, database: Database, newsroom: Newsroom, hook: int
) -> None:
    with database.write() as session:
        for number in range(5):
            alert, message = f"alrt_{number}", f"msg_{number}"
            deliveries.add_alert(session, alert_id=alert, created_at=newsroom.now, payload={"title": f"Toll {number}"})
            deliveries.add(session, message, alert, hook, newsroom.now)
        session.connection().exec_driver_sql(
            "UPDATE delivery SET state = 'failed', next_attempt_at = NULL, last_error = '503', "
            "finished_at = created_at "
            "WHERE id > 'msg_1'"
        )
        session.connection().exec_driver_sql("UPDATE delivery SET state = 'delivered' WHERE id = 'msg_4'")
    assert [one["id"] for page in program.pages("/deliveries?limit=2") for one in page] == [
        f"msg_{number}" for number in (4, 3, 2, 1, 0)
    ]
    assert [one["title"] for one in program.get("/deliveries?state=failed")["items"]] == ["Toll 3", "Toll 2"]
    assert program.get(f"/deliveries?channel={hook + 1}")["items"] == []
    assert len(program.get("/alerts?state=sealed&limit=3")["items"]) == 3
    alert = program.get("/alerts/alrt_2")
    assert alert["payload"] == {"title": "Toll 2"}
    record = program.get("/deliveries/msg_2")
    assert (record["state"], record["last_error"], record["record"]) == ("failed", "503", [])
    again = program.ask("POST", "/deliveries/msg_2/replay", status=202).json()
    assert (again["id"], again["state"]) == ("msg_2", "waiting")
    program.ask("POST", "/deliveries/msg_4/replay", status=409)
    program.ask("POST", "/deliveries/msg_9/replay", status=404)
    later = (newsroom.now + timedelta(hours=1)).isoformat()
    assert program.ask("POST", "/deliveries/replay", json={"since": later}).json() == {"deliveries": []}
    assert program.ask("POST", "/deliveries/replay", json={"channel_id": hook}).json() == {"deliveries": ["msg_3"]}
    program.ask("PATCH", f"/channels/{hook}", json={"enabled": False})
    program.ask("POST", "/deliveries/replay", status=409, json={"channel_id": hook})


def test_mutes(program: Program, newsroom: Newsroom, hook: int) -> None:
    newsroom.ferry()
    fact = program.ask("POST", "/mutes", status=201, json={"channel_id": hook, "line_id": 1}).json()
    assert (fact["what"], fact["article_id"], fact["created_by"]) == ("fact", 1, "this machine")
    assert "people killed" in fact["says"]
    always = program.ask("POST", "/mutes", status=201, json={"channel_id": hook, "article_id": 1, "days": None}).json()
    assert always["until_at"] is None
    program.ask("POST", "/mutes", status=201, json={"channel_id": hook, "rule_id": 1})
    assert [len(page) for page in program.pages("/mutes?limit=2")] == [2, 1]
    for wrong in (
        {"channel_id": hook}, {"channel_id": 77, "article_id": 1}, {"channel_id": hook, "article_id": 77},
        {"channel_id": hook, "line_id": 77}, {"channel_id": hook, "rule_id": 77},
        {"channel_id": hook, "rule_id": 1, "line_id": 1},
        {"channel_id": hook, "article_id": 1, "days": 0}, {"channel_id": hook, "article_id": 1, "days": 1e9},
    ):  # fmt: skip
        program.ask("POST", "/mutes", status=422, json=wrong)
    program.ask("DELETE", "/mutes/1", status=204)
    program.ask("DELETE", "/mutes/1", status=404)
