"""Fetching pages that only a browser can show: Chromium, in a process of its own, behind the same guard as all else.

The browser is told to use a proxy of ours for everything, loopback included, and to look up no name itself: what the
guard forbids is not contacted, whatever a page's scripts try. It gets one deadline, and is killed with all that it
started when that is over. Pictures, films and fonts are not loaded. Asked for only where a site has `browser = true`.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from http.cookies import CookieError, SimpleCookie
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from monitor.sources.address import WEB_PORTS, Address, UnusableAddressError, parse
from monitor.sources.guard import Resolver, system_resolver
from monitor.sources.http import Permit, Turn
from monitor.sources.private import PrivateHeaders
from monitor.sources.proxy import GuardedProxy
from monitor.sources.result import Capture, Outcome
from monitor.sources.status import judge, retry_after_seconds

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
"""What Chromium is called on PATH."""
AT_ONCE = 2
"""Browsers in this process at a time: each takes some hundred megabytes."""
TRAFFIC = 8
"""A page may load so many times `max_bytes` in all."""
_MARK = "CORRIGENDA_BROWSER"
_turns = threading.BoundedSemaphore(AT_ONCE)


def why_not(executable: str, *, sandbox: bool) -> str | None:
    """Why no browser can be used here, and what to do; None when one can."""
    if find_spec("playwright") is None:
        return "a browser is asked for, and needs the extra: pip install 'corrigenda[browser]'"
    if find(executable) is None:
        named = f"{executable} is no program" if executable else f"no {' or '.join(NAMES[:2])} is on PATH"
        return f"a browser is asked for, and {named}: install Chromium, or say where it is with browser.executable"
    if sandbox and os.geteuid() == 0:
        return (
            "a browser is asked for, and its sandbox does not work for root: run Corrigenda as another user, or set "
            "browser.sandbox = false where something else, such as a container, shuts it in"
        )
    return None


def find(executable: str) -> str | None:
    """Where Chromium is: as set, else on PATH."""
    return next((path for name in ((executable,) if executable else NAMES) if (path := shutil.which(name))), None)


class BrowserFetcher:
    """Opens addresses one after the other, each in a browser of its own. Safe between threads."""

    def __init__(
        self,
        *,
        user_agent: str,
        allow_hosts: Collection[str] = frozenset(),
        deadline_seconds: float = 30.0,
        max_bytes: int = 5 * 2**20,
        executable: str = "",
        sandbox: bool = True,
        turn: Turn | None = None,
        resolver: Resolver = system_resolver,
    ) -> None:
        """executable: the browser, where it is not on PATH. The rest is as for Fetcher."""
        self._user_agent = user_agent
        self._allow_hosts = frozenset(host.lower() for host in allow_hosts)
        self._deadline_seconds = deadline_seconds
        self._max_bytes = max_bytes
        self._executable = executable
        self._sandbox = sandbox
        self._turn = turn
        self._resolver = resolver

    def fetch(self, url: str, *, headers: Mapping[str, str] | None = None, permit: Permit | None = None) -> Capture:
        """Open an address and take the page as it is shown. Never raises for what page, network or browser do.

        Of `headers` only a Cookie can be sent, to its own site alone. `permit` and the turn are asked for the address
        itself, and `permit` for those that it redirected to, before the page is kept; what the page loads besides is
        up to the guard.
        """
        begun = time.monotonic()
        capture = Capture(url, "failed", "", datetime.now(UTC), final_url=url)
        try:
            address = parse(url)
        except UnusableAddressError as error:
            return replace(capture, outcome="refused", reason=f"address is not usable: {error}")
        capture = replace(capture, final_url=str(address))
        private = PrivateHeaders(headers or {}, address.site, self._allow_hosts)
        refusal = self._why_refused(address, headers or {}, permit)
        if refusal is None:
            with _turns:
                why = self._turn(address) if self._turn else None
                if why is None:
                    capture = self._open(capture, address, private.along(address))
            refusal = _pair(why) if why else _refused_on_the_way(capture, str(address), permit)
            if refusal:
                capture = replace(capture, body=b"", headers={})
        if refusal:
            capture = replace(capture, outcome=refusal[0], reason=refusal[1])
        return private.hide(replace(capture, elapsed_ms=round((time.monotonic() - begun) * 1000)))

    def _why_refused(
        self, address: Address, headers: Mapping[str, str], permit: Permit | None
    ) -> tuple[Outcome, str] | None:
        """Why nothing is opened, and whether a rule or trouble keeps us from it."""
        if trouble := why_not(self._executable, sandbox=self._sandbox):
            return "failed", trouble
        if address.port not in WEB_PORTS and address.host_and_port not in self._allow_hosts:
            allow = f"allow_hosts can allow {address.host_and_port}"
            return "refused", f"port {address.port} is not a port of the web; {allow}"
        if unsendable := next((name for name in headers if name.lower() != "cookie"), None):
            return "failed", f"the header {unsendable} of its site cannot be sent by a browser: only Cookie can"
        why = permit(str(address)) if permit else None
        return _pair(why) if why else None

    def _open(self, capture: Capture, address: Address, headers: Mapping[str, str]) -> Capture:
        with GuardedProxy(
            deadline_seconds=self._deadline_seconds,
            max_bytes=TRAFFIC * self._max_bytes,
            allow_hosts=self._allow_hosts,
            resolver=self._resolver,
        ) as proxy:
            order = {
                "url": str(address),
                "user_agent": self._user_agent,
                "executable": find(self._executable),
                "sandbox": self._sandbox,
                "seconds": self._deadline_seconds,
                "proxy": {"server": proxy.address, "username": proxy.username, "password": proxy.password},
                "cookies": _cookies(headers, address),
            }
            answer = _run(order, self._deadline_seconds, self._max_bytes)
        if isinstance(answer, str):
            return self._without_page(capture, address, proxy, answer)
        head, body = answer
        if "error" in head:
            return self._without_page(capture, address, proxy, f"the browser could not open it: {head['error']}")
        if why := _refused_at(proxy, (*head["redirects"], head["final_url"])):
            return replace(capture, outcome="refused", reason=why)
        received = _headers(head["headers"])
        outcome, reason = judge(head["status"], received, body, conditional=False)
        if len(body) > self._max_bytes:
            outcome, reason, body = "failed", f"the page is larger than {self._max_bytes} bytes in the browser", b""
        return replace(
            capture,
            outcome=outcome,
            reason=f"{reason}, in a browser",
            final_url=head["final_url"],
            status=head["status"],
            redirects=tuple(head["redirects"]),
            headers=received,
            body=body,
            packed_bytes=len(body),
            retry_after_seconds=retry_after_seconds(received.get("retry-after"), capture.captured_at),
        )

    def _without_page(self, capture: Capture, address: Address, proxy: GuardedProxy, reason: str) -> Capture:
        """No page came: because of the guard, of the network, of too many bytes, or for the reason given."""
        if refused := proxy.refused:
            own = refused.get(address.host_and_port)
            return replace(capture, outcome="refused", reason=own or next(iter(refused.values())))
        if failed := proxy.failed.get(address.host_and_port):
            return replace(capture, reason=failed)
        if proxy.exhausted and proxy.deadline.left() > 0 and "bytes" not in reason:
            return replace(capture, reason=f"{reason}; it loads more than {TRAFFIC * self._max_bytes} bytes")
        return replace(capture, reason=reason)


def _pair(why: Any) -> tuple[Outcome, str]:
    return why.outcome, why.reason


def _refused_on_the_way(capture: Capture, asked: str, permit: Permit | None) -> tuple[Outcome, str] | None:
    """What robots.txt says of the addresses that the page redirected to."""
    for hop in (*capture.redirects[1:], capture.final_url):
        if permit and hop != asked and (why := permit(hop)):
            return _pair(why)
    return None


def _refused_at(proxy: GuardedProxy, hops: Collection[str]) -> str | None:
    """Why the page itself, or what led to it, was refused; what it only loads may be."""
    for hop in hops:
        with suppress(UnusableAddressError):
            if why := proxy.refused.get(parse(hop).host_and_port):
                return why
    return None


def _headers(received: Mapping[str, str]) -> dict[str, str]:
    """As Fetcher keeps them; the body is no longer the server's bytes but the shown page, in UTF-8."""
    kept = {
        name.lower(): value
        for name, value in received.items()
        if name.lower() not in ("set-cookie", "content-encoding", "content-length")
        and not name.lower().startswith("sidecar-")
    }
    media_type = kept.get("content-type", "text/html").split(";")[0].strip()
    return kept | {"content-type": f"{media_type}; charset=utf-8"}


