"""Channels, rules and deliveries from the command line, with a real webhook receiver and a real mail server."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import closing

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from standardwebhooks import Webhook

from tests.cli.conftest import CommandLine
from tests.local_site import LocalServer, LocalSite, Page, article_page


class Inbox:
    """Takes every mail and keeps it."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.mails.append(envelope.content if isinstance(envelope.content, bytes) else b"")
        return "250 taken"


@pytest.fixture
def mail_server() -> Iterator[Controller]:
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    controller = Controller(Inbox(), hostname="127.0.0.1", port=port)
    controller.start()
    yield controller
    controller.stop()


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
    assert "https://" in refused("desk", "--webhook", "a@example.org")
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
    assert corrigenda("rules", "list", "--json").json == [rule]
    assert "tolls" in corrigenda("rules", "list").out
    assert "'nobody'" in corrigenda("rules", "add", "x", "--channel", "nobody", code=2).error
    assert "sizes" in corrigenda("rules", "add", "x", "--channel", "desk", "--type", "sizes", code=2).error
    assert "'none'" in corrigenda("rules", "add", "x", "--channel", "desk", "--article", "none", code=2).error
    corrigenda("rules", "remove", "tolls")
    assert corrigenda("rules", "list", "--json").json == []
    assert "tolls" in corrigenda("rules", "remove", "tolls", code=2).error


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


def test_a_test_message_goes_by_mail(corrigenda: CommandLine, mail_server: Controller) -> None:
    corrigenda.configure("[mail]", 'host = "127.0.0.1"', f"port = {mail_server.port}", 'tls = "none"')
    corrigenda("channels", "add", "desk", "--email", "desk@example.org")
    assert "taken" in corrigenda("channels", "test", "desk").out
    assert len(mail_server.handler.mails) == 1


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


def test_a_change_becomes_a_delivery_that_can_be_sent_again(
    watching: CommandLine, site: LocalSite, receiver: LocalServer
) -> None:
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
    [again] = watching("deliveries", "--retry", delivery["id"], "--json").json
    assert again["id"] == delivery["id"]
    assert "'none'" in watching("deliveries", "--retry", "none", code=2).error
    assert "'lost'" in watching("deliveries", "--state", "lost", code=2).error
