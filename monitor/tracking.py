"""Which Articles are tracked: taking them on, and finding one by what a person calls it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

from sqlmodel import Session

from monitor.config import Settings
from monitor.errors import InputError
from monitor.sources import files
from monitor.sources.address import normalise
from monitor.sources.canonical import asked_for, key
from storage import addresses, articles
from storage.database import Database
from storage.tables import Article


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


def track(
    database: Database,
    settings: Settings,
    targets: Sequence[str],
    *,
    now: datetime,
    publisher: str | None = None,
    published: str | None = None,
    interval_seconds: int | None = None,
    fastest_seconds: int | None = None,
    slowest_seconds: int | None = None,
) -> list[Tracked]:
    """Track addresses and files. All or none: raises InputError, naming the first that cannot be tracked.

    publisher, published (ISO 8601): what the user says of them; it overrules pages and sidecars.
    interval_seconds: always this time between two checks; fastest_seconds, slowest_seconds: bounds of the pace.
    """
    understood = [understand(target, settings) for target in targets]
    tracked = []
    with database.write() as session:
        for given, target in zip(targets, understood, strict=True):
            article, new = articles.add(
                session,
                target.url,
                kind=target.kind,
                host=target.host,
                now=now,
                publisher=publisher or target.publisher,
                published=published or target.published,
                published_source="user" if published else target.published_source,
                interval_seconds=interval_seconds,
                fastest_seconds=fastest_seconds,
                slowest_seconds=slowest_seconds,
                known_by=target.known_by,
                given=given.strip(),
            )
            tracked.append(Tracked(article.id or 0, article.url, given.strip(), new))
    return tracked


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
