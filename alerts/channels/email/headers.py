"""Header values that page text can not break out of, and addresses that are one address."""

from __future__ import annotations

import re
from email.headerregistry import Address
from email.utils import formataddr, parseaddr

import idna

from alerts.wording import one_line

LONGEST_SUBJECT = 180

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,255}}\Z){_LABEL}(\.{_LABEL})*\Z")
_ATEXT = r"A-Za-z0-9!#$%&'*+/=?^_`{|}~\-"
_LOCAL = re.compile(rf"[{_ATEXT}]+(\.[{_ATEXT}]+)*\Z")
_INTERNATIONAL_LOCAL = re.compile(rf"[{_ATEXT}\u00a1-\U0010ffff]+(\.[{_ATEXT}\u00a1-\U0010ffff]+)*\Z")
_LONGEST_LOCAL = 64
"""Octets (RFC 5321 4.5.3.1.1)."""


def subject_line(text: str) -> str:
    """A line that any mail program shows as one, at most 180 characters.

    `=?` is broken up: Python's header registry decodes an encoded word wherever it finds one, line breaks in it
    included, so that a headline of `=?utf-8?q?x=0D=0ABcc:...?=` would write headers of its own.
    """
    text = one_line(text)
    text = text if len(text) <= LONGEST_SUBJECT else text[: LONGEST_SUBJECT - 1].rstrip() + "…"
    return re.sub(r"=(?=\?)", "= ", text)


def address_of(text: str) -> str | None:
    """Exactly one plain e-mail address as it is used (RFC 5322 addr-spec without quoting), or None when it is none.

    A name of a host in other letters becomes its ASCII form (IDNA 2008). What stands before the @ may be of other
    letters (RFC 6531): then only servers that say SMTPUTF8 can be given the mail.
    """
    local, at, host = text.rpartition("@")
    if not at or len(local.encode("utf-8", "replace")) > _LONGEST_LOCAL or not text.isprintable():
        return None
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return None
    if not _DOMAIN.match(host) or not _INTERNATIONAL_LOCAL.match(local):
        return None
    if local.isascii():
        try:
            if not _LOCAL.match(local) or Address(addr_spec=f"{local}@{host}").addr_spec != f"{local}@{host}":
                return None
        except ValueError:
            return None
    elif one_line(local) != local:
        return None
    return f"{local}@{host}"


def domain(address: str) -> str:
    """What follows the @ of an address."""
    return address.rpartition("@")[2]


def sender_header(sender: str) -> tuple[str, str]:
    """The From header and the bare address of a configured sender. Raises ValueError when it is no address."""
    name, given = parseaddr(sender)
    address = address_of(given)
    if address is None or not address.isascii():
        raise ValueError(f"{sender!r} is not an e-mail address")
    return formataddr((one_line(name) or "Corrigenda", address)), address


def list_id(channel: str, channel_id: int, host: str) -> str:
    """By what mail programs sort our mails of one Channel into a folder (RFC 2919)."""
    name = re.sub(r"[^A-Za-z0-9 ._@+-]", "", one_line(channel)).strip()
    label = f"<channel-{channel_id}.corrigenda.{host}>"
    return f'"{name}" {label}' if name else label
