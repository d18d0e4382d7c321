"""Webhooks against real receivers that answer as the internet does. The client is the service's own, guard included."""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from alerts.channels import registry
from alerts.channels.sending import Message
from alerts.channels.webhook import WebhookSender
from alerts.channels.webhook.send import retry_after
from alerts.errors import DeliveryError
from alerts.payload import encode, trial_message
from monitor.config import Fetch, Settings
from monitor.outgoing import guarded_client
from tests.unit.alerts.examples import SEEN_AT, payload_of, told_by, toll
from tests.unit.alerts.receivers import CERTIFICATE, Answer, Call, Hook, status, web_server

SECRET = registry.new_secret()
PAYLOAD = trial_message("Zürich → desk", "msg_1", SEEN_AT)
LIMIT = 0.8


def sender(hook: Hook | None = None, seconds: float = LIMIT) -> WebhookSender:
    """What the service sends with; only this hook's address is allowed although it is not public."""
    allowed = [f"127.0.0.1:{hook.port}"] if hook else []
    return WebhookSender(guarded_client(Settings(fetch=Fetch(allow_hosts=allowed))), seconds, "Corrigenda/test")


async def call(hook: Hook, url: str | None = None) -> str:
    return await sender(hook).send(Message("msg_1", PAYLOAD, url or hook.url, SECRET))


def refusal(answer: Answer, check: Callable[[Hook], None] = lambda hook: None) -> DeliveryError:
    """The error that an answer brings, well within the limit."""

    async def run() -> DeliveryError:
        async with web_server(answer) as hook:
            with pytest.raises(DeliveryError) as caught:
                await call(hook)
            check(hook)
        return caught.value

    started = time.monotonic()
    error = asyncio.run(run())
    assert time.monotonic() - started < LIMIT + 1
    return error


def test_a_receiver_can_verify_and_read_it() -> None:
    async def run() -> tuple[Call, str]:
        async with web_server(status("204 No Content")) as hook:
            answer = await call(hook)
            return hook.calls[0], answer

    got, answer = asyncio.run(run())
    assert answer == "HTTP 204 No Content"
    assert Webhook(SECRET).verify(got.body, got.headers) == PAYLOAD
    assert got.method == "POST"
    assert got.headers["webhook-id"] == "msg_1"
    assert got.headers["content-type"] == "application/json"
    assert got.headers["user-agent"] == "Corrigenda/test"
    assert got.body.decode() == encode(PAYLOAD) == json.dumps(PAYLOAD, ensure_ascii=False, separators=(",", ":"))


def test_each_try_has_the_same_id_and_body_and_a_signature_of_its_own() -> None:
    async def run() -> list[Call]:
        async with web_server(status("200 OK")) as hook:
            await call(hook)
            await asyncio.sleep(1.1)
            await call(hook)
            return hook.calls

    one, other = asyncio.run(run())
    assert one.headers["webhook-id"] == other.headers["webhook-id"]
    assert one.body == other.body
    assert one.headers["webhook-timestamp"] != other.headers["webhook-timestamp"]
    assert one.headers["webhook-signature"] != other.headers["webhook-signature"]


def test_a_secret_that_is_replaced_signs_beside_the_new_one() -> None:
    fresh = registry.new_secret()

    async def run() -> Call:
        async with web_server(status("204 No Content")) as hook:
            await sender(hook).send(Message("msg_1", PAYLOAD, hook.url, fresh, SECRET))
            return hook.calls[0]

    got = asyncio.run(run())
    assert len(got.headers["webhook-signature"].split(" ")) == 2
    for secret in (fresh, SECRET):
        assert Webhook(secret).verify(got.body, got.headers) == PAYLOAD
    with pytest.raises(WebhookVerificationError):
        Webhook(registry.new_secret()).verify(got.body, got.headers)


def test_a_thousand_changes_are_a_small_call_that_says_what_is_missing() -> None:
    payload = payload_of(told_by([toll(str(n), str(n + 1)) for n in range(1, 1001)]))

    async def run() -> Call:
        async with web_server(status("204 No Content")) as hook:
            await sender(hook).send(Message("msg_1", payload, hook.url, SECRET))
            return hook.calls[0]

    body = asyncio.run(run()).body
    told = json.loads(body)
    assert len(body) < 20_000
    assert told["total"] == 1000 == len(told["changes"]) + told["cut"]["changes"]
    assert told["whole"].endswith("/alerts/alrt_1")


@pytest.mark.parametrize("line", ["200 OK", "201 Created", "202 Accepted", "204 No Content", "299 Odd"])
def test_every_2xx_is_a_success(line: str) -> None:
    async def run() -> str:
        async with web_server(status(line)) as hook:
            return await call(hook)

    assert asyncio.run(run()) == f"HTTP {line}"


