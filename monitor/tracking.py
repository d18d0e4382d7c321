"""Which Articles are tracked: taking them on, finding one by what a person calls it, and what people do with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

from sqlmodel import Session

from monitor import following
from monitor.config import Settings
from monitor.errors import InputError
from monitor.given import MOST_TAGS, read_name, read_tags
from monitor.sources import files
from monitor.sources.address import normalise
from monitor.sources.canonical import asked_for, key
from storage import addresses, articles, removal, stories, tags
from storage.database import Database
from storage.tables import Article

_BATCH = 200


@dataclass(frozen=True, slots=True)
class Tracked:
    """An Article that is tracked from now on, or was already."""

    article_id: int
    url: str
    """The address that is asked for."""
    given: str
    """What the person wrote."""
    new: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """An address or a file that somebody wants tracked, and how. What is left out is as configured, or unknown."""

    target: str
    publisher: str | None = None
    published: str | None = None
    """ISO 8601; it overrules page and sidecar."""
    interval_seconds: int | None = None
    """Always this time between two checks."""
    fastest_seconds: int | None = None
    slowest_seconds: int | None = None
    """Bounds of the pace."""
    story: str | None = None
    """The name of the Story that it is put into, made if there is none."""
    tags: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """What `add` was given, understood: an address or a file."""

    url: str
    kind: str
    host: str
    known_by: str
    """What all spellings of it share."""
    publisher: str | None = None
    published: str | None = None
    published_source: str | None = None


def track(database: Database, settings: Settings, wanted: Sequence[Wish | str], *, now: datetime) -> list[Tracked]:
    """Track addresses and files, as wished or simply.

    All or none: raises InputError, naming the first that cannot be tracked. One that is tracked already stays as it
    was, but for the story and the tags that it is given.
    """
    wishes = [Wish(each) if isinstance(each, str) else each for each in wanted]
    understood = [(wish, understand(wish.target, settings)) for wish in wishes]
    named = [(read_name(wish.story, "the story") if wish.story else None, read_tags(wish.tags)) for wish in wishes]
    tracked = []
    with database.write() as session:
        for (wish, target), (story, words) in zip(understood, named, strict=True):
            article, new = articles.add(
                session,
                target.url,
                kind=target.kind,
                host=target.host,
                now=now,
                publisher=wish.publisher or target.publisher,
                published=wish.published or target.published,
                published_source="user" if wish.published else target.published_source,
                interval_seconds=wish.interval_seconds,
                fastest_seconds=wish.fastest_seconds,
                slowest_seconds=wish.slowest_seconds,
                known_by=target.known_by,
                given=wish.target.strip(),
            )
            article_id = article.id or 0
            if story:
                stories.put(session, stories.get_or_make(session, story, now)[0], [article_id], now)
            for tag in words:
                tags.put(session, [article_id], tag)
            tracked.append(Tracked(article_id, article.url, wish.target.strip(), new))
    return tracked


def check_now(database: Database, article_ids: Sequence[int], now: datetime) -> int:
    """Make Articles due now; paused ones are resumed by that. Returns how many there are."""
    return _each(database, article_ids, lambda session, some: articles.check_now(session, some, now))


def pause(database: Database, article_ids: Sequence[int]) -> int:
    """Look at Articles no more until they are resumed. Returns how many were not paused before."""
    return _each(database, article_ids, articles.pause)


def resume(database: Database, article_ids: Sequence[int], now: datetime) -> int:
    """Look at paused Articles again, at once. Returns how many were paused."""
    return _each(database, article_ids, lambda session, some: articles.resume(session, some, now))


def set_interval(database: Database, article_ids: Sequence[int], seconds: int | None, now: datetime) -> int:
    """Always so long between two checks of Articles; None: as configured. Returns how many there are."""
    return _each(database, article_ids, lambda session, some: articles.set_interval(session, some, seconds, now))


def tag(database: Database, article_ids: Sequence[int], words: Sequence[str]) -> int:
    """Put tags on Articles. Returns how many have one that they had not before. Raises InputError."""
    wanted = read_tags(words)

    def put(session: Session, some: Sequence[int]) -> int:
        before = tags.of_articles(session, some)
        if full := [each for each in some if len({*before.get(each, ()), *wanted}) > MOST_TAGS]:
            raise InputError(f"article {full[0]} would have more than {MOST_TAGS} tags")
        for word in wanted:
            tags.put(session, some, word)
        after = tags.of_articles(session, some)
        return sum(len(after.get(each, ())) > len(before.get(each, ())) for each in some)

    return _each(database, article_ids, put)


def untag(database: Database, article_ids: Sequence[int], words: Sequence[str]) -> int:
    """Take tags off Articles. Returns how many had one of them. Raises InputError."""
    unwanted = read_tags(words)

    def take_off(session: Session, some: Sequence[int]) -> int:
        before = tags.of_articles(session, some)
        for word in unwanted:
            tags.take_off(session, some, word)
        return sum(not set(unwanted).isdisjoint(before.get(each, ())) for each in some)

    return _each(database, article_ids, take_off)


def put_in_story(database: Database, article_ids: Sequence[int], name: str, now: datetime) -> int:
    """Put Articles into the Story of that name, made if there is none. Returns how many were not in it before.

    Raises InputError.
    """
    wanted = read_name(name, "the story")

    def put(session: Session, some: Sequence[int]) -> int:
        return stories.put(session, stories.get_or_make(session, wanted, now)[0], some, now)

    return _each(database, article_ids, put)


def take_out_of_story(database: Database, article_ids: Sequence[int], story_id: int) -> int:
    """Take Articles out of a Story. Returns how many were in it; none when there is no such Story."""

    def take_out(session: Session, some: Sequence[int]) -> int:
        story = stories.by_id(session, story_id)
        if story is None:
            return 0
        for article_id in some:
            following.leave(session, story_id, article_id, datetime.now(UTC))
        return stories.take_out(session, story, some)

    return _each(database, article_ids, take_out)


def remove(database: Database, article_ids: Sequence[int]) -> int:
    """Forget Articles and all that is kept of them; see `storage.removal`. Returns how many there were."""

    def forget(session: Session, some: Sequence[int]) -> int:
        for article_id, told_in in stories.of_articles(session, some).items():
            for story_id, _ in told_in:
                following.leave(session, story_id, article_id, datetime.now(UTC))
        return removal.remove(session, some)

    return _each(database, article_ids, forget)


def _each(database: Database, article_ids: Sequence[int], do: Callable[[Session, Sequence[int]], int]) -> int:
    """Do something with many Articles, a batch in each transaction: checks and pages are not kept waiting."""
    total = 0
    for at in range(0, len(article_ids), _BATCH):
        with database.write() as session:
            total += do(session, article_ids[at : at + _BATCH])
    return total


def understand(target: str, settings: Settings) -> Target:
    """An address, or a file inside one of the configured folders. Raises InputError."""
    if not target.strip():
        raise InputError("an empty name cannot be tracked: give a web address or a file")
    if "://" in target and not target.lower().startswith("file:"):
        address = asked_for(normalise(target))
        return Target(str(address), "url", address.site, key(str(address)))
    path = Path(unquote(target.removeprefix("file://"))).expanduser() if target.startswith("file:") else Path(target)
    try:
        known = path.exists()
    except (OSError, ValueError):  # too long, or with a NUL: no file can be called so
        known = False
    if not known:
        raise InputError(f"there is no file {target[:200]!r}; if it is a web address, write it with https://")
    return _file(path.resolve(), settings)


def _file(path: Path, settings: Settings) -> Target:
    folders = settings.files.folders
    if not any(path.is_relative_to(folder) for folder in folders):
        named = ", ".join(str(folder) for folder in folders) or "none is named"
        raise InputError(
            f"{path} is not inside a folder that may be read ({named}): "
            "add its folder to files.folders in the configuration"
        )
    capture = files.read(path, folders=folders)
    if capture.outcome != "page":
        raise InputError(f"{path} cannot be tracked: {capture.reason}")
    known = files.sidecar(path, folders=folders)
    return Target(
        path.as_uri(),
        "file",
        files.SITE,
        path.as_uri(),
        publisher=known.get("publisher"),
        published=known.get("published"),
        published_source="sidecar" if known.get("published") else None,
    )


def find_article(session: Session, name: str) -> Article:
    """The Article that a person means: its id, its address, its file, or a part of address or headline that is its own.

    Raises InputError when there is none, or more than one.
    """
    if name.isdecimal() and len(name) < 19:
        article = articles.by_id(session, int(name)) or addresses.merged_into(session, int(name))
        if article:
            return article
    for url in _addresses(name):
        if article := articles.by_url(session, url) or addresses.find(session, url):
            return article
    found = articles.listing(session, search=name, limit=3)
    if len(found) == 1:
        return found[0]
    if found:
        listed = "; ".join(f"{article.id}: {article.headline or article.url}" for article in found)
        raise InputError(f"{name!r} fits more than one article ({listed}, ...): give its id")
    raise InputError(f"no article {name!r}: `corrigenda list` shows all, `corrigenda add` tracks a new one")


def _addresses(name: str) -> list[str]:
    """What is asked for, and what it is known by, if `name` is an address or a file."""
    found = [name]
    with suppress(InputError):
        address = normalise(name)
        found += [str(address), key(str(address))]
    with suppress(OSError, ValueError):
        found.append(Path(name).resolve().as_uri())
    return found
