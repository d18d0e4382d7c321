"""From a payload to a mail: multipart text and HTML, threaded by article."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from alerts.channels.email.headers import domain, sender_header, subject_line
from alerts.channels.sending import Message
from alerts.payload import pieces
from alerts.wording import shorten

TYPE_WORDS = {
    "value": "changed", "hedge": "changed how firmly it is said", "time": "changed its date",
    "certainty": "changed how certain it is", "attribution": "changed who says it", "added": "new",
    "removed": "no longer said", "headline": "new headline", "byline": "new byline",
    "published": "new publication date", "notice": "a notice appeared", "availability": "availability",
}  # fmt: skip
"""What a type of Change is called in a mail."""

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters["pieces"] = pieces
_templates.filters["moment"] = lambda text: text.replace("T", " ").removesuffix("Z") + " UTC"
_templates.filters["type_words"] = lambda name: TYPE_WORDS.get(name, name)
_templates.filters["percent"] = lambda ratio: f"{(ratio - 1) * 100:+.0f} %".replace("-", "−")
_templates.tests["web_address"] = lambda url: str(url).startswith(("http://", "https://"))


def compose(message: Message, sender: str, now: datetime) -> EmailMessage:
    """The mail that tells a payload. sender: the From address; now: for the Date. Raises ValueError on a bad sender."""
    payload = message.payload
    mail = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    mail["From"], address = sender_header(sender)
    mail["To"] = message.address
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message.id}@{domain(address)}>"
    # RFC 3834: keeps out-of-office replies from answering.
    mail["Auto-Submitted"] = "auto-generated"
    name = "alert"
    if payload["type"] == "channel.test":
        name = "test"
        mail["Subject"] = subject_line(payload["title"], None)
    elif payload["type"].startswith("operator."):
        name = "operator"
        mail["Subject"] = subject_line(f"Corrigenda: {payload['title']}", None)
    else:
        article = payload["article"]
        more = f" (+{payload['total'] - 1} more)" if payload["total"] > 1 else ""
        title = payload["title"]
        if payload["type"] == "article.availability":  # "Gone (404)" alone says nothing of what
            title = f"{title}: {article['headline'] or article['url']}"
        mail["Subject"] = subject_line(title, shorten(article["publisher"], 40) + more)
        # All mails about an article answer one that was never sent, so that mail programs show them as one thread.
        thread = f"<article-{article['id']}@{domain(address)}>"
        mail["In-Reply-To"] = thread
        mail["References"] = thread
    mail.set_content(_render(f"{name}.txt", message.id, payload), cte="quoted-printable")
    mail.add_alternative(_render(f"{name}.html", message.id, payload), subtype="html", cte="quoted-printable")
    return mail


def _render(template: str, message_id: str, payload: Mapping[str, Any]) -> str:
    return _templates.get_template(template).render(message_id=message_id, **payload)
