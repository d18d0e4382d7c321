"""What must be true whatever happened, checked from outside: by what was served, told and acknowledged."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from sqlmodel import Session, col, select

from storage import blobs
from storage.tables import Alert, Article, Blob, Capture, Delivery, Fact, Story, StoryMember, Version
from tests.crash.oracle import CHANNELS, Oracle
from tests.crash.stores import Store


@dataclass
class Invariant:
    """One promise: on how much it was tried, and where it was broken."""

    name: str
    tried: str = ""
    broken: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        found = "holds" if not self.broken else f"BROKEN {len(self.broken)} times: {'; '.join(self.broken[:5])}"
        return f"{self.name:<46} {self.tried:<58} {found}"


def acknowledged_is_stored(oracle: Oracle, session: Session) -> Invariant:
    """Whatever the service told anybody that it has, it has. Also true while it is dead."""
    said = oracle.acknowledged
    found = Invariant(
        "acknowledged is a subset of stored",
        f"{len(said)} ({len(said.pages)} pages, {len(said.versions)} versions, {len(said.delivered)} deliveries, "
        f"{len(said.added) + len(said.stories)} by API)",
    )
    urls = addresses_of(session)
    pages = {
        (urls[article_id], key)
        for article_id, key in session.exec(select(Capture.article_id, Capture.blob_hash))
        if article_id in urls
    }
    versions = {
        (urls[article_id], number) for article_id, number in session.exec(select(Version.article_id, Version.number))
    }
    sent = delivered(session)
    stories = set(session.exec(select(Story.name)))
    for claimed, stored in (
        (said.pages, pages),
        (said.versions, versions),
        (said.delivered, sent),
        (said.added, set(urls.values())),
        (said.stories, stories),
    ):
        found.broken += [f"{one} is not there" for one in sorted(claimed - stored, key=str)]  # type: ignore[operator]
    return found


def one_delivery_each(session: Session) -> Invariant:
    """Each Alert has one Delivery, to its own Channel."""
    rows = session.exec(select(Delivery.alert_id, Delivery.channel_id)).all()
    found = Invariant("one delivery per alert and channel", f"{len(rows)} deliveries")
    if len(set(rows)) < len(rows):
        found.broken.append(f"{len(rows) - len(set(rows))} deliveries too many")
    alerts = {alert.id: alert.channel_id for alert in session.exec(select(Alert))}
    told = dict(rows)
    found.broken += [f"alert {one} has no delivery" for one in alerts if one not in told]
    found.broken += [
        f"alert {one} of channel {alerts[one]} is delivered to {channel}"
        for one, channel in rows
        if alerts.get(one) not in (None, channel)
    ]
    return found


def sent_was_seen(oracle: Oracle, session: Session) -> Invariant:
    """Nothing is marked sent that the receiver did not take."""
    taken = {call.id for call in oracle.calls if 200 <= call.status < 300}
    delivered = session.exec(select(Delivery.id).where(Delivery.state == "delivered")).all()
    return Invariant(
        "nothing marked sent that the receiver never saw",
        f"{len(delivered)} marked sent, {len(oracle.calls)} calls seen",
        [f"delivery {one}" for one in delivered if one not in taken],
    )


def duplicates_share_one_key(oracle: Oracle) -> Invariant:
    """What is told again has the id and the very bytes of the first time; no Change is told under two ids."""
    bodies: defaultdict[str, set[bytes]] = defaultdict(set)
    ids: defaultdict[tuple[str, int, int], set[str]] = defaultdict(set)
    for call in oracle.calls:
        bodies[call.id].add(call.body)
        for change in call.payload["changes"]:
            ids[call.channel, change["article_id"], change["id"]].add(call.id)
    return Invariant(
        "duplicates share one key",
        f"{len(oracle.calls)} calls with {len(bodies)} ids, {len(ids)} changes told",
        [f"{one} came with {len(texts)} bodies" for one, texts in bodies.items() if len(texts) > 1]
        + [f"change {key} was told as {sorted(used)}" for key, used in ids.items() if len(used) > 1],
    )


def versions_have_no_gap(oracle: Oracle, session: Session, *, settled: bool) -> Invariant:
    """Versions count from 1; each is an edition that was served, in that order; the newest is the last one served."""
    urls, tolls, count = addresses_of(session), tolls_of(session), 0
    found = Invariant("version chain without gaps")
    numbers: defaultdict[int, list[int]] = defaultdict(list)
    for article_id, number in session.exec(
        select(Version.article_id, Version.number).order_by(Version.article_id, Version.number)  # type: ignore[arg-type]
    ):
        numbers[article_id].append(number)
        count += 1
    for article in session.exec(select(Article)):
        have = numbers[article.id or 0]
        if have != list(range(1, article.version_number + 1)):
            found.broken.append(f"{article.url} is at version {article.version_number} and has {have}")
    for article_id, url in urls.items():
        stored = tolls.get(article_id, [])
        if [number for number, _ in stored] != numbers[article_id]:
            found.broken.append(f"{url} has facts from versions {[number for number, _ in stored]}")
        rest = iter(oracle.history[url])
        if not all(toll in rest for _, toll in stored):
            found.broken.append(f"{url} has {stored}, and said {oracle.history[url]}")
        if settled and (not stored or stored[-1][1] != oracle.history[url][-1]):
            found.broken.append(f"{url} says {oracle.history[url][-1]}, and {stored[-1:]} is kept")
    found.tried = f"{count} versions of {len(urls)} articles"
    return found


def every_step_is_told(oracle: Oracle, session: Session) -> Invariant:
    """Each Channel was told every step from the first kept toll to the last, and no other; all Deliveries arrived."""
    told: defaultdict[tuple[str, int], set[tuple[int, int, int]]] = defaultdict(set)
    for call in oracle.calls:
        if not 200 <= call.status < 300:
            continue
        for change in call.payload["changes"]:
            if change["type"] == "value" and change["version"]:
                before, after = (int(re.sub(r"\D", "", change[side]["quote"])) for side in ("before", "after"))
                told[call.channel, change["article_id"]].add((change["version"], before, after))
    found = Invariant("every change told to every channel")
    steps = 0
    for article_id, stored in tolls_of(session).items():
        expected = {(after[0], before[1], after[1]) for before, after in pairwise(stored)}
        for channel in CHANNELS:
            steps += len(expected)
            if told[channel, article_id] != expected:
                missing, more = expected - told[channel, article_id], told[channel, article_id] - expected
                found.broken.append(f"{channel}, article {article_id}: not told {missing}, told too much {more}")
    found.broken += [
        f"delivery {one} is {state}"
        for one, state in session.exec(select(Delivery.id, Delivery.state).where(Delivery.state != "delivered"))
    ]
    found.tried = f"{steps} steps to {len(CHANNELS)} channels"
    return found


def evidence_is_whole(oracle: Oracle, session: Session) -> Invariant:
    """Every kept page is, byte by byte, an edition that its address served; every kept blob can be read."""
    urls = addresses_of(session)
    keys = session.exec(select(Blob.hash).where(col(Blob.data).is_not(None))).all()  # the others were let go
    whole = set(blobs.get_those(session, keys))
    damaged = [f"blob {key}" for key in keys if key not in whole]
    found = Invariant("evidence is byte for byte what was served", broken=damaged)
    kept = session.exec(select(Capture.article_id, Capture.blob_hash)).all()
    for article_id, key in kept:
        url = urls.get(article_id, "")
        if key and oracle.toll_of(url, key) is None:
            found.broken.append(f"{url} never served {key}")
    found.tried = f"{len(kept)} captures, {len(keys)} blobs"
    return found


def nobody_is_behind(session: Session) -> Invariant:
    """Stories have taken in the newest Version of each of their members."""
    members = session.exec(select(StoryMember.article_id, StoryMember.behind)).all()
    return Invariant(
        "stories follow",
        f"{len(members)} members",
        [f"article {article_id}" for article_id, behind in members if behind],
    )


def delivered(session: Session) -> set[str]:
    """Deliveries that are marked sent."""
    return set(session.exec(select(Delivery.id).where(Delivery.state == "delivered")))


def database_is_clean(store: Store, folder: Path) -> Invariant:
    """What the database itself says."""
    checks = "PRAGMA integrity_check, foreign_key_check" if store.name == "sqlite" else "amcheck, foreign keys"
    return Invariant("integrity_check clean", checks, store.faults(folder))


@dataclass
class Waits:
    """How long due articles waited while a service ran that could have checked them."""

    allowed: float
    """Seconds: one interval."""
    longest: float = 0.0
    asked: int = 0
    broken: list[str] = field(default_factory=list)
    _waited: dict[str, float] = field(default_factory=dict)
    _held: dict[str, tuple[int, float]] = field(default_factory=dict)

    def held_since(self, url: str, fence: int, now: float) -> float:
        """When the Visit with this fence, which held the Site of an address, was first seen dead: its wait begins
        anew."""
        known = self._held.get(url)
        if known is None or known[0] != fence:
            known = self._held[url] = (fence, now)
            self._waited[url] = 0.0
        return known[1]

    def lived(self, oracle: Oracle, due: Mapping[str, float], ended: float, served_before: int) -> None:
        """One life, from the first page that it asked for to its end. due: when each address fell due, on the
        monotonic clock."""
        served = oracle.served[served_before:]
        if not served:
            return
        up = served[0].at
        first: dict[str, float] = {}
        for one in served:
            first.setdefault(one.url, one.at)
        for url, due_at in due.items():
            since = max(up, due_at)
            until = first.get(url, ended)
            if until > since:
                self._waited[url] = self._waited.get(url, 0.0) + until - since
            waited = self._waited.get(url, 0.0)
            self.longest = max(self.longest, waited)
            if waited > self.allowed:
                self.broken.append(f"{url} waited {waited:.1f} s")
                self._waited[url] = 0.0
            if url in first:
                self.asked += 1
                self._waited[url] = 0.0

    def invariant(self) -> Invariant:
        """For the report."""
        tried = f"{self.asked} checks, longest wait {self.longest:.1f} s of {self.allowed:g} s"
        return Invariant("due work runs within one interval", tried, list(self.broken))


def while_dead(oracle: Oracle, store: Store, folder: Path) -> Iterator[Invariant]:
    """What must be true the moment after a kill, before anything has been mended."""
    with store.look(folder) as session:
        yield acknowledged_is_stored(oracle, session)
        yield one_delivery_each(session)
        yield sent_was_seen(oracle, session)
        yield versions_have_no_gap(oracle, session, settled=False)


def when_settled(oracle: Oracle, store: Store, folder: Path) -> Iterator[Invariant]:
    """What must be true when a last life has had its time and ended in order."""
    with store.look(folder) as session:
        yield acknowledged_is_stored(oracle, session)
        yield one_delivery_each(session)
        yield sent_was_seen(oracle, session)
        yield duplicates_share_one_key(oracle)
        yield versions_have_no_gap(oracle, session, settled=True)
        yield every_step_is_told(oracle, session)
        yield evidence_is_whole(oracle, session)
        yield nobody_is_behind(session)
    yield database_is_clean(store, folder)


def addresses_of(session: Session) -> Mapping[int, str]:
    """The address of each Article, by its id."""
    return {article_id or 0: url for article_id, url in session.exec(select(Article.id, Article.url))}


def tolls_of(session: Session) -> Mapping[int, list[tuple[int, int]]]:
    """By article: each toll, with the Version that brought it."""
    found: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for fact in session.exec(
        select(Fact).where(Fact.kind == "casualties").order_by(Fact.article_id, Fact.from_number)  # type: ignore[arg-type]
    ):
        found[fact.article_id].append((fact.from_number, fact.body["quantity"]["lower"]))
    return found
