"""What is done inside of `own_network`: run as a program, with a job's name; its input and result are JSON."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import httpx2

from alerts.errors import DeliveryError
from monitor.config import Settings
from monitor.outgoing import guarded_client
from monitor.sources.http import Fetcher
from monitor.sources.robots import Robots
from tests.unit.sources.own_network import Internet, internet, turns

PUBLIC = "93.184.216.34"


def attacks(world: Internet, cases: list[dict[str, Any]]) -> dict[str, Any]:
    """Fetch, and call as a webhook, the address of every case; with robots.txt asked for, and without."""
    return {
        case["id"]: {
            "fetch": _attack(world, case, _fetch),
            "robots": _attack(world, case, _fetch_with_robots),
            "webhook": _attack(world, case, _call),
        }
        for case in cases
    }


def _attack(world: Internet, case: dict[str, Any], act: Callable[[str], str]) -> dict[str, Any]:
    world.lookups.clear()
    world.requests.clear()
    world.names = {name.rstrip("."): answers for name, answers in case.get("dns", {}).items()}
    world.redirects = {}
    here = case["url"]
    for location in case.get("redirect", ()):
        world.redirects[here.removeprefix("http://")] = location
        here = urljoin(here, location)
    os.environ.update(case.get("env", {}))
    try:
        said = act(case["url"])
    finally:
        for name in case.get("env", {}):
            del os.environ[name]
    return {"said": said, "packets": world.packets(), "requests": list(world.requests)}


def _fetch(url: str) -> str:
    with Fetcher(user_agent="Corrigenda/1.0", deadline_seconds=5) as fetcher:
        return fetcher.fetch(url).outcome


def _fetch_with_robots(url: str) -> str:
    with Fetcher(user_agent="Corrigenda/1.0", deadline_seconds=5) as fetcher:
        return fetcher.fetch(url, permit=Robots(fetcher).check).outcome


def _call(url: str) -> str:
    """As alerts are sent. That a URL is none is for the channel to say, when it is added."""
    try:
        with guarded_client(Settings())(5.0) as client:
            return str(client.post(url, content=b"{}", follow_redirects=False).status_code)
    except (httpx2.HTTPError, httpx2.InvalidURL, DeliveryError, UnicodeError, ValueError) as error:
        return type(error).__name__


def rebinding(world: Internet, count: int) -> dict[str, Any]:
    """Fetch a name whose server answers otherwise at every look-up."""
    answers = ([PUBLIC], ["127.0.0.1"], [PUBLIC, "169.254.169.254"], ["::1"], ["2606:4700::1111"], ["10.0.0.1"])
    world.names = {"rebind.test": turns(*answers, count=count)}
    outcomes, packets = [], []
    with Fetcher(user_agent="Corrigenda/1.0") as fetcher:
        for _ in range(count):
            outcomes.append(fetcher.fetch("http://rebind.test/").outcome)
            packets += world.packets()  # now, before the system has to drop some
    return {"outcomes": outcomes, "lookups": world.lookups, "packets": packets, "requests": world.requests}


def robots_elsewhere(world: Internet, locations: list[str]) -> dict[str, Any]:
    """A robots.txt that redirects to where nothing may be asked."""
    found = {}
    world.names = {"news.test": [PUBLIC]}
    for location in locations:
        world.redirects = {"news.test/robots.txt": location}
        found[location] = {"said": _fetch_with_robots("http://news.test/a"), "packets": world.packets()}
    return found


JOBS: dict[str, Callable[[Internet, Any], dict[str, Any]]] = {
    job.__name__: job for job in (attacks, rebinding, robots_elsewhere)
}

if __name__ == "__main__":
    payload = json.load(sys.stdin)
    with internet() as here:
        result = JOBS[sys.argv[1]](here, payload)
    json.dump(result, sys.stdout)
