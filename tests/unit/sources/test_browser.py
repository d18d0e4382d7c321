"""A real Chromium behind the guard. Skipped where there is none, or no Playwright."""

# ruff: noqa: E501 - pages are quoted, not wrapped

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.sources import browser
from monitor.sources.browser import BrowserFetcher
from monitor.sources.http import Refusal
from monitor.sources.proxy import GuardedProxy
from tests.local_site import LocalSite, Page

MISSING = browser.why_not("", sandbox=False)
needs_browser = pytest.mark.skipif(MISSING is not None, reason=f"{MISSING}")
SANDBOX = os.geteuid() != 0
AGENT = "Corrigenda/1.0 (+mailto:desk@example.org)"
HTML = {"Content-Type": "text/html; charset=utf-8"}


def page(body: str, title: str = "A page") -> Page:
    return Page(f"<html><head><title>{title}</title></head><body>{body}</body></html>".encode(), headers=HTML)


@pytest.fixture
def site() -> Iterator[LocalSite]:
    with LocalSite() as site:
        yield site


@pytest.fixture
def inner() -> Iterator[LocalSite]:
    """A server of the operator's own network, which nobody allowed."""
    with LocalSite() as site:
        yield site


def fetcher(*allowed: LocalSite, seconds: float = 30.0, **settings: object) -> BrowserFetcher:
    hosts = [site.host for site in allowed]
    return BrowserFetcher(
        user_agent=AGENT,
        allow_hosts=hosts,
        deadline_seconds=seconds,
        sandbox=SANDBOX,
        **settings,  # type: ignore[arg-type]
    )


