"""Mail servers that strip, lie, flood, hang and die, on real sockets; and connections that are used again."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from alerts.channels.email import EmailSender, MailSettings
from alerts.channels.email.connections import AT_ONCE
from alerts.channels.sending import Message
from alerts.errors import DeliveryError
from tests.unit.alerts.examples import payload_of, told_by, toll
from tests.unit.alerts.receivers import Mailbox, mail_server

Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter, list[bytes]], Awaitable[None]]


def message(address: str = "desk@example.org", number: int = 1) -> Message:
    return Message(f"msg_{number}", payload_of(told_by([toll()])), address)


def settings(port: int, **fields: Any) -> MailSettings:
    known: dict[str, Any] = {"tls": "none", "sender": "alerts@example.org", "timeout_seconds": 1.5}
    return MailSettings("127.0.0.1", port, **(known | fields))


@asynccontextmanager
async def server(behaviour: Behaviour) -> Any:
    """Serves one behaviour; yields the port and all that clients said."""
    said: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await behaviour(reader, writer, said)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1], said
    finally:
        listening.close()


def outcome(behaviour: Behaviour, **fields: Any) -> tuple[DeliveryError, bytes]:
    """The error of a try, within its time, and all that was said to the server in clear."""

    async def run() -> tuple[DeliveryError, bytes]:
        async with server(behaviour) as (port, said):
            sender = EmailSender(settings(port, **fields))
            with pytest.raises(DeliveryError) as caught:
                await sender.send(message())
            await sender.close()
            return caught.value, b"".join(said)

    started = time.monotonic()
    result = asyncio.run(run())
    assert time.monotonic() - started < 6
    return result


def script(*answers: bytes, capabilities: bytes = b"250 mail.example.org\r\n") -> Behaviour:
    """A server that greets, names its capabilities, and gives these answers in turn."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, said: list[bytes]) -> None:
        writer.write(b"220 mail.example.org\r\n")
        said.append(await reader.readline())
        writer.write(capabilities)
        for answer in answers:
            said.append(await reader.readline())
            writer.write(answer)
            await writer.drain()
        said.append(await reader.read(4096))

    return behave


SECRETS = {"username": "desk", "password": "s3cret-pass"}


@pytest.mark.parametrize(
    "behaviour",
    [
        script(b"502 no\r\n", capabilities=b"250-mail.example.org\r\n250 AUTH PLAIN LOGIN\r\n"),
        script(b"454 TLS not available\r\n", capabilities=b"250-mail\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n"),
        script(b"220 go on\r\n250 mail\r\n250 ok\r\n" * 3, capabilities=b"250-mail\r\n250 STARTTLS\r\n"),
        script(b"220 go on\r\n", b"garbage\r\n", capabilities=b"250-mail\r\n250 STARTTLS\r\n"),
    ],
    ids=["stripped", "refused", "answers before TLS", "no TLS after all"],
)
def test_without_tls_neither_password_nor_letter(behaviour: Behaviour) -> None:
    error, said = outcome(behaviour, tls="starttls", **SECRETS)
    assert not error.permanent
    for forbidden in (b"AUTH", b"s3cret", b"czNjcmV0", b"MAIL FROM", b"RCPT", b"peacekeepers"):
        assert forbidden not in said


def test_a_server_far_away_gets_nothing_in_clear() -> None:
    far = EmailSender(MailSettings("9.9.9.9", 25, tls="none", **SECRETS))
    started = time.monotonic()
    with pytest.raises(DeliveryError, match=r"9\.9\.9\.9.* is not on this machine or an internal network"):
        asyncio.run(far.send(message()))
    assert time.monotonic() - started < 1, "it was not even connected to"


async def slow_banner(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, said: list[bytes]) -> None:
    for byte in b"220 " + b"x" * 1000:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.05)


async def huge_banner(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, said: list[bytes]) -> None:
    writer.write(b"220 ")
    for _ in range(4000):
        writer.write(b"x" * 65536)
        await writer.drain()


async def line_flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, said: list[bytes]) -> None:
    for _ in range(4_000_000):
        writer.write(b"220-welcome\r\n" * 1000)
        await writer.drain()


async def flood_after_greeting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, said: list[bytes]) -> None:
    writer.write(b"220 mail\r\n")
    await reader.readline()
    for _ in range(4_000_000):
        writer.write(b"250-X-THING\r\n" * 1000)
        await writer.drain()


async def nul_bytes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, said: list[bytes]) -> None:
    writer.write(b"\x00\xff" * 4000 + b"\r\n")
    await reader.read(1000)


@pytest.mark.parametrize("behaviour", [slow_banner, huge_banner, line_flood, flood_after_greeting, nul_bytes])
def test_a_server_without_measure_is_left_in_time_and_tried_again(behaviour: Behaviour) -> None:
    error, _ = outcome(behaviour)
    assert not error.permanent


