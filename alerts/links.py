"""Addresses in a mail that do something when they are asked for: mute a fact, an article or a rule; unsubscribe.

Each carries a token that is signed with the database's own key, is good for one purpose, and expires. Whoever has the
mail may use it, so it can do no more than make this one Channel quieter, and everything it does can be undone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from alerts.errors import LinkError

DAY = 86400
MUTE_DAYS = 90
"""A mail that is older is about facts that have moved on."""
UNSUBSCRIBE_DAYS = 400
"""Somebody who finds a mail of last year must still be able to leave."""

What = Literal["fact", "article", "rule"]

_MUTE, _UNSUBSCRIBE = "corrigenda.mute", "corrigenda.unsubscribe"


@dataclass(frozen=True, slots=True)
class Mute:
    """What a link to mute asks for."""

    channel_id: int
    what: What
    id: int
    """Of the fact's line, the Article or the Rule."""
    article_id: int | None = None
    """In which the fact stands."""


class Links:
    """Makes such links, and reads what comes back."""

    def __init__(self, secret: bytes, public_url: str) -> None:
        self._public_url = public_url.rstrip("/")
        self._mute = URLSafeTimedSerializer(secret, salt=_MUTE)
        self._unsubscribe = URLSafeTimedSerializer(secret, salt=_UNSUBSCRIBE)

    @property
    def one_click(self) -> bool:
        """Whether mail programs may be told of the link to unsubscribe: RFC 8058 wants https, and a name that others
        can reach."""
        parts = urlsplit(self._public_url)
        return parts.scheme == "https" and (parts.hostname or "localhost") not in ("localhost", "127.0.0.1", "::1")

    def mute(self, asked: Mute) -> str:
        """The address of the page that asks whether to mute it."""
        token = self._mute.dumps([asked.channel_id, asked.what, asked.id, asked.article_id])
        return f"{self._public_url}/mute/{_text(token)}"

    def unsubscribe(self, channel_id: int) -> str:
        """The address of the page that asks whether to send nothing more; a POST to it is one click (RFC 8058)."""
        return f"{self._public_url}/unsubscribe/{_text(self._unsubscribe.dumps(channel_id))}"

    def read_mute(self, token: str) -> Mute:
        """What a token asks for. Raises LinkError when it is not ours or too old."""
        return Mute(*_read(self._mute, token, MUTE_DAYS))

    def read_unsubscribe(self, token: str) -> int:
        """The id of the Channel. Raises LinkError when it is not ours or too old."""
        channel_id: int = _read(self._unsubscribe, token, UNSUBSCRIBE_DAYS)
        return channel_id


def _text(token: str | bytes) -> str:
    return token if isinstance(token, str) else token.decode()


def _read(serializer: URLSafeTimedSerializer, token: str, days: int) -> Any:
    try:
        return serializer.loads(token, max_age=days * DAY)
    except SignatureExpired:
        raise LinkError(f"this link is older than {days} days: use the one in a newer message") from None
    except BadSignature:
        raise LinkError("this link is not whole: copy all of it from the message") from None