def browsers() -> list[str]:
    """The processes that carry our mark."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if b"CORRIGENDA_BROWSER=" in (folder / "environ").read_bytes() and "Z" not in (folder / "stat").read_text():
                found.append(folder.name)
        except OSError:
            continue
    return found


@needs_browser
def test_what_a_script_writes_is_the_page(site: LocalSite) -> None:
    site.pages["/a"] = page(
        "<div id=root></div><script>setTimeout(() => document.getElementById('root').innerHTML ="
        " '<h1>Troops leave</h1><p>At least 170 people were killed – so far.</p>', 300)</script>"
    )
    capture = fetcher(site).fetch(f"{site.url}/a")
    assert (capture.outcome, capture.status, capture.reason) == ("page", 200, "200 OK, in a browser")
    assert "At least 170 people were killed – so far." in capture.body.decode()
    assert capture.content_type == "text/html; charset=utf-8"
    assert [asked.headers["user-agent"] for asked in site.asked] == [AGENT]
    assert browsers() == []


@needs_browser
def test_redirects_and_pages_that_are_gone(site: LocalSite) -> None:
    site.pages["/old"] = Page(status=301, headers={"Location": "/new"})
    site.pages["/new"] = page("<p>Here it is.</p>")
    site.pages["/gone"] = Page(b"<p>gone</p>", status=410, headers=HTML)
    moved = fetcher(site).fetch(f"{site.url}/old")
    assert (moved.outcome, moved.final_url, moved.redirects) == ("page", f"{site.url}/new", (f"{site.url}/old",))
    assert fetcher(site).fetch(f"{site.url}/gone").outcome == "gone"
    forbidden = fetcher(site).fetch(
        f"{site.url}/old", permit=lambda url: Refusal("refused", "robots.txt forbids it") if "new" in url else None
    )
    assert (forbidden.outcome, forbidden.reason, forbidden.body) == ("refused", "robots.txt forbids it", b"")


@needs_browser
def test_nothing_that_is_forbidden_is_contacted(site: LocalSite, inner: LocalSite) -> None:
    """All the ways that a page has to reach out: only to the allowed host is anything sent."""
    datagrams: list[bytes] = []
    stun = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    stun.bind(("127.0.0.1", 0))
    stun.settimeout(0.2)
    port = stun.getsockname()[1]
    ended = threading.Event()

    def listen() -> None:
        while not ended.is_set():
            try:
                datagrams.append(stun.recv(2000))
            except TimeoutError:
                continue

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    bad = inner.url
    named = bad.replace("127.0.0.1", "localhost")
    site.pages["/a"] = page(
        f"""<p id=p>waiting</p>
        <link rel=prefetch href="{bad}/prefetch"><link rel=preconnect href="{bad}"><link rel=dns-prefetch href="{named}">
        <link rel=stylesheet href="{bad}/style"><script src="{named}/script"></script><img src="{bad}/image">
        <iframe src="{bad}/frame"></iframe><form id=f method=post target=x action="{bad}/form"></form><iframe name=x></iframe>
        <script>
        const tries = [fetch("{bad}/fetch", {{mode: "no-cors"}}), fetch("{named}/fetch", {{mode: "no-cors"}}),
          fetch("http://[::1]:{inner.host.split(":")[1]}/six", {{mode: "no-cors"}}),
          fetch("http://169.254.169.254/latest/meta-data/", {{mode: "no-cors"}})];
        navigator.sendBeacon("{bad}/beacon");
        new WebSocket("{bad.replace("http", "ws")}/socket");
        try {{ const peer = new RTCPeerConnection({{iceServers: [{{urls: "stun:127.0.0.1:{port}"}}]}});
          peer.createDataChannel("x"); peer.createOffer().then(offer => peer.setLocalDescription(offer)); }} catch (e) {{}}
        document.getElementById("f").submit();
        Promise.allSettled(tries).then(() => setTimeout(() => document.getElementById("p").textContent = "tried", 1500));
        </script>"""
    )
    capture = fetcher(site).fetch(f"{site.url}/a")
    ended.set()
    listener.join()
    stun.close()
    assert capture.outcome == "page", capture.reason
    assert "tried" in capture.body.decode()
    assert inner.asked == []
    assert datagrams == []
    assert {asked.path for asked in site.asked} == {"/a"}
    fetcher(site, inner).fetch(f"{site.url}/a")
    assert {"/fetch", "/frame", "/style", "/beacon", "/socket"} <= {asked.path for asked in inner.asked}, "it does try"


@needs_browser
def test_an_address_that_is_forbidden_is_refused(site: LocalSite, inner: LocalSite) -> None:
    unusual = fetcher().fetch(f"{site.url}/a")
    assert (unusual.outcome, site.asked) == ("refused", [])
    loopback = fetcher().fetch("http://127.0.0.1:8080/a")
    assert loopback.outcome == "refused"
    assert "127.0.0.1 is not public" in loopback.reason
    metadata = fetcher().fetch("http://169.254.169.254/latest/")
    assert (metadata.outcome, "machine credentials" in metadata.reason) == ("refused", True)
    site.pages["/a"] = Page(status=302, headers={"Location": f"{inner.url}/secret"})
    led = fetcher(site).fetch(f"{site.url}/a")
    assert led.outcome == "refused", led
    assert inner.asked == []


@needs_browser
def test_a_name_that_resolves_to_this_machine_is_refused() -> None:
    capture = fetcher(resolver=lambda host, port: ["127.0.0.1"]).fetch("http://news.example/")
    assert capture.outcome == "refused"
    assert "127.0.0.1 of news.example is not public" in capture.reason


@needs_browser
@pytest.mark.parametrize(
    "body",
    [
        "<script>while (true) {}</script>",
        "<script>const a = []; while (true) a.push(new Array(1e5).fill('x'))</script>",
    ],
)
def test_a_script_without_an_end_is_ended(site: LocalSite, body: str) -> None:
    site.pages["/a"] = page(body)
    begun = time.monotonic()
    capture = fetcher(site, seconds=6.0).fetch(f"{site.url}/a")
    assert capture.outcome == "failed"
    assert time.monotonic() - begun < 12
    time.sleep(0.5)
    assert browsers() == []


@needs_browser
def test_too_much_is_not_taken(site: LocalSite) -> None:
    site.pages["/large"] = page("<p>x</p>" * 30_000)
    small = fetcher(site, max_bytes=100_000).fetch(f"{site.url}/large")
    assert (small.outcome, small.body) == ("failed", b"")
    assert "larger than 100000 bytes" in small.reason
    site.pages["/script"] = page("<p>x</p><script>document.body.innerText = 'y'.repeat(3e6)</script>")
    grown = fetcher(site, max_bytes=1_000_000).fetch(f"{site.url}/script")
    assert (grown.outcome, grown.body) == ("failed", b"")
    site.pages["/many"] = page(
        "<p>x</p><script>for (let i = 0; i < 50; i++) fetch('/large?' + i).then(r => r.text())</script>"
    )
    for n in range(50):
        site.pages[f"/large?{n}"] = site.pages["/large"]
    assert fetcher(site, max_bytes=100_000).fetch(f"{site.url}/many").outcome in ("page", "failed")
    sent = sum(asked.status == 200 for asked in site.asked if asked.path.startswith("/large?"))
    assert sent < 20, "8 times 100,000 bytes are let through, four pages"


@needs_browser
def test_a_cookie_goes_to_its_own_site_alone(site: LocalSite, inner: LocalSite) -> None:
    site.pages["/a"] = Page(
        b"<p>subscriber sid-93f1c77a0be2</p><script>fetch('/b')</script><script src='"
        + f"http://localhost:{inner.host.split(':')[1]}/c".encode()
        + b"'></script>",
        headers=HTML,
    )
    site.pages["/b"] = page("b")
    inner.pages["/c"] = Page(b"1", headers={"Content-Type": "text/javascript"})
    allowed = BrowserFetcher(
        user_agent=AGENT,
        allow_hosts=[site.host, f"localhost:{inner.host.split(':')[1]}"],
        sandbox=SANDBOX,
    )
    capture = allowed.fetch(f"{site.url}/a", headers={"Cookie": "session=sid-93f1c77a0be2; theme=dark"})
    assert capture.outcome == "page"
    assert {asked.headers.get("cookie") for asked in site.asked} == {"session=sid-93f1c77a0be2; theme=dark"}
    assert [asked.headers.get("cookie") for asked in inner.asked] == [None]
    assert b"sid-93f1c77a0be2" not in capture.body
    other = allowed.fetch(f"{site.url}/a", headers={"Authorization": "Bearer x"})
    assert (other.outcome, "only Cookie can" in other.reason) == ("failed", True)


def test_without_a_browser_the_outcome_says_what_to_do(site: LocalSite) -> None:
    capture = BrowserFetcher(
        user_agent=AGENT, allow_hosts=[site.host], executable="/nowhere/chromium", sandbox=False
    ).fetch(f"{site.url}/a")
    assert capture.outcome == "failed"
    wanted = "corrigenda[browser]" if browser.find_spec("playwright") is None else "/nowhere/chromium is no program"
    assert wanted in capture.reason
    assert site.asked == []


def test_the_proxy_answers_only_who_knows_its_password(site: LocalSite) -> None:
    with GuardedProxy(deadline_seconds=5.0, max_bytes=10_000, allow_hosts=[site.host]) as proxy:
        port = int(proxy.address.rpartition(":")[2])
        for request in (f"GET {site.url}/a HTTP/1.1\r\n\r\n", f"CONNECT {site.host} HTTP/1.1\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", port)) as client:
                client.sendall(request.encode())
                assert client.recv(100).startswith(b"HTTP/1.1 407 ")
    assert site.asked == []
