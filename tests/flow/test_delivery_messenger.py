"""Messengers by the real Apprise, in its real process, told of hostile pages; and what it cannot reach."""

from __future__ import annotations

import asyncio
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from alerts.channels import registry
from alerts.channels.messenger import MessengerSender, check, shown
from alerts.channels.messenger.wording import inert, quiet, said
from alerts.channels.sending import Message
from alerts.errors import ChannelError, DeliveryError
from alerts.payload import trial_message
from alerts.told import ToldArticle
from monitor.config import Fetch, Settings
from monitor.outgoing import guarded_proxy
from tests.unit.alerts.examples import SEEN_AT, fact, headline, payload_of, told_by, toll
from tests.unit.alerts.services import Services, make_certificate, services

pytest.importorskip("apprise", reason="the extra `messengers` is not installed")

SLACK = "slack://TAAAAAAAA/BAAAAAAAA/cccccccccccccccccccccccc"
DISCORD = "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js"
TELEGRAM = "tgram://123456789:abcdefg_hijklmnop/12315544"

ADDRESSES = {
    "slack": SLACK,
    "discord": DISCORD,
    "telegram": TELEGRAM,
    "google chat": "gchat://workspace/webhookkey/webhooktoken",
    "matrix": "matrixs://user:pass@matrix.example.org/!room:matrix.example.org",
    "mastodon": "mastodons://tokentoken@chat.example.org",
    "ntfy": "ntfys://chat.example.org/topic",
    "gotify": "gotifys://chat.example.org/AtokenAtokenAt",
    "mattermost": "mmosts://chat.example.org/3ccdd113474722377935511fc85d3dd4",
    "rocket chat": "rockets://aaaaaaaaaaaaaaaaaaa/bbbbbbbbbbbbbbbbbb@chat.example.org/#general?mode=webhook",
    "teams": "workflow://webhook.example.org:443/643aaaaaaaa/signature123",
    "zulip": "zulip://bot-name@org/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/general",
    "pushover": "pover://uuuuuuuuuuuuuuuuuuuuuuuuuuuuuu@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
}

SHOW_TEXT = ("mastodon", "ntfy", "gotify", "pushover")
"""They are told that it is text, and know no markup in that; Telegram is told HTML, in which Apprise has escaped it."""

HOSTILE = (
    "<!channel> <!here> <@U123> @everyone @here @channel <users/all> [click](https://evil.example/x) "
    "<https://evil.example|click> **b** *i* _u_ ~s~ `c` <b>B</b> <script>alert(1)</script> "
    "![x](https://evil.example/p.png) evil.example www.evil.example "
    "mailto:a@evil.example #tag {{ 7 * 7 }} \\[x\\] @every\u200bone \u202emoc.live"
)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("services"))


