"""The guard with real sockets, a real name server and the system's own resolver, in a network where all answers."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterable
from typing import Any

import pytest

from monitor.sources.guard import why_forbidden
from tests.data import real_data
from tests.unit.sources.own_network import inside

PUBLIC = "93.184.216.34"


def _forbidden(packets: Iterable[str]) -> list[str]:
    return [packet for packet in packets if why_forbidden(ipaddress.ip_address(packet.split()[1]))]


@pytest.mark.timeout(600)
def test_known_attacks_send_no_packet_to_an_address_that_is_not_public() -> None:
    """ssrf.jsonl: addresses from public test suites, with the answers that a hostile name server would give."""
    cases = [json.loads(row) for row in real_data("ssrf.jsonl").read_text(encoding="utf-8").splitlines()]
    found = inside("attacks", cases)
    wrong = []
    for case in cases:
        for how, seen in found[case["id"]].items():
            if _forbidden(seen["packets"]):
                wrong.append((case["id"], case["url"], how, seen))
        for how in ("fetch", "robots"):
            # After robots.txt, a name that is looked up again may be refused: that is what is wanted.
            rebound = case["kind"] == "rebind" and how == "robots"
            if not rebound and not _as_expected(case, found[case["id"]][how]):
                wrong.append((case["id"], case["url"], how, found[case["id"]][how]))
        reached = found[case["id"]]["webhook"]["requests"]
        if case["expect"] == "allowed" and not reached:
            wrong.append((case["id"], case["url"], "webhook", found[case["id"]]["webhook"]))
    assert len(cases) > 200
    assert wrong == []


def _as_expected(case: dict[str, Any], seen: dict[str, Any]) -> bool:
    if case["expect"] == "allowed":
        return bool(seen["requests"]) and (
            seen["said"] == "page" or ("TLS", seen["said"]) == (seen["requests"][-1][1], "failed")
        )
    if case["kind"] == "proxy":  # asked directly instead
        return seen["said"] == "page"
    asked_first = case["kind"] == "redirect"  # the address that redirects is a public one
    return seen["said"] in ("refused", "failed") and bool(seen["packets"]) == asked_first


def test_a_name_server_that_alternates_its_answers() -> None:
    """DNS rebinding, a thousand times: one look-up for each connection, and only what was checked is connected to."""
    found = inside("rebinding", 1000)
    lookups = [answers for name, answers in found["lookups"] if name == "rebind.test"]
    assert len(lookups) == len(found["outcomes"]) == 1000
    connected = iter(packet.split()[1] for packet in found["packets"])
    for answers, outcome in zip(lookups, found["outcomes"], strict=True):
        public = not any(why_forbidden(ipaddress.ip_address(answer)) for answer in answers)
        assert outcome == ("page" if public else "refused")
        if public:
            assert next(connected) == answers[0]
    assert list(connected) == []
    assert {to for to, _ in found["requests"]} == {PUBLIC, "2606:4700::1111"}


@pytest.mark.parametrize(
    "how", ["http://169.254.169.254/latest", "http://localhost/", "http://[::1]:8080/", "//10.0.0.1/"]
)
def test_robots_txt_leads_nowhere_that_is_not_public(how: str) -> None:
    seen = inside("robots_elsewhere", [how])[how]
    assert seen["said"] in ("refused", "failed")
    assert seen["packets"] == [f"tcp {PUBLIC} 80"]
