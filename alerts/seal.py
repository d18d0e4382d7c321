"""Sealing: an open Alert is put together for its first try, and from then on stays as it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from alerts import payload
from alerts.digest import moment_before
from alerts.gather import NO_RULE, fold, mutes_pick
from alerts.ids import new_id
from alerts.ledger import Feeding
from alerts.outbox import in_use
from alerts.timing import InForce, Waits, gathered_by
from alerts.told import Baseline, Flapping, OtherSource, Period, Told, ToldArticle, ToldLine, ToldRule, ToldStory
from storage import alerts, deliveries, facts, mutes, picks, rules, stories, story_cells, story_lines, telling
from storage.tables import Alert, Article, Channel, Pick, Version
from storage.telling import Picked, Scope

MOST = 5000
"""Changes in one Alert."""
_ASKED = 12  # sources of one value that are read for one line: more are not told
_AN_INSTANT = timedelta(microseconds=1)


def seal(
    session: Session, alert: Alert, now: datetime, *, public_url: str, waits: Waits | None = None, most: int = MOST
) -> bool:
    """Put an open Alert together, in the transaction that claims its Delivery. Whether there is anything to tell.

    What its Rules and mutes say now holds: what nobody wants any more is withdrawn. An Alert that then has nothing to
    tell goes nowhere, unless it is a digest that somebody wants even so. most: what is more goes into the next.
    """
    feedings = in_use(session, waits or Waits())
    channel = session.get_one(Channel, alert.channel_id)
    gathered = picks.of_alert(session, alert.id)
    gathered, rest = _divided(gathered, most)
    wanted = _wanted(session, gathered, feedings, now)
    timing = gathered_by(alert.gathers)
    mine = [feeding for feeding in feedings if feeding.channel_id == channel.id and _same(feeding, alert)]
    if not wanted and not any(feeding.timing.even_when_nothing for feeding in mine):
        session.flush()
        alerts.withdraw(session, alert.id, now, "there was nothing left to tell")
        return False
    body = payload.alert(
        _told(session, wanted),
        alert_id=alert.id,
        channel_id=channel.id or 0,
        channel=channel.name,
        public_url=public_url,
        now=now,
        timing=timing.when,
        period=None if timing.when == "at once" else _period(session, alert, timing, mine, now),
    )
    session.flush()
    alerts.seal(session, alert.id, body, now)
    if rest:
        _go_on(session, alert, rest, now)
    session.refresh(alert)
    return True


def seal_due_for_disabled(session: Session, now: datetime, *, public_url: str, waits: Waits | None = None) -> None:
    """What is due for disabled Channels is put together, so that it can be kept as failed, seen, and sent later."""
    disabled = [channel.id or 0 for channel in rules.every_channel(session) if not channel.enabled]
    rules.lock_channels(session, disabled)
    for alert_id in alerts.open_and_due(session, disabled, now):
        seal(session, session.get_one(Alert, alert_id), now, public_url=public_url, waits=waits)


def _same(feeding: Feeding, alert: Alert) -> bool:
    return feeding.timing.gathers == alert.gathers


def _divided(gathered: Sequence[Pick], most: int) -> tuple[Sequence[Pick], Sequence[Pick]]:
    """The Picks of so many Changes, and the rest."""
    kept = set(list(dict.fromkeys(pick.change_id for pick in gathered))[:most])
    first: list[Pick] = []
    rest: list[Pick] = []
    for pick in gathered:
        (first if pick.change_id in kept else rest).append(pick)
    return first, rest


def _go_on(session: Session, alert: Alert, rest: Sequence[Pick], now: datetime) -> None:
    next_id = new_id("alrt")
    assert alert.channel_id is not None
    alerts.open_new(session, next_id, alert.channel_id, alert.gathers, now)
    deliveries.add(session, new_id("msg"), next_id, alert.channel_id, now)
    for pick in rest:
        pick.alert_id = next_id
    session.flush()


def _wanted(
    session: Session, gathered: Sequence[Pick], feedings: Sequence[Feeding], now: datetime
) -> list[Sequence[Pick]]:
    """What is told, the Picks of each Change together; the others are withdrawn, muted or folded."""
    alive = {(feeding.rule_id, feeding.channel_id) for feeding in feedings}
    muted = mutes.in_force(session, {pick.channel_id for pick in gathered}, now) if gathered else []
    told = []
    for pick in gathered:
        if (pick.rule_id, pick.channel_id) not in alive:
            pick.state, pick.reason = "withdrawn", NO_RULE
        elif mute := next((mute for mute in muted if mutes_pick(mute, pick)), None):
            pick.state, pick.reason = "muted", f"the {mute.what} was muted for this channel"
        else:
            told.append(pick)
    fold(told)
    by_change: defaultdict[int, list[Pick]] = defaultdict(list)
    for pick in told:
        if pick.state == "gathered":
            by_change[pick.change_id].append(pick)
    return list(by_change.values())


def _told(session: Session, wanted: Sequence[Sequence[Pick]]) -> list[Told]:
    leads = [same[0] for same in wanted]
    known = telling.picked(session, [pick.change_id for pick in leads])
    baselines = telling.versions(
        session, {(pick.article_id, pick.baseline_number) for pick in leads if pick.baseline_number}
    )
    articles = {one.article.id or 0: one.article for one in known.values()}
    tellable = _Stories(session, articles)
    named = stories.names_of(session, {one.change.story_id for one in known.values() if one.change.story_id})
    told: list[Told] = []
    for same in wanted:
        pick, one = same[0], known[same[0].change_id]
        body = {**(pick.body or one.change.body), "id": pick.change_id}
        told.append(
            Told(
                change=body,
                article=_article(one.article, tellable.of(one.article)),
                version=one.after.number if one.after else None,
                seen_at=one.change.changed_at,
                acknowledged=one.acknowledged,
                baseline=_baseline(pick, one, baselines),
                rules=[ToldRule(other.rule_id or 0, other.rule) for other in same],
                line_id=pick.line_id or None,
                flapping=_flapping(pick, one.change.type),
                line=_line(one, named),
            )
        )
    lines = _lines(session, told) | {_fact(each): each.line.line_id for each in told if each.line}
    by_line = tellable.in_lines({line_id for line_id in lines.values() if line_id})
    others = tellable.others(
        {(each.article.id, each.change["key"]) for each in told if _comparable(each) and not lines.get(_fact(each))}
    )
    found = []
    for each in told:
        line_id = lines.get(_fact(each))
        there = by_line.get(line_id, ()) if line_id else others.get((each.article.id, str(each.change["key"])), ())
        found.append(replace(each, others=[source for source in there if source.article_id != each.article.id]))
    return found


def _fact(told: Told) -> tuple[int, int | None, int | None]:
    """What tells one fact of one Article from others, for each Story that is told."""
    return told.article.id, told.line_id, told.line.story_id if told.line else None


def _line(one: Picked, named: Mapping[int, str]) -> ToldLine | None:
    """The line of a Story that a turn is of; of a Story that is no more, nothing."""
    story_id = one.change.story_id
    if story_id is None or story_id not in named:
        return None
    return ToldLine(story_id, named[story_id], one.change.story_line_id)


def _lines(session: Session, told: Sequence[Told]) -> dict[tuple[int, int | None, int | None], int | None]:
    """The lines of its Story in which what is told stands: other sources are asked there."""
    asked = {
        (each.article.story.id, each.line_id): each
        for each in told
        if each.line_id and each.article.story and each.article.story.id and not each.line
    }
    standing = story_lines.of_facts(session, asked)
    return {_fact(each): standing.get(place) for place, each in asked.items()}


def _flapping(pick: Pick, type_: str) -> Flapping | None:
    """Whether to say that the page goes back and forth. That one is readable again says so itself, the first time."""
    least = 3 if type_ == "availability" else 1
    if pick.turns < least or pick.turning_since_at is None:
        return None
    return Flapping(pick.turns, pick.turning_since_at)


def _comparable(told: Told) -> bool:
    """Whether other sources can be asked for the same fact: a bare number is about nothing that they could name."""
    fact = told.change["after"] or told.change["before"]
    return bool(fact and told.change["key"] and (fact["noun"] or fact["predicate"]))


def _article(article: Article, story: ToldStory | None) -> ToldArticle:
    return ToldArticle(article.id or 0, article.url, article.headline, article.publisher, story)


def _baseline(pick: Pick, one: Picked, versions: Mapping[tuple[int, int], Version]) -> Baseline:
    version = versions.get((pick.article_id, pick.baseline_number or 0))
    if version is None:
        return Baseline(pick.baseline, None)
    first = pick.baseline == "first version"
    return Baseline(pick.baseline, version.number, version.first_seen_at if first else version.last_seen_at)


class _Stories:
    """The Stories under which Articles are told, and what the other Articles in them say."""

    def __init__(self, session: Session, articles: Mapping[int, Article]) -> None:
        self._session = session
        self._named = {
            article_id: min(inside, key=lambda story: (story[1].casefold(), story[0]))
            for article_id, inside in stories.of_articles(session, list(articles)).items()
        }
        self._members = telling.members(session, {story_id for story_id, _ in self._named.values()})

    def of(self, article: Article) -> ToldStory | None:
        """The Story under which an Article is told: the first by name."""
        named = self._named.get(article.id or 0)
        if named is None:
            return None
        return ToldStory(named[0], named[1], len(self._members.get(named[0], ())) - 1)

    def in_lines(self, line_ids: Collection[int]) -> Mapping[int, Sequence[OtherSource]]:
        """What Articles say now in these lines of Stories: each its chief value; of many who say the same, some."""
        chief = story_cells.chiefs(self._session, line_ids, _ASKED) if line_ids else []
        known = telling.articles(self._session, {fact.article_id for _, fact in chief})
        since = telling.versions(self._session, {(fact.article_id, fact.from_number) for _, fact in chief})
        said: defaultdict[int, list[OtherSource]] = defaultdict(list)
        for line_id, fact in chief:
            article, version = known.get(fact.article_id), since.get((fact.article_id, fact.from_number))
            if article is not None and version is not None:
                said[line_id].append(_source(article, fact.body, version.first_seen_at))
        return said

    def others(self, asked: Collection[tuple[int, str]]) -> Mapping[tuple[int, str], Sequence[OtherSource]]:
        """What the other Articles of its Story say now on a fact, by the Article and the key of the fact."""
        around = {
            article_id: [one for one in self._members.get(self._named[article_id][0], ()) if one.id != article_id]
            for article_id, _ in asked
            if article_id in self._named
        }
        articles = {one.id or 0: one for some in around.values() for one in some}
        if not articles:
            return {}
        standing = facts.standing(self._session, list(articles), {key for _, key in asked})
        since = telling.versions(self._session, {(fact.article_id, fact.from_number) for fact in standing})
        said: defaultdict[tuple[int, str], list[OtherSource]] = defaultdict(list)
        for fact in standing:
            version, article = since.get((fact.article_id, fact.from_number)), articles[fact.article_id]
            if version is not None:
                said[fact.article_id, fact.key].append(_source(article, fact.body, version.first_seen_at))
        return {
            (article_id, key): [source for one in around[article_id] for source in said.get((one.id or 0, key), ())]
            for article_id, key in asked
            if article_id in around
        }


def _source(article: Article, fact: Mapping[str, Any], since_at: datetime) -> OtherSource:
    return OtherSource(
        article_id=article.id or 0,
        publisher=article.publisher or payload.host(article.url),
        headline=article.headline,
        url=article.url,
        fact=fact,
        since_at=since_at,
    )


def _period(session: Session, alert: Alert, timing: InForce, mine: Sequence[Feeding], now: datetime) -> Period:
    """The time that a digest is about, and what stayed silent in it where its Rules look."""
    assert alert.channel_id is not None
    moment = moment_before(timing, now + _AN_INSTANT)
    since = moment_before(timing, moment)
    told_at = alerts.last_gathered(session, alert.channel_id, alert.gathers, now)
    since = max(since, told_at) if told_at else since
    scopes = [
        Scope(
            condition.article_id, condition.story_id, condition.tag, condition.site, condition.languages
        )
        for condition in (feeding.condition for feeding in mine)
    ]  # fmt: skip
    return Period(
        since,
        now,
        telling.silent_changes(session, alert.channel_id, since, now, scopes),
        telling.silent_versions(session, since, now, scopes),
    )