@pytest.mark.parametrize(
    ("answers", "permanent", "says"),
    [
        ((b"450 greylisted\r\n",), False, "450 greylisted"),
        ((b"550 we do not know you\r\n",), True, "refused the sender"),
        ((b"250 ok\r\n", b"451 greylisted, in five minutes\r\n"), False, "greylisted"),
        ((b"250 ok\r\n", b"550 5.1.1 no such user\r\n"), True, "refused the recipient"),
        ((b"250 ok\r\n", b"552 mailbox full\r\n"), True, "refused the recipient"),
        ((b"250 ok\r\n", b"250 ok\r\n", b"554 no\r\n"), True, "refused the mail"),
        ((b"421 closing\r\n",), False, "421 closing"),
        ((b"250 ok\r\n", b"421 too many\r\n"), False, "421 too many"),
        ((b"250 ok\r\n", b"\xff\xfe what\r\n"), False, "mail server"),
    ],
)
def test_answers_on_the_way(answers: tuple[bytes, ...], permanent: bool, says: str) -> None:
    error, _ = outcome(script(*answers))
    assert error.permanent is permanent
    assert says in str(error)
    assert len(str(error)) < 500


def test_mails_share_connections_and_never_open_more_than_a_few() -> None:
    open_now, most, opened = 0, 0, 0
    mailbox = Mailbox()

    async def run() -> None:
        nonlocal open_now, most, opened
        async with mail_server(mailbox):
            port = mailbox.port

            async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, said: list[bytes]) -> None:
                nonlocal open_now, most, opened
                open_now, opened = open_now + 1, opened + 1
                most = max(most, open_now)
                there_reader, there_writer = await asyncio.open_connection("127.0.0.1", port)

                async def carry(one: asyncio.StreamReader, other: asyncio.StreamWriter) -> None:
                    while piece := await one.read(65536):
                        other.write(piece)
                    other.close()

                await asyncio.gather(carry(reader, there_writer), carry(there_reader, writer))
                open_now -= 1

            async with server(relay) as (front, _):
                sender = EmailSender(settings(front, timeout_seconds=20))
                await asyncio.gather(*(sender.send(message(number=n)) for n in range(40)))
                await sender.close()

    asyncio.run(run())
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == len(mailbox.mails) == 40
    assert most <= AT_ONCE
    assert opened <= AT_ONCE


def test_a_connection_that_died_meanwhile_is_replaced() -> None:
    async def run() -> list[bytes]:
        async def one_mail_each(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, said: list[bytes]) -> None:
            writer.write(b"220 mail\r\n")
            data = False
            while line := await reader.readline():
                if data:
                    if line == b".\r\n":
                        said.append(b"mail")
                        writer.write(b"250 kept\r\n")
                        await writer.drain()
                        return
                    continue
                data = line.upper().startswith(b"DATA")
                writer.write(b"354 go on\r\n" if data else b"250 ok\r\n")

        async with server(one_mail_each) as (port, said):
            sender = EmailSender(settings(port))
            for number in range(3):
                assert await sender.send(message(number=number)) == "kept"
                await asyncio.sleep(0.02)
            await sender.close()
            return list(said)

    assert asyncio.run(run()) == [b"mail"] * 3


def test_an_address_of_other_letters_needs_a_server_that_takes_them() -> None:
    mailbox = Mailbox()

    async def run() -> None:
        async with mail_server(mailbox):
            sender = EmailSender(settings(mailbox.port))
            with pytest.raises(DeliveryError, match="does not offer SMTPUTF8") as caught:
                await sender.send(message("redaktion-ü@example.org"))
            assert caught.value.permanent
            await sender.send(message("desk@xn--mnchen-3ya.example"))
            await sender.close()

    asyncio.run(run())
    assert [mail["To"] for mail in mailbox.mails] == ["desk@xn--mnchen-3ya.example"]


def test_the_operators_own_words_and_what_becomes_of_bad_ones() -> None:
    mailbox = Mailbox()
    own = {"subject": "[desk] {{ title }}\r\nBcc: thief@example.org", "html": "{{ nothing }}"}

    async def run() -> None:
        async with mail_server(mailbox):
            sender = EmailSender(settings(mailbox.port))
            payload = payload_of(told_by([toll()]))
            await sender.send(Message("msg_1", payload, "desk@example.org", templates=own))
            await sender.close()

    asyncio.run(run())
    (mail,) = mailbox.mails
    assert mail["Subject"] == "[desk] at least 170 → at least 303 peacekeepers killed Bcc: thief@example.org"
    assert mail["Bcc"] is None
    for kind in ("plain", "html"):
        part = mail.get_body((kind,))
        assert part is not None
        text = " ".join(str(part.get_content()).replace("&#39;", "'").split())
        assert "own template failed, so this is Corrigenda's wording (html: 'nothing' is undefined)" in text
