"""Headers that one site alone may see, such as a subscriber's cookie, and the hiding of what they hold."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from urllib.parse import quote

from monitor.sources.address import Address
from monitor.sources.result import Capture

_SENDABLE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?")
"""RFC 9110 5.5, without what is outside of ASCII."""
# `consent=accepted; country=Germany; since=2023-06-30` holds no secret, and an article may well say any of it: starred
# out, that would read as a change. What nobody writes by chance mixes letters and digits, or is long.
_SECRET = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[^ ]{8,}|\S{20,}|.{40,}")
_OPEN = frozenset({"accept", "accept-language", "dnt", "origin", "referer", "user-agent"})
"""Headers that hold no secrets."""


class PrivateHeaders:
    """What goes along with the requests of one fetch, for as long as it has not left the site that it is for.

    Only over TLS, or to a host that the operator allowed by name, which is one of his own network. After a redirect to
    another host, or from TLS to none, nothing is sent any more, not even when it leads back: whoever sent us there
    would choose what is asked for in the subscriber's name.
    """

    def __init__(self, headers: Mapping[str, str], site: str, allow_hosts: Collection[str]) -> None:
        self._headers = headers
        self._site = site
        self._allow_hosts = allow_hosts
        self._scheme = "http"
        self._left = False
        values = [value for name, value in headers.items() if name.lower() not in _OPEN]
        self._secrets = sorted(_secrets(values), key=len, reverse=True)

    def unsendable(self) -> str | None:
        """The name of a header that no request can carry, because of its value; None when all is well."""
        return next((name for name, value in self._headers.items() if not _SENDABLE.fullmatch(value)), None)

    def along(self, address: Address) -> Mapping[str, str]:
        """What goes along to the next address of the fetch. To be asked once for each, in their order."""
        downgraded = self._scheme == "https" and address.scheme == "http"
        self._left = self._left or address.site != self._site or downgraded
        self._scheme = address.scheme
        safe = address.scheme == "https" or address.host_and_port in self._allow_hosts
        return self._headers if safe and not self._left else {}

    def hide(self, capture: Capture) -> Capture:
        """The Capture, with stars for every secret that the site has sent back: Captures are kept and exported."""
        if not self._secrets:
            return capture
        body = capture.body
        for secret in self._secrets:
            body = body.replace(secret.encode("ascii"), b"*" * len(secret))
        return replace(
            capture,
            body=body,
            reason=self._starred(capture.reason),
            final_url=self._starred(capture.final_url),
            redirects=tuple(map(self._starred, capture.redirects)),
            headers={name: self._starred(value) for name, value in capture.headers.items()},
            etag=self._starred(capture.etag) if capture.etag else None,
        )

    def _starred(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "*" * len(secret))
        return text


def _secrets(values: Collection[str]) -> set[str]:
    """What is secret in the values of headers: the whole, the part after `Bearer`, each cookie's own value."""
    found = set()
    for value in values:
        found |= {value, value.rpartition(" ")[2]}
        found |= {cookie.partition("=")[2].strip() for cookie in value.split(";")}
    found |= {quote(secret, safe="") for secret in found}
    return {secret for secret in found if secret.isascii() and _SECRET.fullmatch(secret)}
