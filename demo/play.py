"""The play: first editions, then round after round of later ones, each looked at by the real service."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from demo.editions import Edition, Script, Seed
from demo.outcome import Outcome, Played, Told, words_of
from demo.receivers import MailServer, WebhookReceiver
from demo.service import DemoError, Service
from demo.site import NewsSite

START_SECONDS = 30.0
ROUND_SECONDS = 25.0
"""How long an expected alert is waited for before it counts as missing."""
LOOKS = 2
"""Looks at a page until what it showed was surely judged: a second one begins only when the first is done with."""

Say = Callable[[str], None]


@dataclass(slots=True)
class Play:
    """Everything that runs: the site, who is told, and the service between them."""

    script: Script
    seeds: dict[str, Seed]
    say: Say
    site: NewsSite = field(init=False)
    mail: MailServer = field(init=False)
    webhook: WebhookReceiver = field(init=False)
    service: Service = field(init=False)
    _stack: ExitStack = field(default_factory=ExitStack)
    _calls_seen: int = 0
    _mails_seen: int = 0

    def open(self, folder: Path) -> None:
        """Start the site and the receivers, set the service up by its commands, and start it."""
        self.site = self._stack.enter_context(NewsSite(self.script, self.seeds))
        self.mail = self._stack.enter_context(MailServer())
        self.webhook = self._stack.enter_context(WebhookReceiver())
        hosts = [*self.site.hosts(), self.webhook.host]
        self.service = Service.in_folder(folder, hosts, self.mail.port)
        self._stack.callback(self.service.stop)
        # The first command makes the database; the others can then run side by side, with the service up already.
        added = self.service.run("channels", "add", "desk-hook", "--webhook", self.webhook.address)
        self.webhook.secret = added["secret"]
        self.service.start()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(self._set_up, self._steps()))

    def _set_up(self, commands: list[list[str]]) -> None:
        for command in commands:
            self.service.require_running()
            self.service.run(*command)

    def _steps(self) -> Iterator[list[list[str]]]:
        """The rest of the setting up, as lists of commands that need each other."""
        yield [["rules", "add", "tell-hook", "--channel", "desk-hook"]]
        yield [
            ["channels", "add", "desk-mail", "--email", "desk@newsroom.example"],
            ["rules", "add", "tell-mail", "--channel", "desk-mail"],
        ]
        yield [["add", *map(self.site.address, self.seeds)]]

    def close(self) -> None:
        """Stop everything that still runs."""
        self._stack.close()

    def run(self) -> Outcome:
        """Play all rounds. Raises DemoError when the service cannot be used at all."""
        outcome = Outcome({name: seed.publisher for name, seed in self.seeds.items()})
        self._wait_for_first_versions()
        self.say(f"{len(self.seeds)} first editions kept as first versions")
        began_at = datetime.now(UTC)
        for number, title in self.script.titles.items():
            begun = time.monotonic()
            began_at = self._round(self.script.of_round(number), began_at, outcome)
            told = [bool(played.told) for played in outcome.played if played.edition.round == number]
            seconds = time.monotonic() - begun
            self.say(f"Round {number}: {title}: {sum(told)} told, {told.count(False)} silent, {seconds:.0f} s")
        return outcome

    def finish(self, outcome: Outcome) -> None:
        """Read back what the service kept, by its commands, and stop it."""
        with ThreadPoolExecutor(2) as pool:
            deliveries = pool.submit(self.service.run, "deliveries")
            silent = sorted({edition.article for edition in self.script.later if not edition.expect})
            histories = pool.map(lambda name: self.service.run("history", self.site.address(name)), silent)
            outcome.histories = dict(zip(silent, histories, strict=True))
            outcome.deliveries = deliveries.result()
        outcome.stopped_with = self.service.stop()
        outcome.strays += self._new_alerts()
        outcome.forged = len(self.webhook.forged())
        outcome.duplicates = list(self.webhook.duplicates)
        outcome.tries = Counter(call.id for call in self.webhook.calls)

    def _wait_for_first_versions(self) -> None:
        begun_at = datetime.now(UTC)
        until = time.monotonic() + START_SECONDS
        while not all(len(self._looks(name, begun_at)) >= LOOKS for name in self.seeds):
            self.service.require_running()
            if time.monotonic() > until:
                break
            time.sleep(0.05)
        listed = self.service.run("list")
        if [article["version_number"] for article in listed] != [1] * len(self.seeds):
            states = ", ".join(f"{each['url']} is {each['state']} ({each['reason']})" for each in listed)
            raise DemoError(f"not every first edition became a version within {START_SECONDS:.0f} s: {states}")

    def _round(self, editions: list[Edition], began_at: datetime, outcome: Outcome) -> datetime:
        """Publish them all, and wait until they were looked at and told. Returns where the next round begins.

        A round ends before the command that lists the articles, and the next editions go out after it: so a look that
        was under way at that moment is on neither side of a border.
        """
        published_at = datetime.now(UTC)
        for edition in editions:
            self.site.publish(edition)
        alerts = sum(1 for edition in editions if edition.expect)
        until = time.monotonic() + ROUND_SECONDS
        while time.monotonic() < until:
            self.service.require_running()
            calls, mails = len(self.webhook.taken()) - self._calls_seen, len(self.mail.mails) - self._mails_seen
            looked = all(len(self._looks(name, published_at)) >= LOOKS for name in self.seeds)
            if looked and calls >= alerts and mails >= alerts:
                break
            time.sleep(0.05)
        ended_at = datetime.now(UTC)
        listed = {article["url"]: article for article in self.service.run("list")}
        told = self._new_alerts()
        for edition in editions:
            article = listed[self.site.address(edition.article)]
            own = [alert for alert in told if alert.article == edition.article]
            told = [alert for alert in told if alert.article != edition.article]
            statuses = tuple(self._looks(edition.article, published_at))
            outcome.played.append(
                Played(edition, began_at, ended_at, statuses, article["state"], article["reason"], tuple(own))
            )
        outcome.strays += told
        return ended_at

    def _new_alerts(self) -> list[Told]:
        """What arrived since this was last asked."""
        calls, mails = self.webhook.taken()[self._calls_seen :], self.mail.mails[self._mails_seen :]
        self._calls_seen += len(calls)
        self._mails_seen += len(mails)
        told = [
            Told(self._article(" ".join(one["url"] for one in call.payload["articles"])), call.id, call.payload)
            for call in calls
            if call.payload
        ]
        return told + [Told(self._article(" ".join(words_of(mail))), mail["Message-ID"], mail=mail) for mail in mails]

    def _article(self, text: str) -> str:
        """The article whose address stands in a text; empty when none does."""
        return next((name for name in self.seeds if self.site.address(name) in text), "")

    def _looks(self, article: str, since: datetime) -> list[int]:
        """What the site answered to each look at an article's page."""
        return [
            request.status
            for request in list(self.site.requests)
            if request.article == article and request.is_article and request.at >= since
        ]
