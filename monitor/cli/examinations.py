"""What `corrigenda doctor` looks at, one function for each part. None of them changes anything but the schema."""

from __future__ import annotations

import asyncio
import os
import shutil
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from aiosmtplib import SMTP, SMTPException
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlmodel import Session

from monitor.cli.opening import DatabaseError, open_database, show_url
from monitor.config import ENV_PREFIX, Fetch, Settings, describe
from monitor.errors import ExtractionError
from monitor.extraction.worker import Extractor
from monitor.sources import browser
from monitor.wellbeing import OVERDUE, feed_problem, stalled, stopped_loops
from storage import articles, deliveries, feeds, fixity, rules, sites, troubles
from storage.database import Database

Level = Literal["ok", "warn", "fail"]

WAITING = timedelta(hours=1)
"""A delivery that has waited longer than this is worth a look."""
LATELY = timedelta(days=7)
"""What failed for good longer ago has been seen."""
LEAST_FREE = 500 * 2**20
"""Bytes: less on the disk will soon stop everything."""
READ = 100
"""The pages and texts of so many of the newest Versions are read."""
NAMED = 5
"""So many examples are named."""

_PAGE = b"<html><head><title>Test</title></head><body><p>A page to see whether pages can be read.</p></body></html>"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's."""

    level: Level
    part: str
    detail: str
    advice: str = ""


