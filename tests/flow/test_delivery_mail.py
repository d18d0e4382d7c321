"""E-mail through real SMTP servers: with TLS, without, with somebody on the way, and with all kinds of no."""

from __future__ import annotations

import asyncio
import socket
import time
from contextlib import closing
from typing import Any

import pytest

from alerts.channels.email import EmailSender, MailSettings
from alerts.channels.sending import Message
from alerts.errors import DeliveryError
from alerts.told import ToldArticle
from tests.unit.alerts.examples import headline, payload_of, told_by, toll
from tests.unit.alerts.receivers import CERTIFICATE, Mailbox, mail_server


def message(*changes: dict[str, Any], address: str = "desk@example.org", **fields: Any) -> Message:
    return Message("msg_1", payload_of(told_by(changes or [toll()], **fields)), address)


async def send(mailbox: Mailbox, told: Message | None = None, **settings: Any) -> str:
    known: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": mailbox.port,
        "sender": "alerts@example.org",
        "timeout_seconds": 3,
    }
    return await EmailSender(MailSettings(**(known | settings))).send(told or message())


def delivered(mailbox: Mailbox, server: dict[str, Any], settings: dict[str, Any], told: Message | None = None) -> str:
    """What a server answers that takes the mail."""

    async def run() -> str:
        async with mail_server(mailbox, **server):
            return await send(mailbox, told, **settings)

    return asyncio.run(run())


def refusal(mailbox: Mailbox, server: dict[str, Any], settings: dict[str, Any]) -> DeliveryError:
    """The error of a try that does not succeed."""
    with pytest.raises(DeliveryError) as caught:
        delivered(mailbox, server, settings)
    return caught.value


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The servers' certificate is one that this machine trusts (OpenSSL's own way to say so)."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))


def test_without_tls_when_told_so() -> None:
    mailbox = Mailbox()
    assert delivered(mailbox, {}, {"tls": "none"}) == "kept"
    (mail,) = mailbox.mails
    assert mail["Subject"] == "at least 170 → at least 303 peacekeepers killed - AP"
    assert mailbox.secured == [False]


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_over_tls(tls: str) -> None:
    mailbox = Mailbox()
    server = {"starttls": tls == "starttls", "tls": tls == "tls"}
    delivered(mailbox, server, {"tls": tls})
    assert mailbox.secured == [True]


def test_stripped_starttls_gets_no_mail() -> None:
    mailbox = Mailbox()
    error = refusal(mailbox, {"starttls": False}, {"tls": "starttls"})
    assert mailbox.mails == []
    assert "does not offer STARTTLS" in str(error)
    assert not error.permanent


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_certificate_that_nobody_signed_gets_no_mail(tls: str) -> None:
    mailbox = Mailbox()
    error = refusal(mailbox, {"starttls": tls == "starttls", "tls": tls == "tls"}, {"tls": tls})
    assert mailbox.mails == []
    assert "certificate" in str(error).lower()
    assert not error.permanent


@pytest.mark.usefixtures("trusted")
def test_login() -> None:
    mailbox = Mailbox()
    server = {"starttls": True, "login": ("desk", "secret")}
    delivered(mailbox, server, {"username": "desk", "password": "secret"})
    error = refusal(mailbox, server, {"username": "desk", "password": "wrong"})
    assert len(mailbox.mails) == 1
    assert "refused the login" in str(error)
    assert not error.permanent, "the alert waits for the right password"
    assert "wrong" not in str(error)


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("settings", [{"tls": "starttls"}, {"tls": "none"}])
def test_a_login_or_tls_that_is_wanted_and_not_configured_is_the_operators_to_mend(settings: dict[str, str]) -> None:
    mailbox = Mailbox()
    error = refusal(mailbox, {"starttls": True, "login": ("desk", "secret")}, settings)
    assert mailbox.mails == []
    assert "530" in str(error)
    assert "check mail.username, mail.password and mail.tls" in str(error)
    assert not error.permanent


