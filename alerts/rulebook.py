"""Rules as people handle them: added, removed, checked for sense. The command line and the web form share these."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from sqlmodel import Session

from alerts.channels import registry
from alerts.errors import RuleError
from alerts.rules import KINDS, TYPES, unknown
from storage import rules
from storage.tables import Article, Rule


def add_rule(
    session: Session,
    name: str,
    channel: str,
    *,
    types: Collection[str] = (),
    kinds: Collection[str] = (),
    article_id: int | None = None,
) -> Rule:
    """Keep a new Rule that feeds the Channel of that name; `alerts.rules.Condition` says what empty means.

    Raises RuleError, or ChannelError when there is no such Channel.
    """
    name = name.strip()
    if not registry.is_name(name):
        raise RuleError(f"{name!r} is no name for a rule: {registry.NAMES}")
    if rules.rule_by_name(session, name) is not None:
        raise RuleError(f"there is a rule {name!r} already: choose another name")
    _check_words("type", types, TYPES)
    _check_words("kind", kinds, KINDS)
    if article_id is not None and session.get(Article, article_id) is None:
        raise RuleError(f"there is no article {article_id}: `corrigenda list` shows them")
    feeds = registry.channel(session, channel)
    assert feeds.id is not None
    return rules.add_rule(
        session,
        name,
        feeds.id,
        datetime.now(UTC),
        types=sorted(set(types)),
        kinds=sorted(set(kinds)),
        article_id=article_id,
    )


def remove_rule(session: Session, name: str) -> None:
    """Forget a Rule; what it told stays. Raises RuleError that names the Rules there are."""
    rule = rules.rule_by_name(session, name)
    if rule is None:
        names = ", ".join(known.name for known, _ in rules.rules(session)) or "none yet"
        raise RuleError(f"there is no rule {name!r} (rules: {names})")
    rules.remove_rule(session, rule)


def _check_words(what: str, words: Collection[str], known: frozenset[str]) -> None:
    strange = unknown(words, known)
    if strange:
        raise RuleError(f"there is no {what} {', '.join(strange)}: {what}s are {', '.join(sorted(known))}")
