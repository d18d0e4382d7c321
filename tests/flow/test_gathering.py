"""What is told, when and how often, over days: real texts and facts, a database, and a clock that is handed in."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from alerts import rulebook
from alerts.channels import registry
from alerts.seal import seal
from storage import deliveries, stories
from storage.tables import Alert, Delivery
from tests.unit.alerts.examples import PUBLIC_URL
from tests.unit.alerts.invariants import check
from tests.unit.alerts.newsdesk import DAY, HOUR, MINUTE, NOON, Newsdesk

SECOND = timedelta(seconds=1)


@pytest.fixture
def desk(tmp_path: Path) -> Newsdesk:
    """A desk with one channel and no rule."""
    desk = Newsdesk.at(tmp_path)
    with desk.database.write() as session:
        registry.add_channel(session, "desk", "desk@example.org")
    return desk


def rule(desk: Newsdesk, condition: dict[str, object] | None = None, name: str = "all", **timing: object) -> None:
    with desk.database.write() as session:
        rulebook.add_rule(session, name, "desk", condition, timing, now=NOON - DAY)


def test_one_mail_for_one_version_whatever_the_number_of_rules(desk: Newsdesk) -> None:
    for name in ("one", "two", "three"):
        rule(desk, name=name)
    desk.counts(24, NOON)
    desk.counts(31, NOON + HOUR)
    desk.until(NOON + 2 * HOUR)
    (sent,) = desk.sent
    assert sent.at == NOON + HOUR + 10 * SECOND
    assert sent.titles == ["24 → 31 people killed"]
    assert [one["name"] for one in sent.payload["changes"][0]["rules"]] == ["one", "three", "two"]


def test_a_thousand_changes_in_a_minute_are_two_mails_with_all_of_them(desk: Newsdesk) -> None:
    rule(desk)
    for article in range(1, 41):
        desk.says(losses(article), NOON, article)
    for article in range(1, 41):
        desk.says(losses(article + 100), NOON + HOUR + article * timedelta(seconds=1.4), article)
    desk.until(NOON + DAY)
    assert len(desk.sent) == 2
    changes = [change["id"] for sent in desk.sent for change in sent.payload["changes"]]
    assert len(changes) == len(set(changes))
    assert len({pick.change_id for pick in desk.picks("gathered")}) == 1000
    assert sum(sent.payload["total"] for sent in desk.sent) == len(changes) == 1000
    assert desk.sent[0].at - NOON - HOUR <= 12 * SECOND
    assert desk.sent[1].at - desk.sent[0].at == 5 * MINUTE


PLACES = [
    "Aachen", "Bergen", "Cadiz", "Derby", "Essen", "Faro", "Genoa", "Hanover", "Izmir", "Jena", "Krakow", "Lyon",
    "Malmo", "Nantes", "Oslo", "Porto", "Quimper", "Riga", "Seville", "Turin", "Uppsala", "Verona", "Warsaw", "Ypres",
    "Zurich",
]  # fmt: skip


def losses(number: int) -> str:
    """A text of 25 tolls."""
    return " ".join(f"In {place} the flood killed {number + at} people." for at, place in enumerate(PLACES))


def test_what_comes_within_the_interval_waits_for_it(desk: Newsdesk) -> None:
    rule(desk)
    for number, minute in ((24, 0), (31, 1), (33, 2), (40, 30)):
        desk.counts(number, NOON + minute * MINUTE)
    desk.until(NOON + HOUR)
    assert [(sent.at - NOON, sent.titles) for sent in desk.sent] == [
        (MINUTE + 10 * SECOND, ["24 → 31 people killed"]),
        (6 * MINUTE + 10 * SECOND, ["31 → 33 people killed"]),
        (30 * MINUTE + 10 * SECOND, ["33 → 40 people killed"]),
    ]


def test_the_more_eager_rule_and_the_channel_s_own_pace_win(desk: Newsdesk) -> None:
    with desk.database.write() as session:
        rulebook.change_channel(session, "desk", pace={"first_wait": "2m", "interval": 0})
    rule(desk, {"kinds": ["casualties"]}, "tolls")
    rule(desk, {"kinds": ["money"]}, "money", first_wait="5s")
    desk.says("The storm killed 24 people. It cost $5 million.", NOON)
    desk.says("The storm killed 31 people. It cost $5 million.", NOON + HOUR)
    desk.until(NOON + HOUR + 10 * SECOND)
    assert desk.sent == []
    desk.says("The storm killed 31 people. It cost $9 million.", NOON + HOUR + 20 * SECOND)
    desk.until(NOON + DAY)
    assert [(sent.at - NOON - HOUR, len(sent.titles)) for sent in desk.sent] == [(25 * SECOND, 2)]


def test_a_webhook_gets_every_version_apart_and_at_once(tmp_path: Path) -> None:
    desk = Newsdesk.at(tmp_path)
    with desk.database.write() as session:
        registry.add_channel(session, "desk", "https://example.org/hook")
    rule(desk)
    for number in range(5):
        desk.counts(24 + number, NOON + number * SECOND)
    desk.until(NOON + MINUTE)
    assert [sent.at - NOON for sent in desk.sent] == [number * SECOND for number in range(1, 5)]


def test_a_page_that_goes_back_and_forth_for_a_day(desk: Newsdesk) -> None:
    rule(desk)
    desk.counts(24, NOON)
    for turn in range(1, 24 * 4):
        desk.counts(31 if turn % 2 else 24, NOON + turn * 15 * MINUTE)
    desk.until(NOON + 2 * DAY)
    told = [(sent.at - NOON, sent.titles[0], sent.payload["changes"][0]["flapping"]) for sent in desk.sent]
    assert told[0] == (15 * MINUTE + 10 * SECOND, "24 → 31 people killed", None)
    assert told[1][1] == "31 → 24 people killed"
    assert told[1][2]["times"] == 2
    assert len(told) == 2 + 6
    assert all(len(sent.titles) == 1 for sent in desk.sent)
    assert all(gap >= 4 * HOUR - MINUTE for gap in (late[0] - early[0] for early, late in itertools.pairwise(told[1:])))
    assert told[-1][2]["times"] == 24 * 4 - 1, "every turn is counted"
    assert told[-1][1] == "24 → 31 people killed", "how it stands"
    assert not desk.picks("silent")


def test_a_step_to_something_new_is_never_hidden(desk: Newsdesk) -> None:
    rule(desk, interval=0, first_wait=0)
    numbers = [24, 31, 24, 31, 24, 40, 24, 40, 31, 24]
    for minute, number in enumerate(numbers):
        desk.counts(number, NOON + minute * MINUTE)
    desk.until(NOON + 30 * MINUTE)
    steps = [title.removesuffix(" people killed") for titles in desk.titles for title in titles]
    assert steps == ["24 → 31", "31 → 24", "24 → 40", "40 → 24", "40 → 31"]


def test_a_page_that_settles_is_told_of_once_more(desk: Newsdesk) -> None:
    rule(desk, interval=0, first_wait=0)
    for minute, number in enumerate([24, 31, 24, 31]):
        desk.counts(number, NOON + minute * MINUTE)
    desk.until(NOON + DAY)
    assert [(sent.at - NOON, sent.titles) for sent in desk.sent] == [
        (MINUTE, ["24 → 31 people killed"]),
        (2 * MINUTE, ["31 → 24 people killed"]),
        (4 * HOUR + 2 * MINUTE, ["24 → 31 people killed"]),
    ]
    desk.counts(24, NOON + 2 * DAY)
    desk.until(NOON + 3 * DAY)
    assert desk.sent[-1].payload["changes"][0]["flapping"] is None, "after a quiet day it begins anew"


def test_small_steps_are_told_when_together_they_cross_the_threshold(desk: Newsdesk) -> None:
    rule(desk, {"percent": 10, "baseline": "last alert"}, interval=0)
    number = 1000.0
    for day in range(12):
        desk.counts(round(number), NOON + day * HOUR)
        number *= 1.02
    desk.until(NOON + DAY)
    told = [(sent.titles[0], sent.payload["changes"][0]["baseline"]) for sent in desk.sent]
    assert [title for title, _ in told] == ["1000 → 1104 people killed", "1104 → 1219 people killed"]
    assert [(baseline["name"], baseline["version"]) for _, baseline in told] == [("last alert", 1), ("last alert", 6)]


def test_a_rule_that_is_younger_than_the_article_begins_with_what_it_said_then(desk: Newsdesk) -> None:
    desk.counts(100, NOON - 3 * DAY)
    desk.counts(200, NOON - 2 * DAY)
    rule(desk, {"percent": 10, "baseline": "last alert"}, interval=0)
    desk.counts(210, NOON)
    desk.counts(221, NOON + HOUR)
    desk.until(NOON + DAY)
    assert desk.titles == [["200 → 221 people killed"]]


def test_since_the_first_version(desk: Newsdesk) -> None:
    rule(desk, {"baseline": "first version"}, interval=0)
    for hour, number in enumerate((24, 31, 40, 24)):
        desk.counts(number, NOON + hour * HOUR)
    desk.until(NOON + DAY)
    assert desk.titles == [["24 → 31 people killed"], ["24 → 40 people killed"]], "back where it began: no change"
    assert desk.sent[1].payload["changes"][0]["baseline"]["version"] == 1
    assert desk.sent[1].payload["link"].endswith("/compare/1/3")


def test_headlines_have_baselines_too(desk: Newsdesk) -> None:
    rule(desk, {"types": ["headline"], "baseline": "first version"}, interval=0)
    for hour, headline in enumerate(("Storm kills 24", "Storm kills dozens", "Storm kills many", "Storm kills 24")):
        desk.says("It was a bad storm, and it is not over yet.", NOON + hour * HOUR, headline=headline)
    desk.until(NOON + DAY)
    assert desk.titles == [
        ["Headline: Storm kills 24 → Storm kills dozens"], ["Headline: Storm kills 24 → Storm kills many"],
    ]  # fmt: skip


def test_what_goes_back_before_it_is_confirmed_is_told_to_nobody(desk: Newsdesk) -> None:
    rule(desk, {"confirmations": 2}, interval=0)
    for minute, number in enumerate((24, 31, 31, 24, 24, 24, 24)):
        desk.counts(number, NOON + minute * MINUTE)
    desk.until(NOON + DAY)
    assert desk.sent == []
    assert [pick.state for pick in desk.picks()] == ["withdrawn", "withdrawn"]


def test_what_stands_is_told_after_its_confirmations(desk: Newsdesk) -> None:
    rule(desk, {"confirmations": 2}, interval=0, first_wait=0)
    for minute, number in enumerate((24, 31, 31, 31, 31)):
        desk.counts(number, NOON + minute * MINUTE)
    desk.until(NOON + DAY)
    assert [(sent.at - NOON, sent.titles) for sent in desk.sent] == [(3 * MINUTE, ["24 → 31 people killed"])]


def test_what_moves_on_before_it_is_confirmed_is_told_from_where_it_began(desk: Newsdesk) -> None:
    rule(desk, {"confirmations": 2}, interval=0)
    for minute, number in enumerate((24, 31, 40, 40, 40, 40)):
        desk.counts(number, NOON + minute * MINUTE)
    desk.until(NOON + DAY)
    assert desk.titles == [["24 → 40 people killed"]]
    assert desk.sent[0].payload["changes"][0]["baseline"]["version"] == 1


def test_a_rule_without_confirmations_has_told_it_already(desk: Newsdesk) -> None:
    rule(desk, {"confirmations": 1}, "sure", first_wait=0, interval=0)
    rule(desk, {}, "daily", when="daily")
    for minute, number in enumerate((24, 31, 31, 31)):
        desk.counts(number, NOON + minute * MINUTE)
    desk.until(NOON + 3 * DAY)
    assert [(sent.at - NOON, sent.payload["timing"]) for sent in desk.sent] == [(2 * MINUTE, "at once")]
    assert {pick.alert_id for pick in desk.picks("gathered")} == {desk.sent[0].payload["id"]}


def test_a_digest_goes_at_its_moment_and_counts_what_stayed_silent(desk: Newsdesk) -> None:
    rule(desk, {"kinds": ["casualties"]}, when="daily", at="08:00", zone="Europe/Berlin")
    desk.says("The storm killed 24 people. It cost $5 million.", NOON)
    desk.says("The storm killed 24 people. It cost $9 million.", NOON + HOUR)
    desk.says("The storm killed 31 people. It cost $9 million.", NOON + 2 * HOUR)
    desk.says("The big storm killed 31 people. It cost $9 million.", NOON + 3 * HOUR)
    desk.until(NOON + 5 * DAY)
    (sent,) = desk.sent
    assert sent.at.astimezone(UTC).hour in (6, 7)
    assert sent.titles == ["24 → 31 people killed"]
    assert (sent.payload["type"], sent.payload["timing"]) == ("changes.digest", "daily")
    period = sent.payload["period"]
    assert (period["silent_changes"], period["silent_versions"]) == (1, 1)


def test_an_empty_digest_comes_only_where_it_is_wanted(desk: Newsdesk) -> None:
    rule(desk, when="daily")
    desk.until(NOON + 3 * DAY)
    assert desk.sent == []
    rule(desk, name="even so", when="weekly", even_when_nothing=True)
    for day in range(3, 20):
        desk.until(NOON + day * DAY)
    assert [sent.payload["total"] for sent in desk.sent] == [0, 0]
    assert all(sent.at.weekday() == 0 for sent in desk.sent)


def test_what_was_told_at_once_is_not_in_the_digest(desk: Newsdesk) -> None:
    with desk.database.write() as session:
        rulebook.add_default_rules(session, "desk")
    desk.says("The storm killed 24 people. It cost $5 million.", NOON)
    desk.says("The storm killed 31 people. It cost $9 million.", NOON + HOUR)
    desk.until(NOON + 2 * DAY)
    assert [(sent.payload["timing"], sent.titles) for sent in desk.sent] == [
        ("at once", ["24 → 31 people killed"]),
        ("daily", ["It cost $5 million → $9 million"]),
    ]


def test_nothing_is_sent_in_quiet_hours_but_what_may(desk: Newsdesk) -> None:
    with desk.database.write() as session:
        pace = {"quiet_from": "22:00", "quiet_until": "07:00", "zone": "America/New_York", "interval": 0}
        rulebook.change_channel(session, "desk", pace=pace)
    rule(desk, {"kinds": ["money"]}, "money")
    rule(desk, {"kinds": ["casualties"]}, "tolls", even_in_quiet_hours=True)
    night = datetime(2023, 7, 2, 4, 0, tzinfo=UTC)  # midnight there
    desk.says("The storm killed 24 people. It cost $5 million.", night - DAY)
    desk.says("The storm killed 24 people. It cost $9 million.", night)
    desk.until(night + 2 * HOUR)
    assert desk.sent == []
    desk.says("The storm killed 31 people. It cost $9 million.", night + 2 * HOUR)
    desk.until(night + 3 * HOUR)
    assert [len(titles) for titles in desk.titles] == [2], "a mail goes anyway: it takes along what waited"
    desk.says("The storm killed 31 people. It cost $7 million.", night + 4 * HOUR)
    desk.until(night + DAY)
    assert desk.sent[1].at == datetime(2023, 7, 2, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize("how", ["removed", "switched off", "feeds another"])
def test_what_a_rule_has_not_told_yet_goes_with_it(desk: Newsdesk, how: str) -> None:
    rule(desk, {"kinds": ["casualties"]}, "tolls", when="daily")
    rule(desk, {"kinds": ["money"]}, "money", when="daily")
    desk.says("The storm killed 24 people. It cost $5 million.", NOON)
    desk.says("The storm killed 31 people. It cost $9 million.", NOON + HOUR)
    with desk.database.write() as session:
        match how:
            case "removed":
                rulebook.remove_rule(session, "tolls")
            case "switched off":
                rulebook.switch_rule(session, "tolls", False)
            case _:
                registry.add_channel(session, "other", "other@example.org")
                rulebook.change_rule(session, "tolls", channels="other")
    desk.until(NOON + 2 * DAY)
    assert desk.titles == [["It cost $5 million → $9 million"]]
    assert [pick.reason for pick in desk.picks("withdrawn")] == [
        "its rule was removed, switched off or no longer feeds the channel"
    ]


def test_when_nothing_is_left_nothing_goes(desk: Newsdesk) -> None:
    rule(desk)
    desk.counts(24, NOON)
    desk.counts(31, NOON + HOUR)
    with desk.database.write() as session:
        rulebook.remove_rule(session, "all")
    desk.until(NOON + DAY)
    assert desk.sent == []
    with desk.database.read() as session:
        assert session.exec(select(Alert.state)).all() == ["withdrawn"]
        assert session.exec(select(Delivery.state, Delivery.last_error)).all() == [
            ("withdrawn", "there was nothing left to tell")
        ]


def test_a_changed_rule_keeps_what_it_picked_and_a_new_zone_loses_nothing(desk: Newsdesk) -> None:
    rule(desk, when="daily", at="20:00", zone="Asia/Tokyo")
    desk.counts(24, NOON)
    desk.counts(31, NOON + HOUR)
    with desk.database.write() as session:
        rulebook.change_rule(session, "all", condition={"kinds": ["money"]}, timing={"when": "daily", "zone": "UTC"})
    desk.until(NOON + 3 * DAY)
    assert desk.titles == [["24 → 31 people killed"]]
    assert desk.sent[0].at.hour == 11


def test_what_is_due_while_a_channel_is_disabled_is_kept_as_failed_and_what_is_not_is_told(desk: Newsdesk) -> None:
    rule(desk)
    desk.counts(24, NOON)
    desk.counts(31, NOON + HOUR)
    with desk.database.write() as session:
        rulebook.switch_channel(session, "desk", False)
    desk.until(NOON + 2 * HOUR)
    assert desk.sent == []
    with desk.database.read() as session:
        assert session.exec(select(Delivery.state)).all() == ["failed"]
        assert session.exec(select(Alert.state)).all() == ["sealed"]
    desk.counts(40, NOON + 3 * HOUR)
    with desk.database.write() as session:
        rulebook.switch_channel(session, "desk", True)
    desk.until(NOON + DAY)
    assert desk.titles == [["31 → 40 people killed"]]
    with desk.database.write() as session:
        failed = session.exec(select(Delivery.id).where(Delivery.state == "failed")).one()
        deliveries.replay(session, [failed], NOON + DAY)
    desk.until(NOON + 2 * DAY)
    assert desk.titles[-1] == ["24 → 31 people killed"]


def test_one_rule_may_feed_several_channels(desk: Newsdesk) -> None:
    with desk.database.write() as session:
        registry.add_channel(session, "hook", "https://example.org/hook")
        rulebook.add_rule(session, "all", ["desk", "hook", "desk"], now=NOON)
    desk.counts(24, NOON)
    desk.counts(31, NOON + HOUR)
    desk.until(NOON + DAY)
    assert sorted(sent.channel for sent in desk.sent) == ["desk", "hook"]


@pytest.mark.parametrize("what", ["fact", "article", "rule"])
def test_what_is_muted_is_kept_and_told_to_nobody(desk: Newsdesk, what: str) -> None:
    rule(desk)
    desk.counts(24, NOON)
    desk.counts(31, NOON + HOUR)
    desk.until(NOON + 2 * HOUR)
    line_id = desk.picks()[0].line_id
    named = {"fact": {"line_id": line_id}, "article": {"article_id": 1}, "rule": {"rule": "all"}}[what]
    with desk.database.write() as session:
        mute = rulebook.add_mute(session, "desk", days=1, by="Ana", now=NOON + 2 * HOUR, **named)  # type: ignore[arg-type]
        said = {"fact": "the fact “people killed” in article 1 (Storm)", "article": "article 1 (Storm)"}
        assert rulebook.describe_mute(session, mute) == said.get(what, "what the rule all picks")
    desk.counts(40, NOON + 3 * HOUR)
    desk.until(NOON + DAY)
    assert len(desk.sent) == 1
    assert len(desk.picks("muted")) == 1
    desk.counts(50, NOON + 2 * DAY)
    desk.until(NOON + 3 * DAY)
    assert desk.titles[-1] == ["40 → 50 people killed"]


def test_a_mute_holds_for_what_has_not_gone_yet(desk: Newsdesk) -> None:
    rule(desk, when="daily")
    desk.counts(24, NOON)
    desk.counts(31, NOON + HOUR)
    with desk.database.write() as session:
        rulebook.add_mute(session, "desk", article_id=1, days=None, now=NOON + HOUR)
    desk.until(NOON + 2 * DAY)
    assert desk.sent == []
    assert [pick.state for pick in desk.picks()] == ["muted"]


def test_by_story_then_article_and_only_the_story(desk: Newsdesk) -> None:
    for article in (1, 2, 3):
        desk.counts(24 + article, NOON - HOUR, article)
    with desk.database.write() as session:
        story, _ = stories.get_or_make(session, "The storm", NOON)
        stories.put(session, story, [1, 3], NOON)
        rulebook.add_rule(session, "story", "desk", {"story_id": story.id, "site": "example.com"}, now=NOON)
    for article in (1, 2, 3):
        desk.counts(34 + article, NOON + article * SECOND, article)
    desk.until(NOON + DAY)
    (sent,) = desk.sent
    assert [change["article_id"] for change in sent.payload["changes"]] == [1, 3]
    assert {article["story"]["name"] for article in sent.payload["articles"]} == {"The storm"}
    others = sent.payload["changes"][0]["others"]
    assert [other["article_id"] for other in others] == [3]


def test_the_clock_that_steps_back_tells_nothing_twice_and_loses_nothing(desk: Newsdesk) -> None:
    rule(desk)
    desk.counts(24, NOON)
    desk.counts(31, NOON + 10 * HOUR)
    desk.until(NOON + 11 * HOUR)
    desk.counts(40, NOON + HOUR)
    desk.until(NOON + 2 * HOUR)
    assert desk.titles == [["24 → 31 people killed"], ["31 → 40 people killed"]]


def test_an_alert_that_is_too_long_goes_on_in_the_next(desk: Newsdesk) -> None:
    rule(desk, when="daily")
    for article in range(1, 8):
        desk.counts(24, NOON - HOUR, article)
        desk.counts(31, NOON + article * SECOND, article)
    with desk.database.write() as session:
        (alert,) = session.exec(select(Alert)).all()
        assert seal(session, alert, NOON + DAY, public_url=PUBLIC_URL, most=5)
    desk.until(NOON + 2 * DAY)
    with desk.database.read() as session:
        payloads = [alert.payload for alert in session.exec(select(Alert).order_by(Alert.id))]  # type: ignore[arg-type]
        check(session)
    assert [payload["total"] for payload in payloads if payload] == [5, 2]
