"""How alerts leave: the settings of `monitor.config` and the guard of `monitor.sources`, handed to `alerts`."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager

import httpx2

from alerts.channels.email import MailSettings
from alerts.channels.registry import senders
from alerts.channels.sending import Sender
from alerts.deliver import DeliverySettings
from alerts.errors import DeliveryError
from alerts.links import Links
from alerts.timing import Waits
from monitor.config import Settings
from monitor.sources.guard import ForbiddenAddressError, GuardedBackend
from monitor.sources.proxy import GuardedProxy
from monitor.sources.transport import GuardedTransport
from storage import secrets
from storage.database import Database

MESSENGER_BYTES = 2_000_000
"""Of all answers to one message."""

LINKS_KEY = "links"
"""Name of the key that signs the links in messages."""


def links_of(database: Database, settings: Settings) -> Links:
    """What makes and reads the links in messages, by the database's own key."""
    with database.read() as session:
        key = secrets.known(session, LINKS_KEY)
    if key is None:
        with database.write() as session:
            key = secrets.of_name(session, LINKS_KEY)
    return Links(key, settings.public_url)


def senders_of(settings: Settings, links: Links | None = None) -> Mapping[str, Sender]:
    """What sends to each kind of channel, as configured. links: for what mails offer to mute."""
    mail = settings.mail
    return senders(
        MailSettings(
            host=mail.host,
            port=mail.port,
            tls=mail.tls,
            username=mail.username,
            password=mail.password.get_secret_value(),
            sender=mail.sender,
            timeout_seconds=mail.timeout,
        ),
        guarded_client(settings),
        settings.deliveries.timeout,
        settings.user_agent,
        open_proxy=guarded_proxy(settings),
        links=links,
    )


def delivery_settings(settings: Settings) -> DeliverySettings:
    """How the delivery loop behaves, as configured."""
    return DeliverySettings(
        retries=tuple(settings.deliveries.retries),
        lease_seconds=settings.deliveries.lease,
        public_url=settings.public_url,
        waits=waits_of(settings),
    )


def waits_of(settings: Settings) -> Waits:
    """How long alerts wait where neither their rule nor their channel says otherwise."""
    deliveries = settings.deliveries
    return Waits(deliveries.first_wait, deliveries.interval, deliveries.repeat)


def guarded_client(settings: Settings) -> Callable[[float], AbstractContextManager[httpx2.Client]]:
    """Opens a client for one webhook call, held to the same addresses as fetching, and to a deadline in seconds."""

    @contextmanager
    def open_client(deadline_seconds: float) -> Generator[httpx2.Client]:
        backend = GuardedBackend(frozenset(host.lower() for host in settings.fetch.allow_hosts))
        transport = GuardedTransport(backend)
        try:
            with (
                httpx2.Client(transport=transport, timeout=deadline_seconds, trust_env=False) as client,
                backend.within(deadline_seconds),
            ):
                yield client
        except ForbiddenAddressError as error:
            raise DeliveryError(f"{error}: the operator may allow it in fetch.allow_hosts", permanent=True) from None

    return open_client


def guarded_proxy(settings: Settings) -> Callable[[float], GuardedProxy]:
    """Opens a proxy for one message of a messenger, held to the same addresses as fetching, and to so many seconds."""
    return lambda seconds: GuardedProxy(
        deadline_seconds=seconds, max_bytes=MESSENGER_BYTES, allow_hosts=settings.fetch.allow_hosts
    )
