"""A channel's own wording: templates, tried on a change that really happened."""

from __future__ import annotations

from pydantic import ConfigDict

from alerts import preview
from alerts.channels import registry
from alerts.errors import TemplateError
from monitor.web.api.channels import ChannelId
from monitor.web.api.nouns.noun import Given, Noun, Text
from monitor.web.api.problems import CONFLICT, INVALID_CONTENT, Refusal, not_found
from monitor.web.rendering import Here
from storage import tables

_PARTS = ("subject", "text", "html")


class Wording(Given):
    """Jinja templates for a channel's messages; what is empty is worded by Corrigenda."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"subject": "NEWS: {{ title }}", "keep": True}]})

    subject: Text = ""
    text: Text = ""
    html: Text = ""
    """Of e-mail only."""
    keep: bool = False
    """Whether to keep them, or only to show how they look."""


class Worded(Noun):
    """A message as it looks with these templates."""

    kept: bool
    about: str
    """The change that it tells: the last one that was told."""
    subject: str
    text: str
    html: str | None
    failed: dict[str, str]
    """Templates that failed, and why: there our own wording is shown."""


def word_channel(here: Here, channel_id: ChannelId, wanted: Wording) -> Worded:
    """Show a channel's messages with templates of your own, on the last change that was told, or keep the templates."""
    own = {part: source for part in _PARTS if (source := getattr(wanted, part)).strip()}
    with here.database.read() as session:
        row = session.get(tables.Channel, channel_id)
        if row is None or row.removed_at is not None:
            raise not_found(f"channel {channel_id}")
        told = preview.example(session, row, here.settings.public_url)
    if told is None:
        raise Refusal(CONFLICT, "Nothing has changed yet, so there is nothing to try a template on.")
    try:
        if wanted.keep:
            with here.database.write() as session:
                registry.set_templates(session, session.get_one(tables.Channel, channel_id), own, told)
        shown = preview.preview(told, row.kind, own)
    except TemplateError as error:
        raise Refusal(INVALID_CONTENT, f"{error}.") from error
    parts = shown.parts
    return Worded(
        kept=wanted.keep, about=shown.about, subject=parts["subject"], text=parts["text"], html=parts.get("html"),
        failed=dict(shown.failed),
    )  # fmt: skip
