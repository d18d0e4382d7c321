"""From a payload to a mail: multipart text and HTML, threaded by article."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, Policy
from email.utils import format_datetime
from typing import Any

from alerts.arrangement import arrange
from alerts.channels.email.headers import domain, list_id, sender_header, subject_line
from alerts.channels.email.templating import environment
from alerts.channels.sending import Message
from alerts.links import Links, Mute
from alerts.templates import Worded


class _OneLine(UnstructuredHeader, BaseHeader):
    """A header that is never folded: some that read List-Unsubscribe do not unfold it."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _OneLine)
_ASCII = SMTP.clone(cte_type="7bit", header_factory=_HEADERS)
_INTERNATIONAL = SMTPUTF8.clone(cte_type="7bit", header_factory=_HEADERS)


def compose(
    message: Message, sender: str, now: datetime, links: Links | None = None, worded: Worded | None = None
) -> EmailMessage:
    """The mail that tells a payload.

    sender: the From address. now: for the Date. links: without them, nothing can be muted from the mail. worded: what
    the operator's own templates made of it. Raises ValueError on a bad sender.
    """
    payload = message.payload
    mail = EmailMessage(policy=_ASCII if message.address.isascii() else _INTERNATIONAL)
    mail["From"], address = sender_header(sender)
    mail["To"] = message.address
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message.id}@{domain(address)}>"
    # RFC 3834: keeps out-of-office replies from answering.
    mail["Auto-Submitted"] = "auto-generated"
    if payload["type"] == "channel.test":
        mail["Subject"] = subject_line(payload["title"])
        return _with_parts(mail, "test", message, worded, {})
    if payload["type"].startswith("operator."):
        mail["Subject"] = subject_line(f"Corrigenda: {payload['title']}")
        return _with_parts(mail, "operator", message, worded, {})
    mail["Subject"] = subject_line((worded and worded.parts.get("subject")) or payload["subject"])
    channel = payload["channel"]
    mail["List-Id"] = list_id(channel["name"], channel["id"], domain(address))
    if links and links.one_click:
        mail["List-Unsubscribe"] = f"<{links.unsubscribe(channel['id'])}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    thread = _thread(message, domain(address))
    if thread:
        mail["In-Reply-To"] = thread
        mail["References"] = thread
    values = {
        "arrangement": arrange(payload),
        "ways": Ways(links, channel["id"]),
        "note": worded.note if worded else "",
    }
    return _with_parts(mail, "alert", message, worded, values)


class Ways:
    """The links of one mail that make its Channel quieter; empty where there are none."""

    def __init__(self, links: Links | None, channel_id: int) -> None:
        self._links = links
        self._channel_id = channel_id

    def mute_fact(self, change: Any) -> str:
        """Of the fact that a change is about."""
        if self._links is None or change["line_id"] is None:
            return ""
        return self._links.mute(Mute(self._channel_id, "fact", change["line_id"], change["article_id"]))

    def mute_article(self, article: Any) -> str:
        """Of an article."""
        return self._links.mute(Mute(self._channel_id, "article", article["id"])) if self._links else ""

    def mute_rule(self, rule: Any) -> str:
        """Of a rule, for this channel only."""
        return self._links.mute(Mute(self._channel_id, "rule", rule["id"])) if self._links else ""

    def unsubscribe(self) -> str:
        """From everything that this channel is told."""
        return self._links.unsubscribe(self._channel_id) if self._links else ""


def _thread(message: Message, host: str) -> str | None:
    """The id of a mail that was never sent, which all mails about one article answer, so that they are shown together.

    Those about several articles of one story answer that of the story; a digest stands alone.
    """
    payload = message.payload
    if payload["type"] != "changes.alert":
        return None
    articles = payload["articles"]
    if len(articles) == 1:
        return f"<article-{articles[0]['id']}@{host}>"
    stories = {article["story"]["id"] if article["story"] else None for article in articles}
    story = stories.pop()
    return f"<story-{story}@{host}>" if not stories and story is not None else None


def _with_parts(
    mail: EmailMessage, name: str, message: Message, worded: Worded | None, values: dict[str, Any]
) -> EmailMessage:
    known = {"message_id": message.id, **message.payload, **values}
    own = worded.parts if worded else {}
    text = own.get("text") or environment.get_template(f"{name}.txt").render(known)
    mail.set_content(text, cte="quoted-printable")
    html = own.get("html") or environment.get_template(f"{name}.html").render(known)
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    return mail