def examine(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Everything, one Finding after the other as it is looked at."""
    yield from _settings(settings)
    yield from _folders(settings)
    yield _extraction(settings)
    yield from _browser(settings)
    yield from _mail_server(settings)
    yield from _disk(settings)
    yield from _database(settings, now)


def _settings(settings: Settings) -> Iterator[Finding]:
    yield Finding("ok", "settings", "valid")
    strange = _strange_variables()
    if strange:
        detail = f"{_named(strange[:NAMED], len(strange))} in the environment: there is no such setting"
        yield Finding("warn", "settings", detail, "docs/settings.md names them all")
    if settings.fetch.contact == Fetch().contact:
        yield Finding("warn", "settings", "publishers cannot reach you", "set fetch.contact to an address or URL")


def _strange_variables() -> list[str]:
    """Those of the environment that look like settings and are none: a mistyped one says nothing."""
    known = {described.environment for described in describe()}
    known |= {f"{ENV_PREFIX}{name.upper()}" for name in Settings.model_fields}  # a whole section or table
    tables = (f"{ENV_PREFIX}SITES__", f"{ENV_PREFIX}STORIES__")
    named = (name for name in os.environ if name.upper().startswith(ENV_PREFIX))
    return sorted(name for name in named if name.upper() not in known and not name.upper().startswith(tables))


def _folders(settings: Settings) -> Iterator[Finding]:
    for folder in settings.files.folders:
        if not folder.is_dir():
            yield Finding("fail", "folders", f"{folder} is no folder", "create it, or take it out of files.folders")
        elif not os.access(folder, os.R_OK | os.X_OK):
            yield Finding("fail", "folders", f"{folder} cannot be read", "give this user the right to read it")
        else:
            yield Finding("ok", "folders", f"{folder} can be read")


def _extraction(settings: Settings) -> Finding:
    limits = settings.extraction
    with Extractor(cpu_seconds=int(limits.cpu), memory_bytes=limits.memory) as extractor:
        try:
            extractor.extract(_PAGE, url="https://example.org/", content_type="text/html")
        except ExtractionError as error:
            return Finding("fail", "extraction", str(error), "check extraction.cpu and extraction.memory")
    return Finding("ok", "extraction", "the worker reads pages")


def _mail_server(settings: Settings) -> Iterator[Finding]:
    mail = settings.mail
    if not mail.host:
        return
    server = f"{mail.host}:{mail.port}"
    try:
        asyncio.run(_greet(settings))
    except (SMTPException, OSError, TimeoutError) as error:
        reason = f"no answer within {mail.timeout:g} s" if isinstance(error, TimeoutError) else str(error)
        own = "; SSL_CERT_FILE names an authority of your own" if "certificate" in reason else ""
        yield Finding("fail", "mail", f"{server} cannot be used: {reason}", f"check the settings under [mail]{own}")
    else:
        yield Finding("ok", "mail", f"{server} answers{' and takes the login' if mail.username else ''}")


async def _greet(settings: Settings) -> None:
    """Connect as a delivery does, with TLS and login, and leave. Raises SMTPException, OSError, TimeoutError."""
    mail = settings.mail
    client = SMTP(
        hostname=mail.host,
        port=mail.port,
        use_tls=mail.tls == "tls",
        start_tls=mail.tls == "starttls",
        username=mail.username or None,
        password=mail.password.get_secret_value() or None,
        timeout=mail.timeout,
        tls_context=None if mail.tls == "none" else ssl.create_default_context(),
    )
    async with asyncio.timeout(mail.timeout):
        await client.connect()
        with suppress(SMTPException):
            await client.quit()


def _browser(settings: Settings) -> Iterator[Finding]:
    asking = [host for host, site in settings.sites.items() if site.browser]
    if asking:
        missing = browser.why_not(settings.browser.executable, sandbox=settings.browser.sandbox)
        named = ", ".join(asking[:NAMED])
        if missing:
            yield Finding("fail", "browser", f"{named}: {missing}", "until then nothing is fetched from there")
        else:
            yield Finding("ok", "browser", f"{browser.find(settings.browser.executable)}, for {named}")


def _disk(settings: Settings) -> Iterator[Finding]:
    file = _database_file(settings)
    if file is not None and file.parent.is_dir():
        free = shutil.disk_usage(file.parent).free
        level: Level = "ok" if free > LEAST_FREE else "fail"
        yield Finding(
            level, "disk", f"{free / 2**30:,.1f} GiB free beside the database", "" if level == "ok" else "make room"
        )


def _database_file(settings: Settings) -> Path | None:
    url = make_url(settings.database)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _database(settings: Settings, now: datetime) -> Iterator[Finding]:
    name = show_url(settings)
    try:
        file = _database_file(settings)
        if file is not None and not file.exists():
            yield Finding("warn", "database", f"{name} does not exist yet", "`corrigenda add URL` or `serve` makes it")
            return
        with open_database(settings) as database:
            yield Finding("ok", "database", f"{name} can be opened, its schema is the newest")
            yield _integrity(database)
            with database.read() as session:
                yield _evidence(session)
                yield from _contents(session, settings, now)
    except DatabaseError as error:
        yield Finding("fail", "database", str(error))


def _integrity(database: Database) -> Finding:
    if database.engine.dialect.name != "sqlite":
        return Finding("ok", "database", "answers")
    with database.read() as session:
        found = [str(row[0]) for row in session.execute(text("PRAGMA quick_check(3)")) if row[0] != "ok"]
        if not found:
            dangling = session.execute(text("PRAGMA foreign_key_check")).fetchmany(3)
            found = [f"row {row[1]} of {row[0]} points to a row of {row[2]} that is gone" for row in dangling]
    if not found:
        return Finding("ok", "database", "is whole (quick_check, foreign_key_check)")
    return Finding("fail", "database", f"is damaged: {'; '.join(found)}", "stop the service and restore a backup")


def _evidence(session: Session) -> Finding:
    read, damaged = fixity.newest(session, READ)
    if not damaged:
        return Finding("ok", "evidence", f"{read} of the newest pages and texts are what was captured")
    named = _named([each.of[0] for each in damaged[:NAMED]], len(damaged))
    detail = f"{len(damaged)} of the newest {read} pages and texts are damaged: {named}"
    return Finding("fail", "evidence", detail, "`corrigenda db check` reads all; a backup from before has them")


def _contents(session: Session, settings: Settings, now: datetime) -> Iterator[Finding]:
    yield from _loops(session, now)
    yield from _clock(session)
    yield from _articles(session, now)
    yield from _feeds(session)
    yield from _sites(session, settings, now)
    yield from _operators(session, settings)
    yield from _channels(session, settings)
    yield from _deliveries(session, now)


def _loops(session: Session, now: datetime) -> Iterator[Finding]:
    stopped = stopped_loops(session, now)
    watching = articles.count(session) > 0
    for sentence in stopped:
        yield Finding("fail" if watching else "warn", "service", sentence.rstrip("."), "start it: `corrigenda serve`")
    if not stopped:
        # A service that was just stopped looks like this, too: say what is known.
        yield Finding("ok", "service", "all loops gave signs of life within the last two minutes")
    if not stopped and (reason := stalled(session, now)):
        yield Finding("fail", "service", reason.rstrip("."), "its log says why; start it anew")


def _clock(session: Session) -> Iterator[Finding]:
    for trouble in troubles.current(session):
        if trouble.kind == "clock":
            when = f"{trouble.since_at:%Y-%m-%d %H:%M} UTC"
            yield Finding("warn", "clock", f"{trouble.detail.rstrip('.')}, at {when}", "keep it by a time server (NTP)")


def _articles(session: Session, now: datetime) -> Iterator[Finding]:
    total = articles.count(session)
    late = articles.count_overdue(session, now - OVERDUE)
    if late:
        examples = _named([str(article.id) for article in articles.overdue(session, now - OVERDUE, limit=NAMED)], late)
        advice = "start the service; if it runs, see its log"
        yield Finding("fail", "articles", f"{late} of {total} {_are(late)} overdue (id {examples})", advice)
    else:
        yield Finding("ok", "articles", f"none of {total} is overdue")
    for state in ("failed", "walled", "refused", "redirected", "suspect"):
        troubled = articles.count_by_state(session).get(state, 0)
        if troubled:
            advice = f"`corrigenda list --state {state}` says why"
            yield Finding("warn", "articles", f"{troubled} of {total} {_are(troubled)} {state}", advice)


def _feeds(session: Session) -> Iterator[Finding]:
    found = feeds.listing(session)
    troubled = [sentence for feed in found if (sentence := feed_problem(feed))]
    if troubled:
        advice = f"`corrigenda feed list` says why; {troubled[0]}"
        bring = "brings" if len(troubled) == 1 else "bring"
        yield Finding("warn", "feeds", f"{len(troubled)} of {len(found)} {bring} nothing", advice)
    elif found:
        yield Finding("ok", "feeds", f"{len(found)} can be read, or are paused")


def _sites(session: Session, settings: Settings, now: datetime) -> Iterator[Finding]:
    failing = sites.failing(session, settings.operator.failures)
    for site in failing[:NAMED]:
        advice = f"`corrigenda fetch` on one of its addresses shows more; last reason: {site.last_reason}"
        yield Finding("warn", "sites", f"{site.host} failed {site.failures} times in a row", advice)
    if len(failing) > NAMED:
        yield Finding("warn", "sites", f"{len(failing) - NAMED} more sites are failing")
    held = sites.held_back(session, now)
    for site in held[:NAMED]:
        until = f"until {site.held_until_at:%H:%M} UTC" if site.held_until_at else ""
        yield Finding("warn", "sites", f"{site.host} is held back {until}: {site.held_reason}", "it passes by itself")
    if len(held) > NAMED:
        yield Finding("warn", "sites", f"{len(held) - NAMED} more sites are held back")
    overruled = [site.host for site in sites.all_sites(session) if site.robots_ignored]
    if overruled:
        named = _named(overruled[:NAMED], len(overruled))
        yield Finding(
            "warn", "sites", f"robots.txt is overruled for {named}", "robots = false under [sites] or [fetch]"
        )


def _operators(session: Session, settings: Settings) -> Iterator[Finding]:
    if articles.count(session) and not any(one.operator and one.enabled for one in rules.channels(session)):
        told = " except by the heartbeat URL" if settings.operator.heartbeat.get_secret_value() else ""
        advice = "`corrigenda channels operator NAME` marks a channel for that"
        yield Finding("warn", "operators", f"nobody is told when the watch itself stops{told}", advice)


def _channels(session: Session, settings: Settings) -> Iterator[Finding]:
    channels = rules.channels(session)
    for channel in channels:
        if not channel.enabled:
            advice = f"mend it, then `corrigenda channels enable {channel.name}`"
            yield Finding(
                "warn", "channels", f"{channel.name} is disabled: {channel.disabled_reason or 'by hand'}", advice
            )
    if not settings.mail.host and any(channel.kind == "email" for channel in channels):
        yield Finding("fail", "mail", "there are e-mail channels but no mail server", "set mail.host")
    fed = {feeding.channel_id for feeding in rules.feedings(session)}
    for channel in channels:
        if channel.enabled and not channel.operator and channel.id not in fed:
            advice = f"`corrigenda rules default --channel {channel.name}`, or `corrigenda rules change`"
            yield Finding("warn", "channels", f"no rule tells {channel.name} of anything", advice)
    if articles.count(session) and not rules.enabled_rules(session):
        advice = "`corrigenda channels add`, then `corrigenda rules add`"
        yield Finding("warn", "rules", "there is none, so nobody is told of changes", advice)


def _deliveries(session: Session, now: datetime) -> Iterator[Finding]:
    counts = deliveries.count_by_state(session)
    if failed := counts.get("failed", 0):
        advice = "`corrigenda deliveries --state failed` says why, `--retry ID` sends one again"
        lately = deliveries.count_failed(session, since=now - LATELY)
        told = f", {lately} of them within {LATELY.days} days" if lately else f", none within {LATELY.days} days"
        yield Finding("fail" if lately else "warn", "deliveries", f"{failed} failed for good{told}", advice)
    waiting = [row[0] for row in deliveries.listed(session, "waiting", limit=1_000)]
    stuck = [delivery for delivery in waiting if now - delivery.due_at > WAITING]
    if stuck:
        advice = "`corrigenda deliveries --state waiting` says why"
        yield Finding("warn", "deliveries", f"{len(stuck)} waiting for more than an hour", advice)
    elif not failed:
        yield Finding(
            "ok", "deliveries", f"{counts.get('delivered', 0)} delivered, {len(waiting)} waiting, none failed"
        )


def _named(names: list[str], total: int) -> str:
    more = f" and {total - len(names)} more" if total > len(names) else ""
    return ", ".join(names) + more


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
