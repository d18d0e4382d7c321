"""What can be said of a Rule on the command line: said once here, for the commands that add, change and test Rules."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, Any, get_type_hints

import typer
from sqlmodel import Session

from alerts.rules import BASELINES, KINDS, TYPES
from monitor.errors import InputError
from monitor.tracking import find_article
from storage import stories

Given = dict[str, Any]


def _words(name: str, field: str, metavar: str, help_: str) -> tuple[str, Any]:
    return field, Annotated[list[str] | None, typer.Option(name, metavar=metavar, help=help_)]


def _text(name: str, metavar: str, help_: str) -> tuple[str, Any]:
    field = name.removeprefix("--").replace("-", "_")
    return field, Annotated[str | None, typer.Option(name, metavar=metavar, help=help_)]


def _number(name: str, help_: str) -> tuple[str, Any]:
    return name.removeprefix("--"), Annotated[float | None, typer.Option(name, metavar="N", help=help_)]


def _switch(name: str, other: str, help_: str) -> tuple[str, Any]:
    field = name.removeprefix("--").replace("-", "_")
    return field, Annotated[bool | None, typer.Option(f"{name}/{other}", help=help_)]


CONDITION: Mapping[str, Any] = dict(
    [
        _words(
            "--type", "types", "TYPE", f"A type of change, again for more: {', '.join(sorted(TYPES))}. "
            "Default: those alerted by default."
        ),
        _words("--kind", "kinds", "KIND", f"A kind of fact, again for more: {', '.join(sorted(KINDS))}. Default: all."),
        _words(
            "--subject", "subjects", "WORDS", "Words that are said of what changed, again for others; between slashes "
            "a pattern of RE2: '/peace ?keepers?/'."
        ),
        _text("--article", "ARTICLE", "Only this article: id, address or words of its headline."),
        _text("--story", "NAME", "Only articles of this story."),
        _text("--tag", "TAG", "Only articles with this tag."),
        _text("--site", "HOST", "Only articles of this site, and of those below it."),
        _words("--language", "languages", "CODE", "Only articles in this language, again for more."),
        _text("--direction", "WAY", "Only what goes `up` or `down`; of dates, later or earlier."),
        _number("--size", "Only what changed by so much at least; dates by so many days."),
        _number("--percent", "Only figures that changed by so many per cent at least."),
        _number("--crosses", "Only figures that got across this one."),
        _text("--firmness", "WAY", "Only hedges and certainties that became `firmer` or `weaker`."),
        _switch("--only-unacknowledged", "--also-acknowledged", "Only what the page does not admit in a notice."),
        _text("--confirmations", "N", "Told only when it still stands after the article was seen so many times more."),
        _text("--severity", "LEVEL", "The least: `low`, `medium` or `high`."),
        _text("--baseline", "NAME", f"Since when it is judged: {', '.join(f'`{name}`' for name in BASELINES)}."),
    ]
)  # fmt: skip
TIMING: Mapping[str, Any] = dict(
    [
        _text("--when", "WHEN", "`at once`, or in a digest: `hourly`, `daily`, `weekly`."),
        _text("--at", "HH:MM", "Time of day of a daily or weekly digest. Default: 08:00."),
        _text("--weekday", "DAY", "Of a weekly digest. Default: monday."),
        _text("--zone", "ZONE", "IANA time zone, like Europe/Berlin. Default: the channel's, else UTC."),
        _text("--quiet-from", "HH:MM", "Nothing is sent from this time of day on ..."),
        _text("--quiet-until", "HH:MM", "... until this one. Default: the channel's quiet hours."),
        _text("--first-wait", "TIME", "So long an alert waits for more, like 30s. Default: the channel's."),
        _text("--interval", "TIME", "Time between two alerts at least, like 10m. Default: the channel's."),
        _text("--repeat", "TIME", "A page that goes back and forth is told of once in this time, like 4h."),
        _switch("--even-when-nothing", "--not-when-nothing", "Send a digest even when it has nothing to tell."),
        _switch("--even-in-quiet-hours", "--not-in-quiet-hours", "The channel's quiet hours do not hold."),
    ]
)


def with_rule_options(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a command all options of a Rule. It gets what was said as `condition` and `timing`, two dicts."""
    hints = get_type_hints(command, include_extras=True)
    own = [one for name, one in inspect.signature(command).parameters.items() if name not in ("condition", "timing")]
    options = {**CONDITION, **TIMING}

    @functools.wraps(command)
    def run(*positional: Any, **named: Any) -> None:
        said = {name: value for name in options if (value := named.pop(name, None)) is not None}
        condition = {name: value for name, value in said.items() if name in CONDITION}
        timing = {name: value for name, value in said.items() if name in TIMING}
        command(*positional, **named, condition=condition, timing=timing)

    parameters = [
        inspect.Parameter(one.name, inspect.Parameter.KEYWORD_ONLY, default=one.default, annotation=hints[one.name])
        for one in own
    ]
    parameters += [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
        for name, annotation in options.items()
    ]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    del run.__wrapped__  # it would be asked for its own parameters
    return run


def resolved(session: Session, condition: Given) -> Given:
    """A condition with the ids of the article and the story that were named. Raises InputError."""
    known = {name: value for name, value in condition.items() if name not in ("article", "story")}
    if "article" in condition:
        known["article_id"] = find_article(session, condition["article"]).id
    if "story" in condition:
        story = stories.by_name(session, condition["story"])
        if story is None:
            names = ", ".join(name for _, name in stories.names(session)[:20]) or "none yet"
            raise InputError(f"there is no story {condition['story']!r} (stories: {names})")
        known["story_id"] = story.id
    return known
