"""How a Channel's messages look with templates that are not kept yet, on a change that really happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from alerts import payload, templates
from alerts.channels.email import compose
from alerts.channels.messenger.wording import said
from alerts.channels.sending import Message
from alerts.errors import TemplateError
from alerts.told import Baseline, Told, ToldArticle, ToldRule
from storage import alerts, changes, telling
from storage.tables import Channel


@dataclass(frozen=True, slots=True)
class Preview:
    """A message as it would be sent."""

    parts: Mapping[str, str]
    """`subject`, `text`, and of e-mail `html`."""
    about: str
    """The change that it tells."""
    failed: Mapping[str, str]
    """Parts whose template failed, and why: there our own wording is shown."""


def preview(example: Mapping[str, Any], kind: str, own: Mapping[str, str]) -> Preview:
    """The message of that kind of Channel that tells an example, with these templates. It blocks for tenths of a
    second when there are any. Raises TemplateError when that kind has nothing to word.
    """
    if not templates.PARTS[kind]:
        raise TemplateError(f"a channel of kind {kind} has nothing to word: its form is its schema")
    used = {part: source for part, source in own.items() if source.strip()}
    strange = sorted(set(used) - templates.PARTS[kind])
    if strange:
        raise TemplateError(f"a channel of kind {kind} has no {', '.join(strange)}")
    worded = templates.word(kind, used, example, style="inert" if kind == "messenger" else "")
    parts = _mail(example, worded) if kind == "email" else _message(example, worded)
    return Preview(parts, str(example["title"]), worded.failed)


def example(session: Session, channel: Channel | None, public_url: str) -> dict[str, Any] | None:
    """The last alert of a Channel, else of any, else the last change as one; null when nothing ever changed."""
    last = alerts.last_told(session, channel.id if channel else None) or alerts.last_told(session, None)
    if last is not None:
        return dict(last)
    newest = changes.newest_id(session)
    if newest is None:
        return None
    one = telling.picked(session, [newest])[newest]
    article = ToldArticle(one.article.id or 0, one.article.url, one.article.headline, one.article.publisher)
    told = Told(
        change={**one.change.body, "id": one.change.id},
        article=article,
        version=one.after.number if one.after else None,
        seen_at=one.change.changed_at,
        acknowledged=one.acknowledged,
        baseline=Baseline("last version", one.before.number if one.before else None),
        rules=[ToldRule(0, "any rule")],
    )
    return payload.alert(
        [told], alert_id="alrt_preview", channel_id=channel.id or 0 if channel else 0,
        channel=channel.name if channel else "preview", public_url=public_url, now=datetime.now(UTC),
    )  # fmt: skip


def _mail(example: Mapping[str, Any], worded: templates.Worded) -> dict[str, str]:
    message = Message("msg_preview", example, "preview@example.org")
    mail = compose.compose(message, "preview@example.org", datetime.now(UTC), worded=worded)
    bodies = {part: mail.get_body((kind,)) for part, kind in (("text", "plain"), ("html", "html"))}
    return {"subject": str(mail["Subject"]), **{part: str(body.get_content()) for part, body in bodies.items() if body}}


def _message(example: Mapping[str, Any], worded: templates.Worded) -> dict[str, str]:
    ours = said(example, verbatim=False)
    text = worded.parts.get("text") or "\n".join([*ours.blocks, ours.link])
    return {"subject": worded.parts.get("subject") or ours.title, "text": f"{text}\n{worded.note}".strip()}
