"""Channels, rules and deliveries from the command line, with a real webhook receiver and a real mail server."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import closing

import pytest
from standardwebhooks import Webhook

from demo.receivers import MailServer
from tests.cli.conftest import CommandLine
from tests.local_site import LocalServer, LocalSite, Page, article_page


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def receiver() -> Iterator[LocalServer]:
    def answer(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Page:
        return Page(status=500 if path == "/down" else 200)

    with LocalServer(answer) as server:
        yield server


def test_channels_are_added_listed_and_their_secret_is_shown_once(corrigenda: CommandLine) -> None:
    assert "corrigenda channels add" in corrigenda("channels", "list").out
    email = corrigenda("channels", "add", "desk", "--email", "desk@example.org", "--json").json
    assert (email["name"], email["kind"], email["address"], email["secret"]) == (
        "desk",
        "email",
        "desk@example.org",
        None,
    )
    hook = corrigenda("channels", "add", "hook", "--webhook", "https://example.org/hook", "--json").json
    assert hook["kind"] == "webhook"
    assert hook["secret"].startswith("whsec_")
    shown = corrigenda("channels", "add", "hook2", "--webhook", "https://example.org/2").out
    assert "whsec_" in shown
    listed = corrigenda("channels", "list", "--json")
    assert [channel["name"] for channel in listed.json] == ["desk", "hook", "hook2"]
    assert "whsec_" not in listed.out + corrigenda("channels", "list").out


def test_what_cannot_be_a_channel_is_refused(corrigenda: CommandLine) -> None:
    def refused(*arguments: str) -> str:
        return corrigenda("channels", "add", *arguments, code=2).error

    assert "--email" in refused("desk")
    assert "--email" in refused("desk", "--email", "a@example.org", "--webhook", "https://example.org/")
    assert "--webhook" in refused("desk", "--email", "https://example.org/")
    assert "--email" in refused("desk", "--webhook", "a@example.org")
    assert "ftp" in refused("desk", "--webhook", "ftp://example.org/")
    assert "nonsense" in refused("desk", "--email", "nonsense")
    assert "secret" in refused("desk", "--webhook", "https://example.org/", "--secret", "easy")
    assert corrigenda("channels", "list", "--json").json == []
    corrigenda("channels", "add", "desk", "--email", "a@example.org")
    assert "already" in refused("desk", "--email", "b@example.org")


def test_rules_are_added_listed_and_removed(corrigenda: CommandLine) -> None:
    corrigenda("channels", "add", "desk", "--email", "desk@example.org")
    corrigenda("add", "https://example.org/mali")
    added = ("rules", "add", "tolls", "--channel", "desk", "--type", "value", "--type", "hedge", "--kind", "casualties")
    rule = corrigenda(*added, "--article", "mali", "--json").json
    assert (rule["name"], rule["channel"], rule["article_id"]) == ("tolls", "desk", 1)
    assert (rule["types"], rule["kinds"]) == (["hedge", "value"], ["casualties"])
    assert rule in corrigenda("rules", "list", "--json").json
    assert "tolls" in corrigenda("rules", "list").out
    assert "'nobody'" in corrigenda("rules", "add", "x", "--channel", "nobody", code=2).error
    assert "sizes" in corrigenda("rules", "add", "x", "--channel", "desk", "--type", "sizes", code=2).error
    assert "'none'" in corrigenda("rules", "add", "x", "--channel", "desk", "--article", "none", code=2).error
    corrigenda("rules", "remove", "tolls")
    assert rule not in corrigenda("rules", "list", "--json").json
    assert "tolls" in corrigenda("rules", "remove", "tolls", code=2).error


def test_the_first_channel_gets_the_default_rules_and_no_other_does(corrigenda: CommandLine) -> None:
    said = corrigenda("channels", "add", "desk", "--email", "desk@example.org").out
    assert "default rules" in said
    rules = corrigenda("rules", "list", "--json").json
    assert {tuple(rule["channels"]) for rule in rules} == {("desk",)}
    assert [rule["timing"].get("when", "at once") for rule in rules] == ["daily", "at once"]
    corrigenda("channels", "add", "other", "--email", "other@example.org")
    assert len(corrigenda("rules", "list", "--json").json) == len(rules)
    corrigenda("rules", "remove", rules[0]["name"])
    added = corrigenda("rules", "default", "--channel", "other", "--json").json
    assert {rule["name"] for rule in added} == {rule["name"] for rule in rules}, "one was gone, one fed only the desk"
    fed = {rule["name"]: rule["channels"] for rule in corrigenda("rules", "list", "--json").json}
    assert fed == {rules[0]["name"]: ["other"], rules[1]["name"]: ["desk", "other"]}
    assert "they feed other already" in corrigenda("rules", "default", "--channel", "other").out


def test_the_doctor_names_a_channel_that_no_rule_feeds(corrigenda: CommandLine) -> None:
    corrigenda("channels", "add", "desk", "--email", "desk@example.org")
    corrigenda("channels", "add", "night", "--email", "night@example.org")
    said = corrigenda("doctor", code=None).out
    assert "no rule tells night of anything" in said
    assert "no rule tells desk" not in said


def test_rules_are_changed_switched_and_tried(corrigenda: CommandLine) -> None:
    corrigenda("channels", "add", "desk", "--email", "desk@example.org")
    corrigenda("channels", "add", "night", "--email", "night@example.org")
    corrigenda("rules", "add", "tolls", "--channel", "desk", "--kind", "casualties", "--percent", "10", "--baseline",
               "last alert", "--quiet-from", "22:00", "--quiet-until", "7:00", "--zone", "Europe/Berlin")  # fmt: skip
    rule = corrigenda("rules", "change", "tolls", "--channel", "desk", "--channel", "night", "--clear", "percent",
                      "--name", "dead", "--when", "weekly", "--even-when-nothing", "--json").json  # fmt: skip
    assert (rule["name"], rule["channels"]) == ("dead", ["desk", "night"])
    assert rule["condition"] == {"kinds": ["casualties"], "baseline": "last alert"}
    assert rule["timing"] == {
        "zone": "Europe/Berlin", "quiet_from": "22:00", "quiet_until": "07:00", "when": "weekly",
        "even_when_nothing": True,
    }  # fmt: skip
    assert "every Monday at 08:00 (Europe/Berlin) to desk and night" in rule["describes"]
    assert corrigenda("rules", "disable", "dead", "--json").json["enabled"] is False
    assert corrigenda("rules", "enable", "dead", "--json").json["enabled"] is True
    tried = corrigenda("rules", "test", "dead", "--when", "at once", "--not-when-nothing", "--json").json
    assert (tried["alerts"], tried["looked_at"]) == ([], 0)
    assert "0 alerts" in corrigenda("rules", "test", "--kind", "money").out
    for wrong, said in (
        (("--direction", "sideways"), "direction: Input should be 'up' or 'down'"),
        (("--zone", "Mars"), "zone: there is no time zone 'Mars'"),
        (("--subject", "/(/"), "subjects: '/(/' is no pattern of RE2"),
        (("--story", "none"), "there is no story 'none'"),
        (("--clear", "everything"), "there is no such option"),
        (("--confirmations", "1000"), "confirmations: Input should be less than or equal to 100"),
    ):
        assert said in corrigenda("rules", "change", "dead", *wrong, code=2).error


def test_channels_have_a_pace_and_mutes(corrigenda: CommandLine) -> None:
    corrigenda("channels", "add", "desk", "--email", "desk@example.org")
    corrigenda("add", "https://example.org/mali")
    quiet = ("--quiet-from", "22:00", "--quiet-until", "6:00", "--zone", "Asia/Tokyo", "--interval", "10m")
    channel = corrigenda("channels", "change", "desk", "--name", "night desk", *quiet, "--json").json
    assert (channel["name"], channel["pace"]["interval"], channel["pace"]["quiet_until"]) == (
        "night desk",
        600,
        "06:00",
    )
    assert (
        "need both" in corrigenda("channels", "change", "night desk", "--clear", "--quiet-from", "1:00", code=2).error
    )
    mute = corrigenda("mutes", "add", "--channel", "night desk", "--article", "mali", "--days", "2", "--json").json
    assert (mute["what"], mute["article_id"]) == ("article", 1)
    assert "article 1" in corrigenda("mutes", "list").out
    assert "name one of them" in corrigenda("mutes", "add", "--channel", "night desk", code=2).error
    corrigenda("mutes", "end", str(mute["id"]))
    assert corrigenda("mutes", "list", "--json").json == []
    assert "there is no mute 9" in corrigenda("mutes", "end", "9", code=2).error
    assert corrigenda("channels", "disable", "night desk", "--json").json["enabled"] is False
    corrigenda("channels", "remove", "night desk")
    assert corrigenda("channels", "list", "--json").json == []
    corrigenda("channels", "add", "night desk", "--email", "again@example.org")


def test_a_test_message_goes_to_a_webhook(corrigenda: CommandLine, receiver: LocalServer) -> None:
    corrigenda.configure("[fetch]", f'allow_hosts = ["{receiver.host}"]')
    secret = corrigenda("channels", "add", "hook", "--webhook", receiver.url, "--json").json["secret"]
    assert corrigenda("channels", "test", "hook", "--json").json["delivered"] is True
    [call] = receiver.asked
    Webhook(secret).verify(call.body.decode(), dict(call.headers))
    corrigenda("channels", "add", "down", "--webhook", f"{receiver.url}/down")
    assert "500" in corrigenda("channels", "test", "down", code=1).error
    answer = corrigenda("channels", "test", "down", "--json", code=1).json
    assert answer["delivered"] is False
    assert "'nobody'" in corrigenda("channels", "test", "nobody", code=2).error


def test_a_webhook_at_an_address_that_is_not_public_is_refused(corrigenda: CommandLine, receiver: LocalServer) -> None:
    corrigenda("channels", "add", "hook", "--webhook", receiver.url)
    assert "allow_hosts" in corrigenda("channels", "test", "hook", code=1).error
    assert receiver.asked == []


def test_a_test_message_goes_by_mail(corrigenda: CommandLine, mail_server: MailServer) -> None:
    corrigenda.configure("[mail]", 'host = "127.0.0.1"', f"port = {mail_server.port}", 'tls = "none"')
    corrigenda("channels", "add", "desk", "--email", "desk@example.org")
    assert "took the test message: kept" in corrigenda("channels", "test", "desk").out
    assert len(mail_server.mails) == 1


def test_a_mail_server_that_cannot_be_reached_is_one_line(corrigenda: CommandLine) -> None:
    corrigenda("channels", "add", "desk", "--email", "desk@example.org")
    assert "mail.host" in corrigenda("channels", "test", "desk", code=1).error
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    corrigenda.configure("[mail]", 'host = "127.0.0.1"', f"port = {port}", "timeout = 5")
    assert f"127.0.0.1:{port}" in corrigenda("channels", "test", "desk", code=1).error
    checked = corrigenda("doctor", "--json", code=1).json
    [mail] = [finding for finding in checked if finding["part"] == "mail"]
    assert mail["level"] == "fail"
    assert f"127.0.0.1:{port}" in mail["detail"]


def test_a_change_becomes_a_delivery(watching: CommandLine, site: LocalSite, receiver: LocalServer) -> None:
    assert watching("deliveries", "--json").json == []
    site.pages["/mali"] = article_page("Attack in Mali", "Four people were killed in an attack on a village in Mali.")
    watching("add", f"{site.url}/mali")
    watching("channels", "add", "hook", "--webhook", receiver.url)
    watching("rules", "add", "all", "--channel", "hook")
    watching("check", "--all")
    site.pages["/mali"] = article_page("Attack in Mali", "Six people were killed in an attack on a village in Mali.")
    watching("check", "--all")

    [delivery] = watching("deliveries", "--json").json
    assert (delivery["state"], delivery["channel"], delivery["article_id"]) == ("waiting", "hook", 1)
    assert delivery["attempts"] == 0
    assert delivery["id"] in watching("deliveries", "--state", "waiting").out
    assert watching("deliveries", "--state", "failed", "--json").json == []
    assert "still gathers changes" in watching("deliveries", "--retry", delivery["id"], code=2).error
    assert "'none'" in watching("deliveries", "--retry", "none", code=2).error
    assert "'lost'" in watching("deliveries", "--state", "lost", code=2).error