@pytest.mark.parametrize(
    ("line", "permanent"),
    [
        ("400 Bad Request", False),
        ("401 Unauthorized", False),
        ("403 Forbidden", False),
        ("404 Not Found", False),
        ("405 Method Not Allowed", True),
        ("408 Request Timeout", False),
        ("409 Conflict", False),
        ("413 Content Too Large", True),
        ("415 Unsupported Media Type", True),
        ("422 Unprocessable Content", False),
        ("429 Too Many Requests", False),
        ("451 Unavailable For Legal Reasons", False),
        ("500 Internal Server Error", False),
        ("501 Not Implemented", True),
        ("502 Bad Gateway", False),
        ("503 Service Unavailable", False),
        ("304 Not Modified", False),
        ("600 Odd", False),
    ],
)
def test_all_else_is_a_failure_and_some_are_final(line: str, permanent: bool) -> None:
    error = refusal(status(line))
    assert error.permanent is permanent
    assert not error.disable_channel
    assert line in str(error)


def test_410_wants_the_channel_disabled() -> None:
    error = refusal(status("410 Gone"))
    assert error.disable_channel
    assert error.permanent


@pytest.mark.parametrize("line", ["429 Too Many Requests", "503 Service Unavailable"])
def test_retry_after_is_heard(line: str) -> None:
    assert refusal(status(line, "Retry-After: 120")).retry_after == 120


def test_redirects_are_not_followed() -> None:
    async def run() -> list[Call]:
        async with web_server(status("200 OK")) as target:
            async with web_server(status("308 Permanent Redirect", f"Location: {target.url}")) as hook:
                with pytest.raises(DeliveryError, match=r"HTTP 308 .*redirects are not followed"):
                    await call(hook)
            return target.calls

    assert asyncio.run(run()) == []


async def never(call: Call, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


async def slow_headers(call: Call, writer: asyncio.StreamWriter) -> None:
    for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 1000:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.05)


async def endless_hints(call: Call, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("answer", [never, slow_headers, endless_hints])
def test_a_receiver_without_an_end_is_left_at_the_limit(answer: Answer) -> None:
    error = refusal(answer)
    assert not error.permanent
    assert "within" in str(error)


async def endless_body(call: Call, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


async def dripping_body(call: Call, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def bomb(call: Call, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nnotgz")


@pytest.mark.parametrize("answer", [endless_body, dripping_body, bomb])
def test_the_status_is_enough_whatever_body_follows(answer: Answer) -> None:
    async def run() -> str:
        async with web_server(answer) as hook:
            return await call(hook)

    started = time.monotonic()
    assert asyncio.run(run()) == "HTTP 200 OK"
    assert time.monotonic() - started < LIMIT


async def garbage(call: Call, writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")


async def endless_header(call: Call, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


async def nothing(call: Call, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def reset(call: Call, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


@pytest.mark.parametrize("answer", [garbage, endless_header, nothing, reset])
def test_no_answer_that_can_be_read_is_tried_again(answer: Answer) -> None:
    assert not refusal(answer).permanent


def test_nobody_listens() -> None:
    async def run() -> None:
        async with web_server(status("200 OK")) as hook:
            pass
        await call(hook)

    with pytest.raises(DeliveryError) as caught:
        asyncio.run(run())
    assert not caught.value.permanent


def test_a_name_that_is_not_there_is_tried_again() -> None:
    with pytest.raises(DeliveryError) as caught:
        asyncio.run(sender().send(Message("msg_1", PAYLOAD, "http://nowhere.invalid/x", SECRET)))
    assert not caught.value.permanent


def test_a_certificate_that_nobody_signed_is_no_receiver() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)

    async def run() -> tuple[DeliveryError, int]:
        async with web_server(status("200 OK"), tls=context) as hook:
            with pytest.raises(DeliveryError) as caught:
                await call(hook, hook.url.replace("http:", "https:"))
            return caught.value, len(hook.calls)

    error, calls = asyncio.run(run())
    assert calls == 0
    assert "certificate" in str(error).lower()
    assert not error.permanent


def test_an_address_inside_is_refused_before_any_byte() -> None:
    async def run() -> tuple[DeliveryError, int]:
        async with web_server(status("200 OK")) as hook:
            with pytest.raises(DeliveryError) as caught:
                await sender().send(Message("msg_1", PAYLOAD, hook.url, SECRET))
            return caught.value, len(hook.calls)

    error, calls = asyncio.run(run())
    assert calls == 0
    assert error.permanent
    assert "not public" in str(error)


def test_slow_receivers_do_not_wait_for_each_other() -> None:
    async def run() -> float:
        async with web_server(never) as slow, web_server(status("200 OK")) as quick:
            hung = [
                asyncio.create_task(sender(slow, 5).send(Message("m", PAYLOAD, slow.url, SECRET))) for _ in range(40)
            ]
            while len(slow.calls) < 40:
                await asyncio.sleep(0.01)
            started = time.monotonic()
            await call(quick)
            took = time.monotonic() - started
            for task in hung:
                task.cancel()
            await asyncio.gather(*hung, return_exceptions=True)
            return took

    assert asyncio.run(run()) < LIMIT


NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("120", 120),
        (" 0 ", 0),
        (format_datetime(NOW + timedelta(minutes=5), usegmt=True), 300),
        (format_datetime(NOW - timedelta(minutes=5), usegmt=True), 0),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("١٢", None),
        ("9" * 400, 999_999_999),
        ("Sun, 99 Nov 2026 10:00:00 GMT", None),
    ],
)
def test_retry_after_values(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds
