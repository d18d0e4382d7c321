"""Header values that page text can not break out of, and addresses that are one address."""

from __future__ import annotations

import re
from email.headerregistry import Address
from email.utils import formataddr, parseaddr

from alerts.wording import one_line

LONGEST_SUBJECT = 180

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@(?=.{{1,255}}\Z){_LABEL}(\.{_LABEL})*\Z")


def subject_line(title: str, publisher: str | None) -> str:
    """The fact, then whose page says it.

    `=?` is broken up: Python's header registry decodes an encoded word wherever it finds one, line breaks in it
    included, so that a headline of `=?utf-8?q?x=0D=0ABcc:...?=` would write headers of its own.
    """
    ending = f" - {one_line(publisher)[:60]}" if publisher else ""
    text = one_line(title)
    room = LONGEST_SUBJECT - len(ending)
    text = text if len(text) <= room else text[: room - 1].rstrip() + "…"
    return re.sub(r"=(?=\?)", "= ", text + ending)


def is_address(text: str) -> bool:
    """Whether it is exactly one plain e-mail address (RFC 5322 addr-spec without quoting, ASCII), safe in a header."""
    if not _ADDRESS.match(text):
        return False
    try:
        return Address(addr_spec=text).addr_spec == text
    except ValueError:
        return False


def domain(address: str) -> str:
    """What follows the @ of an address."""
    return address.rpartition("@")[2]


def sender_header(sender: str) -> tuple[str, str]:
    """The From header and the bare address of a configured sender. Raises ValueError when it is no address."""
    name, address = parseaddr(sender)
    if not is_address(address):
        raise ValueError(f"{sender!r} is not an e-mail address")
    return formataddr((one_line(name) or "Corrigenda", address)), address