@pytest.mark.parametrize(
    ("rcpt", "data", "permanent"),
    [
        ("450 greylisted, come back later", "250 kept", False),
        ("250 OK", "451 try again", False),
        ("550 no such user", "250 kept", True),
        ("250 OK", "554 spam", True),
    ],
)
def test_4xx_is_tried_again_and_5xx_is_final(rcpt: str, data: str, permanent: bool) -> None:
    error = refusal(Mailbox(rcpt=rcpt, data=data), {}, {"tls": "none"})
    assert error.permanent is permanent
    said = next(answer for answer in (rcpt, data) if not answer.startswith("250"))
    assert said in str(error)


def test_a_server_that_dies_after_data_gets_the_same_mail_again() -> None:
    mailbox = Mailbox(die_after_data=True)
    error = refusal(mailbox, {}, {"tls": "none"})
    assert not error.permanent
    mailbox.die_after_data = False
    delivered(mailbox, {}, {"tls": "none"})
    one, other = mailbox.mails
    assert one["Message-ID"] == other["Message-ID"] == "<msg_1@example.org>"


def test_a_server_that_says_nothing_is_left_at_the_limit() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        settings = MailSettings("127.0.0.1", silent.getsockname()[1], tls="none", timeout_seconds=0.5)
        started = time.monotonic()
        with pytest.raises(DeliveryError, match="did not answer within") as caught:
            asyncio.run(EmailSender(settings).send(message()))
    assert time.monotonic() - started < 3
    assert not caught.value.permanent


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A greeting without an end, each part of it in time."""
    while not reader.at_eof():
        writer.write(b"220-hello\r\n")
        await writer.drain()
        await asyncio.sleep(0.1)


async def refuse_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"554 no service here\r\n")
    await writer.drain()


async def gibberish(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    await writer.drain()


@pytest.mark.parametrize("behaviour", [drip, refuse_all, gibberish])
def test_what_is_no_mail_server_is_tried_again(behaviour: Any) -> None:
    async def run() -> None:
        server = await asyncio.start_server(behaviour, "127.0.0.1", 0)
        settings = MailSettings("127.0.0.1", server.sockets[0].getsockname()[1], tls="none", timeout_seconds=1)
        try:
            await EmailSender(settings).send(message())
        finally:
            server.close()

    started = time.monotonic()
    with pytest.raises(DeliveryError) as caught:
        asyncio.run(run())
    assert time.monotonic() - started < 4
    assert not caught.value.permanent


def test_nobody_listens_and_no_server_configured() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    for settings, said in (
        (MailSettings("127.0.0.1", port, tls="none"), f"mail server 127.0.0.1:{port}"),
        (MailSettings("nowhere.invalid", tls="none"), "mail server nowhere.invalid:587"),
        (MailSettings(""), "no mail server is configured: set mail.host"),
        (MailSettings("127.0.0.1", port, sender="nobody"), "setting mail.sender: 'nobody' is not an e-mail address"),
    ):
        with pytest.raises(DeliveryError) as caught:
            asyncio.run(EmailSender(settings).send(message()))
        assert said in str(caught.value)
        assert not caught.value.permanent


def test_a_hostile_page_reaches_nobody_else() -> None:
    hostile = "=?utf-8?q?x=0D=0ABcc:thief@example.org?=\r\n.\r\nRCPT TO:<thief@example.org>"
    mailbox = Mailbox()
    told = message(
        headline(hostile, hostile), article=ToldArticle(1, "https://news.example.com/mali", hostile, hostile)
    )
    delivered(mailbox, {}, {"tls": "none"}, told)
    (mail,) = mailbox.mails
    assert mail["To"] == "desk@example.org"
    assert mail["Bcc"] is None
    assert b"\r\nBcc:" not in mailbox.raw[0]


def test_lines_of_a_dot_and_long_ones_arrive_as_they_were() -> None:
    sentence = "." + " x" * 290
    mailbox = Mailbox()
    delivered(
        mailbox,
        {},
        {"tls": "none"},
        message(headline(".", sentence), article=ToldArticle(1, "https://news.example.com/mali", ".", "AP")),
    )
    part = mailbox.mails[0].get_body(("plain",))
    assert part is not None
    text = str(part.get_content()).replace("\r\n", "\n")
    assert sentence in " ".join(text.replace("[", "").replace("]", "").split())
    assert "\nAP · .\n" in text
    assert max(map(len, mailbox.raw[0].split(b"\r\n"))) <= 998
