from __future__ import annotations

import ipaddress
import itertools
import json
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpcore2
import pytest

from monitor.sources.guard import ForbiddenAddressError, GuardedBackend, is_metadata, why_forbidden
from monitor.sources.http import Fetcher
from tests.data import real_data
from tests.unit.sources.servers import Serve, respond

PUBLIC = "93.184.216.34"


@pytest.mark.parametrize(
    "address",
    ["0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.1.1", "172.16.0.1", "172.31.255.255", "192.0.0.8",
     "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "240.0.0.1",
     "255.255.255.255", "168.63.129.16", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:0:127.0.0.1",
     "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "100:0:0:1::1", "2001::1", "2001:10::1", "2001:db8::1",
     "2002:7f00:1::", "3fff::1", "5f00::1", "fc00::1", "fd00::1", "fe80::1", "fec0::1", "ff02::1"],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert why_forbidden(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
     "128.0.0.1", "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "198.17.255.255",
     "198.20.0.0", "223.255.255.255", "::ffff:1.1.1.1", "64:ff9b::101:101", "2606:4700::1111",
     "2001:4860:4860::8888", "2003::1"],
)  # fmt: skip
def test_addresses_that_are_public(address: str) -> None:
    assert why_forbidden(ipaddress.ip_address(address)) is None


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "fd00:ec2::254", "168.63.129.16"]
)
def test_no_operator_can_allow_machine_credentials(address: str) -> None:
    assert is_metadata(ipaddress.ip_address(address))
    backend = GuardedBackend({"meta.test:80"}, lambda host, port: [address])
    with backend.within(2), pytest.raises(ForbiddenAddressError, match="credentials"):
        backend.connect_tcp("meta.test", 80)


@pytest.mark.parametrize("answers", [[PUBLIC, "127.0.0.1"], ["127.0.0.1", PUBLIC], [PUBLIC, "::ffff:10.0.0.1"]])
def test_one_forbidden_answer_refuses_the_whole_name(answers: list[str]) -> None:
    backend = GuardedBackend(resolver=lambda host, port: answers)
    with backend.within(2), pytest.raises(ForbiddenAddressError, match="is not public"):
        backend.connect_tcp("mixed.test", 80)
    assert backend.connections == 0


def test_the_name_is_looked_up_once_and_the_checked_address_is_used(serve: Serve) -> None:
    server = serve(respond())
    lookups: list[str] = []

    def resolver(host: str, port: int) -> list[str]:
        lookups.append(host)
        return ["127.0.0.1"]

    backend = GuardedBackend({f"inside.test:{server.port}"}, resolver)
    with backend.within(5):
        backend.connect_tcp("inside.test", server.port).close()
        with pytest.raises(ForbiddenAddressError):
            backend.connect_tcp("other.test", server.port)
    assert lookups == ["inside.test", "other.test"]


def test_the_next_address_is_tried_when_one_does_not_answer(serve: Serve) -> None:
    server = serve(respond())
    backend = GuardedBackend({f"two.test:{server.port}"}, lambda host, port: ["127.0.0.2", "127.0.0.1"])
    with backend.within(5):
        stream = backend.connect_tcp("two.test", server.port)
        assert stream.get_extra_info("server_addr")[0] == "127.0.0.1"
        stream.close()


def test_an_address_that_leads_nowhere_costs_seconds_not_the_fetch(serve: Serve) -> None:
    server = serve(respond())
    with socket.create_server(("127.0.0.2", server.port), backlog=0) as full:
        # Nobody accepts there: once the queue is full, the system drops who knocks.
        waiting = [socket.socket() for _ in range(4)]
        for caller in waiting:
            caller.setblocking(False)
            caller.connect_ex(full.getsockname())
        backend = GuardedBackend({f"two.test:{server.port}"}, lambda host, port: ["127.0.0.2", "127.0.0.1"])
        begun = time.monotonic()
        with backend.within(20):
            backend.connect_tcp("two.test", server.port).close()
        assert 2 < time.monotonic() - begun < 8
        for caller in waiting:
            caller.close()


def test_a_name_server_that_never_answers_is_given_up() -> None:
    released = threading.Event()

    def resolver(host: str, port: int) -> list[str]:
        released.wait(20)
        return []

    backend = GuardedBackend(resolver=resolver)
    begun = time.monotonic()
    with backend.within(0.3), pytest.raises(httpcore2.ConnectTimeout, match="looked up"):
        backend.connect_tcp("slow.test", 80)
    released.set()
    assert time.monotonic() - begun < 8


def test_a_socket_of_this_machine_is_never_opened() -> None:
    with pytest.raises(ForbiddenAddressError):
        GuardedBackend().connect_unix_socket("/run/docker.sock")


class _Caught(OSError):
    """Stands for a connection that would have been made."""


_connects: list[str] | None = None


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    """Sees every connect of the process; while a test collects them, those not to loopback go no further."""
    if event == "socket.connect" and _connects is not None:
        host = str(arguments[1][0]) if isinstance(arguments[1], tuple) else str(arguments[1])
        _connects.append(host)
        raise _Caught(f"the test stops the connection to {host}")


@contextmanager
def _no_connection_leaves() -> Iterator[list[str]]:
    global _connects
    if not getattr(sys, "_corrigenda_audited", False):
        sys.addaudithook(_audit)  # an audit hook can not be taken away again
        sys._corrigenda_audited = True  # type: ignore[attr-defined]
    _connects = []
    try:
        yield _connects
    finally:
        _connects = None


def test_a_name_server_that_alternates_its_answers() -> None:
    """DNS rebinding: whatever is answered next, only the address that was checked is ever connected to."""
    answers = itertools.cycle([[PUBLIC], ["127.0.0.1"], ["10.0.0.1"], [PUBLIC, "169.254.169.254"]])
    with _no_connection_leaves() as connects, Fetcher(user_agent="A/1", resolver=lambda *_: next(answers)) as fetcher:
        outcomes = [fetcher.fetch("http://rebind.test/").outcome for _ in range(1000)]
    assert set(connects) == {PUBLIC}
    assert len(connects) == outcomes.count("failed") == 250
    assert outcomes.count("refused") == 750


def test_known_attacks_reach_no_address_that_is_not_public() -> None:
    """ssrf.jsonl: addresses from public test suites, with the answers that a hostile name server would give."""
    cases = [json.loads(row) for row in real_data("ssrf.jsonl").read_text(encoding="utf-8").splitlines()]
    wrong: list[str] = []
    for case in cases:
        answers = {name.rstrip("."): found for name, found in case.get("dns", {}).items()}

        def resolver(host: str, port: int, answers: dict[str, list[str]] = answers) -> list[str]:
            found = answers.get(host, [])
            if not found:
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            return found[0] if isinstance(found[0], list) else found

        with _no_connection_leaves() as connects, Fetcher(user_agent="Corrigenda/1.0", resolver=resolver) as fetcher:
            for url in [case["url"], *case.get("redirect", [])[:1]]:
                fetcher.fetch(url)
        forbidden = [host for host in connects if why_forbidden(ipaddress.ip_address(host))]
        expected = case["expect"] == "allowed" or case["kind"] in ("redirect", "proxy")
        if forbidden or (not connects and expected):
            wrong.append(f"{case['id']} {case['url']} {connects}")
        if connects and not expected:
            wrong.append(f"{case['id']} {case['url']} connected to {connects}")
    assert len(cases) > 200
    assert wrong == []