@pytest.fixture
def messengers(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with services(certificate) as here:
        yield here


def tell(open_proxy: Any, address: str, payload: dict[str, Any] | None = None, **fields: Any) -> str:
    payload = payload or payload_of(told_by([toll()]))
    return asyncio.run(MessengerSender(open_proxy, 10).send(Message("msg_1", payload, address, **fields)))


def refusal(open_proxy: Any, address: str) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        tell(open_proxy, address)
    return caught.value


@pytest.mark.parametrize("service", list(ADDRESSES))
def test_a_hostile_page_is_text_in_every_service(messengers: Services, service: str) -> None:
    sentence = f"{HOSTILE} 24 were killed {HOSTILE}"
    told = [toll(), headline(HOSTILE, f"New {HOSTILE}"), {**toll("5", "7"), "before": fact(sentence, "24")}]
    alert = payload_of(told_by(told, article=ToldArticle(1, "https://news.example.com/mali", HOSTILE, HOSTILE)))
    tell(messengers.open, ADDRESSES[service], alert)
    text = max((asked.texts for asked in messengers.asked), key=len)
    assert "170" in text
    assert re.search(r"303\s+peacekeepers", text)
    assert "https://watch.example.org/" in text.replace("\\", "")
    assert not re.search(r"@(everyone|here|channel|U123)|#tag|\u202e", text)
    assert not re.search(r"<(?!/?b>)|<b>B", text) or service in SHOW_TEXT
    assert not re.search(r"\]\(|\*\*b|`c|_u_", text) or service in (*SHOW_TEXT, "telegram")
    links = re.findall(r"[a-z]+://[^\s\u200b]+", text.replace("\\", ""))
    assert all(link.startswith(("https://watch.example.org/", "http://adaptivecards.io/")) for link in links), links
    assert "evil.example" not in text


@pytest.mark.parametrize("service", ["slack", "mastodon", "teams"])
def test_a_thousand_changes_are_one_message_within_the_limit_that_leads_to_the_rest(
    messengers: Services, service: str
) -> None:
    tell(messengers.open, ADDRESSES[service], payload_of(told_by([toll(str(n), str(n + 1)) for n in range(1, 1001)])))
    (asked,) = messengers.asked
    limit = {"mastodon": 500, "teams": 1000, "slack": 35000}[service]
    text = asked.texts.replace("\\", "")
    assert len(text) < limit + 300, "besides its text, a card of Teams names its parts"
    assert "and 999 more" in text
    assert "\n… the rest: https://watch.example.org/" in text
    assert "https://watch.example.org/articles/1/compare/1/2" in text


def test_every_request_goes_through_the_proxy_with_verified_names(messengers: Services, monkeypatch: Any) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    error = refusal(messengers.open, SLACK)
    assert messengers.asked == []
    assert not error.permanent


@pytest.mark.parametrize(
    ("status", "headers", "permanent", "retry_after", "disables"),
    [
        (400, {}, True, None, False),
        (403, {}, False, None, False),
        (410, {}, True, None, True),
        (429, {"retry-after": "1.5"}, False, 1.5, False),
        (503, {}, False, None, False),
        (302, {"location": "https://hooks.slack.com/elsewhere"}, False, None, False),
    ],
)
def test_what_an_answer_means(
    messengers: Services,
    status: int,
    headers: dict[str, str],
    permanent: bool,
    retry_after: float | None,
    disables: bool,
) -> None:
    messengers.answer = lambda asked: (status, headers, b"{}")
    error = refusal(messengers.open, SLACK)
    assert (error.permanent, error.retry_after, error.disable_channel) == (permanent, retry_after, disables)
    assert str(error) == f"Slack answered HTTP {status}"
    assert {asked.path for asked in messengers.asked} == {"/services/TAAAAAAAA/BAAAAAAAA/cccccccccccccccccccccccc"}


def test_a_service_that_does_not_answer_is_left(messengers: Services) -> None:
    hang = threading.Event()

    def never(asked: Any) -> tuple[int, dict[str, str], bytes]:
        hang.wait(30)
        return 200, {}, b""

    messengers.answer = never
    payload = payload_of(told_by([toll()]))
    with pytest.raises(DeliveryError, match="no answer within") as caught:
        asyncio.run(MessengerSender(messengers.open, -7).send(Message("msg_1", payload, SLACK)))
    hang.set()
    assert not caught.value.permanent


def guarded(*allowed: str) -> Any:
    return guarded_proxy(Settings(fetch=Fetch(allow_hosts=list(allowed))))


@pytest.mark.parametrize(
    "address",
    [
        "ntfy://127.0.0.1:{port}/topic", "ntfy://localhost:{port}/topic", "ntfy://169.254.169.254/topic",
    ],
)  # fmt: skip
def test_no_byte_goes_to_an_address_inside(address: str) -> None:
    with services(None) as here:
        error = refusal(guarded(), address.format(port=here.port))
        assert here.asked == []
    assert error.permanent
    assert "fetch.allow_hosts" in str(error)


@pytest.mark.parametrize("host", ["2130706433", "127.1", "0x7f000001"])
def test_an_odd_spelling_of_an_address_inside_is_none(host: str) -> None:
    with services(None) as here:
        refusal(guarded(), f"json://{host}:{here.port}/x")
        assert here.asked == []


def test_an_address_inside_that_is_allowed_is_told_and_leads_no_further() -> None:
    with services(None) as elsewhere, services(None) as here:
        allowed = guarded(f"127.0.0.1:{here.port}")
        assert tell(allowed, f"ntfy://127.0.0.1:{here.port}/topic") == "ntfy took it (HTTP 200)"
        assert "at least 303 peacekeepers killed - AP" in here.asked[0].texts
        away = {"location": f"http://127.0.0.1:{elsewhere.port}/"}
        here.answer = lambda asked: (307, away, b"")
        error = refusal(allowed, f"ntfy://127.0.0.1:{here.port}/topic?redirect=yes")
        assert "HTTP 307" in str(error)
        assert elsewhere.asked == []


HELD = """
import os, socket, subprocess, sys
from alerts.channels.messenger.held import hold
hold(("127.0.0.1", 9))
def tried(name, do):
    try:
        do()
    except PermissionError:
        return
    except OSError as error:
        print(name, "was tried:", error)
    else:
        print(name, "was done")
tcp, udp = socket.socket(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
tried("connect", lambda: tcp.connect(("127.0.0.1", int(sys.argv[1]))))
tried("connect_ex", lambda: tcp.connect_ex(("127.0.0.1", int(sys.argv[1]))))
tried("create_connection", lambda: socket.create_connection(("127.0.0.1", int(sys.argv[1]))))
tried("sendto", lambda: udp.sendto(b"x", ("127.0.0.1", int(sys.argv[1]))))
tried("bind", lambda: tcp.bind(("127.0.0.1", 0)))
tried("look-up", lambda: socket.getaddrinfo("example.org", 80))
tried("old look-up", lambda: socket.gethostbyname("example.org"))
tried("program", lambda: subprocess.run(["true"]))
tried("shell", lambda: os.system("true"))
tried("fork", os.fork)
tried("write", lambda: open(sys.argv[2], "w"))
tried("append", lambda: open(sys.argv[2], "ab"))
print("over")
"""


def test_nothing_else_can_be_reached_from_its_process(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        command = [sys.executable, "-c", HELD, str(server.getsockname()[1]), str(tmp_path / "file")]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert done.stdout == "over\n"
    assert not (tmp_path / "file").exists()


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd", "syslog://", "dbus://", "exec://ls", "mailto://a:b@c.example",
        "xmpp://a:b@c.example", "irc://h.example/#c",
        "nope://x", "slack://", "ntfy://h.example/t?attach=/etc/passwd", "ntfys://h.example/t?verify=no",
        f"{DISCORD}?template=/etc/passwd", f"{TELEGRAM}/222", "ntfy://h.example/a b", "ntfy://h.example/\u202ex",
        "ntfy://h.example/" + "x" * 3000, "https://hooks.slack.com/services/x",
    ],
)  # fmt: skip
def test_what_cannot_be_a_channel(address: str) -> None:
    with pytest.raises(ChannelError) as caught:
        check(address)
    assert "etc/passwd" not in str(caught.value)