def _cookies(headers: Mapping[str, str], address: Address) -> list[dict[str, str]]:
    """The Cookie header as cookies of that host alone."""
    jar = SimpleCookie()
    with suppress(CookieError):
        jar.load(next((value for name, value in headers.items() if name.lower() == "cookie"), ""))
    return [{"name": name, "value": morsel.coded_value, "url": address.origin} for name, morsel in jar.items()]


def _run(order: Mapping[str, Any], seconds: float, max_bytes: int) -> tuple[dict[str, Any], bytes] | str:
    """The answer of the process, or what went wrong with it. Nothing that it started is left afterwards."""
    mark = secrets.token_hex(16)
    with TemporaryDirectory(prefix="corrigenda-browser-", ignore_cleanup_errors=True) as home:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "monitor.sources.browser_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(home) | {_MARK: mark},
            cwd=home,
            start_new_session=True,
        )
        try:
            out, _ = process.communicate(json.dumps(order).encode("ascii") + b"\n", timeout=seconds)
        except subprocess.TimeoutExpired:
            return f"not done within {seconds:g} s in the browser"
        finally:
            _kill(process, mark)
    head, _, body = out.partition(b"\n")
    try:
        found = json.loads(head)
    except ValueError:
        return f"the browser's process ended without an answer (code {process.returncode})"
    return found, body[: max_bytes + 1]


def _environment(home: str) -> dict[str, str]:
    """Only what the browser needs to start: the service's environment may hold passwords, and pages are hostile."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH") if name in os.environ}
    paths = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    # `-P` keeps the current folder off the import path, and the project may be installed elsewhere than here.
    return kept | {"HOME": home, "TMPDIR": home, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}


def _kill(process: subprocess.Popen[bytes], mark: str) -> None:
    """End the process and all that it started, in whatever session that is by now."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):
            if pipe:
                pipe.close()
    process.wait()
    wanted = f"{_MARK}={mark}".encode()
    # The driver starts the browser in a session of its own; every process of it carries our mark.
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if wanted in (folder / "environ").read_bytes():
                os.kill(int(folder.name), signal.SIGKILL)
