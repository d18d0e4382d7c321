"""What stands outside and is never killed: the sites that say what they served, the receivers that say what they were
told, and a record of everything that the service acknowledged to anybody.
"""

from __future__ import annotations

import json
import random
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from http.client import HTTPException
from typing import Any

from standardwebhooks import Webhook

from tests.local_site import LocalServer, Page, article_page

SITES = 24
"""A killed Visit holds its Site for a while on a database that is shared; the others go on."""
CHANGING = 36
"""Articles whose pages change; those that are added later do not."""
CHANNELS = ("one", "two")
MOMENTS = ("page asked", "page answered", "webhook came", "webhook answered")
"""What the oracle sees of the service's cycle as it happens."""


def edition(article: int, toll: int) -> Page:
    """What an article says when it counts so many dead: each toll is served once, so it names the revision."""
    return article_page(
        f"Storm {article} hits the coast",
        f"A storm that hit the coast on Tuesday killed at least {toll} people in the town of Port {article}.",
        "Rescuers searched the ruins of houses for a third day and said that roads to the north were still closed.",
        "The governor thanked the volunteers and asked people to stay away from the river until the water was gone.",
    )


@dataclass(frozen=True, slots=True)
class Served:
    """One request for an article: the revision that it was answered with, by its toll."""

    at: float
    """On the monotonic clock."""
    url: str
    toll: int


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a receiver, as it came, with what was answered."""

    channel: str
    id: str
    body: bytes
    status: int

    @property
    def payload(self) -> Mapping[str, Any]:
        """The body, read."""
        payload: Mapping[str, Any] = json.loads(self.body)
        return payload


@dataclass
class Acknowledged:
    """What the service told anybody that it has: it must have it, whenever it is killed afterwards."""

    pages: set[tuple[str, str]] = field(default_factory=set)
    """(url, SHA-256 of the body): it asked for a page only if that is no longer the one it had."""
    versions: set[tuple[str, int]] = field(default_factory=set)
    """(url, number): its log said that this Version was kept."""
    delivered: set[str] = field(default_factory=set)
    """Deliveries of which its log said so."""
    added: set[str] = field(default_factory=set)
    """Addresses whose addition the API, or the command, confirmed."""
    stories: set[str] = field(default_factory=set)
    """Stories whose addition the API confirmed."""

    def __len__(self) -> int:
        return sum(map(len, (self.pages, self.versions, self.delivered, self.added, self.stories)))


class Oracle:
    """Sites with articles whose tolls rise, receivers that sometimes fail, and the log of it all."""

    def __init__(self, dice: random.Random, articles: int = CHANGING) -> None:
        self.dice = dice
        self.served: list[Served] = []
        self.calls: list[Call] = []
        self.acknowledged = Acknowledged()
        self.secrets: dict[str, str] = {}
        """Of each Channel, by its name."""
        self.moody = True
        """Whether receivers fail now and then."""
        self._ambush: tuple[str, int, Callable[[], None]] | None = None
        self._lock = threading.Lock()
        self.sites = [LocalServer(self._answer_from(number)) for number in range(SITES)]
        self.receiver = LocalServer(self._receive)
        self.history: dict[str, list[int]] = {}
        """Every toll that an address ever said, in order."""
        self._bodies: dict[tuple[str, str], int] = {}
        self._numbers: dict[str, int] = {}
        for number in range(articles):
            self.publish(number)

    def close(self) -> None:
        """End the servers."""
        for server in (*self.sites, self.receiver):
            server.__exit__(None, None, None)

    @property
    def allowed(self) -> list[str]:
        """For `fetch.allow_hosts`."""
        return [server.host for server in (*self.sites, self.receiver)]

    @property
    def urls(self) -> list[str]:
        """The articles that change."""
        return list(self.history)

    def publish(self, number: int) -> str:
        """Put one more article on a site. Returns its address."""
        url = f"{self.sites[number % SITES].url}/{number}"
        self._numbers[url] = number
        self.history[url] = []
        self._say(url, 10)
        return url

    def change(self, url: str) -> None:
        """A new edition, with more dead."""
        self._say(url, self.history[url][-1] + self.dice.randint(1, 9))

    def _say(self, url: str, toll: int) -> None:
        self._bodies[url, sha256(edition(self._numbers[url], toll).body).hexdigest()] = toll
        self.history[url].append(toll)

    def toll_of(self, url: str, body_hash: str) -> int | None:
        """The toll of the edition with these bytes; None when no such one was ever served there."""
        return self._bodies.get((url, body_hash))

    def ambush(self, moment: str, times: int, act: Callable[[], None]) -> None:
        """Do something once, when a moment comes for the so-many-th time: one of `MOMENTS`."""
        with self._lock:
            self._ambush = (moment, times, act)

    def _spring(self, moment: str) -> None:
        with self._lock:
            if self._ambush is None or self._ambush[0] != moment:
                return
            _, times, act = self._ambush
            self._ambush = (moment, times - 1, act) if times > 1 else None
            if times > 1:
                return
        if moment.endswith("answered"):  # the answer goes out when we have returned
            threading.Timer(self.dice.random() * 0.02, act).start()
        else:
            act()

    def _answer_from(self, site: int) -> Callable[[str, str, Mapping[str, str], bytes], Page]:
        def answer(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Page:
            url = f"{self.sites[site].url}{path}"
            if url not in self.history:
                return Page(b"<h1>Not Found</h1>", 404, {"Content-Type": "text/html"})
            self._spring("page asked")
            toll = self.history[url][-1]
            page = edition(self._numbers[url], toll)
            tag = sha256(page.body).hexdigest()
            had = headers.get("if-none-match", "").strip('"')
            with self._lock:
                self.served.append(Served(time.monotonic(), url, toll))
                if had:
                    self.acknowledged.pages.add((url, had))
            self._spring("page answered")
            if had == tag:
                return Page(status=304, headers={"ETag": f'"{tag}"'})
            return Page(page.body, 200, {**page.headers, "ETag": f'"{tag}"'})

        return answer

    def _receive(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Page:
        if len(body) < int(headers["content-length"]):
            raise ConnectionResetError("killed while it sent")
        channel = path.strip("/")
        # By the sender's time: the clocks that some tests set are not the receiver's.
        at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        signed = Webhook(self.secrets[channel]).sign(headers["webhook-id"], at, body.decode())
        assert signed in headers["webhook-signature"].split(" ")
        self._spring("webhook came")
        with self._lock:
            status = 500 if self.moody and self.dice.random() < 0.15 else 204
            self.calls.append(Call(channel, headers["webhook-id"], body, status))
        self._spring("webhook answered")
        return Page(status=status)

    def hear(self, log: str) -> None:
        """What a log of the service, in JSON, claims to have been done."""
        for line in log.splitlines():
            try:
                said = json.loads(line)
            except ValueError:  # the last line of one that was killed
                continue
            if said.get("event") == "checked" and said.get("version"):
                self.acknowledged.versions.add((said["url"], said["version"]))
            elif said.get("event") == "delivery.delivered":
                self.acknowledged.delivered.add(said["delivery"])

    def ask_api(self, service: str, path: str, body: Mapping[str, Any]) -> bool:
        """Ask the API for something; whether it confirmed. A service that dies meanwhile did not."""
        request = urllib.request.Request(
            f"{service}/api/v1{path}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
            method="POST",
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return 200 <= answer.status < 300
        except (OSError, HTTPException):  # a refusal, or it died in the middle of its answer
            return False

    def add_article(self, service: str) -> None:
        """Have the API track one more article, which then changes no more."""
        url = self.publish(len(self.history))
        if self.ask_api(service, "/articles", {"url": url, "interval_seconds": 3600}):
            self.acknowledged.added.add(url)

    def add_story(self, service: str) -> None:
        """Have the API keep one more Story."""
        name = f"Story {self.dice.getrandbits(48):x}"
        if self.ask_api(service, "/stories", {"name": name}):
            self.acknowledged.stories.add(name)