def test_an_address_is_a_secret_as_a_whole() -> None:
    assert check(SLACK) == "Slack"
    assert shown(SLACK) == "slack://***"
    assert [registry.kind_of(address) for address in (SLACK, "https://x.example", "a@b.example")] == [
        "messenger",
        "webhook",
        "email",
    ]


def test_no_plugin_that_is_not_refused_connects_by_other_means() -> None:
    """So that a new release of Apprise with a new kind of plugin is noticed: it goes into REFUSED."""
    import ast

    import apprise.plugins

    from alerts.channels.messenger.services import REFUSED

    folder = Path(apprise.plugins.__file__).parent
    direct = {"socket", "socketserver", "smtplib", "subprocess", "paho", "slixmpp", "gntp", "ftplib", "telnetlib"}
    direct |= {
        "pika",
        "proton",
        "smpplib",
        "httpx",
        "aiohttp",
        "websocket",
        "websockets",
        "dbus",
        "gi",
        "hid",
        "syslog",
    }
    found = set()
    for file in folder.rglob("*.py"):
        name = file.relative_to(folder).parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            if direct & {each.partition(".")[0] for each in names}:
                found.add(name)
    assert found
    assert found - REFUSED == set()


def test_the_operators_own_words_are_harmless_too(messengers: Services) -> None:
    alert = payload_of(told_by([toll()], article=ToldArticle(1, "https://news.example.com/x", HOSTILE, "AP")))
    own = {"subject": "NEWS {{ title }}", "text": "*{{ articles[0].headline }}*\n{{ link }}"}
    tell(messengers.open, SLACK, alert, templates=own)
    text = messengers.asked[0].texts
    assert "NEWS at least 170" in text
    assert "@everyone" not in text
    assert "https://watch.example.org/articles/1/compare/1/2" in text
    tell(messengers.open, SLACK, alert, templates={"text": "{{ nothing.at.all }}"})
    text = messengers.asked[1].texts
    assert "own template failed, so this is Corrigenda's wording (text: 'nothing' is undefined)" in text
    assert "Before: At least ［170］ peacekeepers" in text


def test_other_messages(messengers: Services) -> None:
    tell(messengers.open, SLACK, trial_message("desk <!here>", "msg_1", SEEN_AT))
    assert "Test message: alerts will arrive here" in messengers.asked[0].texts
    assert "<!here>" not in messengers.asked[0].texts


def test_words_made_harmless_still_read_the_same() -> None:
    assert quiet("U.S. troops: 3.5% of $1.5m, a.m. at 10:30") == "U.S. troops: 3.5% of $1.5m, a.m. at 10:30"
    assert inert("a <b> [c]") == "a ‹b› ［c］"
    text = quiet("@everyone see https://evil.example/x or www.evil.example")
    assert text.replace("\u200b", "") == "@everyone see https://evil.example/x or www.evil.example"


def test_a_message_is_cut_to_what_fits() -> None:
    told = said(payload_of(told_by([toll(str(n), str(n + 1)) for n in range(1, 31)])), verbatim=True)
    for room in (280, 500, 1000, 4000, 30000):
        text = told.fitted(room)
        assert len(text.encode()) <= room
        assert text.startswith("at least 1 → at least 2")
        assert text.endswith(told.link)
