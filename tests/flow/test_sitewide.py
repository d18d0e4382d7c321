"""A Site as a whole: furniture is learnt, a new template is one notice, and news that many articles share is told."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from monitor import wellbeing
from storage import articles, captures, deliveries, furniture, page_records, versions
from storage.tables import SiteNotice
from tests.flow.conftest import Watch
from tests.local_site import Page, article_page

TOPICS = ("harbour", "school", "bridge", "hospital", "airport", "library", "stadium", "museum")


def story(
    topic: str, *more: str, toll: str = "At least 170 people", first: str = "", furniture: str = "Old news"
) -> Page:
    """An article of its own about a topic, with one sentence that all articles of the site share."""
    return article_page(
        f"The {topic} is to be rebuilt by the council",
        *([first] if first else []),
        f"The council voted on Friday to rebuild the {topic}, which was built in the last century by the town.",
        f"Work on the {topic} is to begin when the minister has signed the contract with the builders from abroad.",
        f"{toll} have been killed in the floods that destroyed the {topic} and much of the town around it.",
        f"Residents near the {topic} said that they had asked for the work for a long time and were glad of it.",
        *more,
        furniture=furniture,
    )


def number_of(watch: Watch, article_id: int) -> int:
    return watch.article(article_id).version_number


def notices(watch: Watch, *, only_open: bool = False) -> list[SiteNotice]:
    with watch.database.read() as session:
        return list(page_records.notices(session, only_open=only_open))


def alerts_of(watch: Watch) -> int:
    with watch.database.read() as session:
        return len(deliveries.listed(session))


def track_all(watch: Watch, **extra: str) -> list[int]:
    for topic in TOPICS:
        watch.site.pages[f"/{topic}"] = story(topic, **extra)
    ids = watch.add(*(f"/{topic}" for topic in TOPICS))
    watch.check(*ids)
    return ids


def test_a_counter_beside_the_article_is_learnt_and_the_page_is_then_not_read_again(watch: Watch) -> None:
    [article_id] = watch.add("/a")
    for count in (204, 311, 397, 402):
        watch.site.pages["/a"] = story("harbour", furniture=f"1,{count} people are reading this")
        watch.check(article_id)
    assert number_of(watch, article_id) == 1
    with watch.database.read() as session:
        [row] = furniture.ignored(session, watch.article(article_id).site_id)
        kept = len(captures.of_article(session, article_id))
    assert (row.kind, row.text) == ("pattern", "# people are reading this")
    watch.site.pages["/a"] = story("harbour", furniture="2,001 people are reading this")
    watch.check(article_id)
    with watch.database.read() as session:
        assert len(captures.of_article(session, article_id)) == kept, "the gate saw that nothing changed"

    with watch.database.write() as session:
        furniture.decide(session, row.id or 0, "kept")
    for count in (204, 311, 397):
        watch.site.pages["/a"] = story("harbour", furniture=f"1,{count} people are reading this")
        watch.check(article_id)
    with watch.database.read() as session:
        assert not furniture.ignored(session, watch.article(article_id).site_id), "undone stays undone"


def test_a_list_that_changes_on_every_fetch_is_learnt_by_its_place(watch: Watch) -> None:
    [article_id] = watch.add("/a")
    for headline in (
        "Storm closes coast road",
        "Minister resigns over letter",
        "Cup final moved to May",
        "Ferry sinks",
    ):
        watch.site.pages["/a"] = story("harbour", furniture=headline)
        watch.check(article_id)
    with watch.database.read() as session:
        assert [(row.kind, row.text) for row in furniture.ignored(session, watch.article(article_id).site_id)] == [
            ("place", "Most read")
        ]


def test_a_counter_inside_the_text_makes_no_versions_for_ever(watch: Watch) -> None:
    [article_id] = watch.add("/a")
    for count in range(204, 211):
        watch.site.pages["/a"] = story("harbour", f"{count} comments on this story so far")
        watch.check(article_id)
    assert number_of(watch, article_id) <= 4


def test_a_toll_that_rises_on_every_fetch_is_told_every_time(watch: Watch) -> None:
    [article_id] = watch.add("/a")
    for toll in (170, 180, 203, 240, 303, 310):
        watch.site.pages["/a"] = story("harbour", toll=f"At least {toll} people")
        watch.check(article_id)
    assert number_of(watch, article_id) == 6


def test_lines_that_a_new_template_adds_everywhere_are_one_notice(told: Watch) -> None:
    ids = track_all(told)
    before = alerts_of(told)
    for topic in TOPICS:
        told.site.pages[f"/{topic}"] = story(
            topic,
            "Read five stories a month for one dollar with our new offer",
            "Support the work of our 40 reporters: subscribe for $1.",
        )
    for _ in range(2):
        told.check(*ids)
        time.sleep(0.6)
    told.check(*ids)
    assert sum(number_of(told, article_id) - 1 for article_id in ids) <= 1
    assert alerts_of(told) - before <= 1
    assert all(told.article(article_id).state == "ok" for article_id in ids)
    [notice] = notices(told)
    assert notice.kind == "furniture"
    assert "Read five stories" in notice.sentence

    # A real change beside the ignored lines is told as ever.
    told.site.pages["/harbour"] = story(
        "harbour", "Read five stories a month for one dollar with our new offer", toll="303 people"
    )
    [checked] = told.check(ids[0])
    assert [change["type"] for change in checked.changes] == ["value"]

    # However long the change is, they are no part of it.
    told.site.pages["/harbour"] = story(
        "harbour",
        *(f"On day {day} of the works the builders told the council how far the harbour was." for day in range(2, 32)),
        "Read five stories a month for one dollar with our new offer",
        toll="303 people",
    )
    told.check(ids[0])
    with told.database.read() as session:
        current = versions.get(session, ids[0], number_of(told, ids[0]))
        assert current is not None
        text = versions.text(session, current)
    assert "On day 31" in text
    assert "Read five stories" not in text


def test_lines_that_a_new_template_drops_everywhere_are_silent(told: Watch) -> None:
    for topic in TOPICS:
        told.site.pages[f"/{topic}"] = story(
            topic, "170 dead in attack on the northern base", "Ferry with 44 aboard is missing"
        )
    ids = told.add(*(f"/{topic}" for topic in TOPICS))
    told.check(*ids)
    for topic in TOPICS:
        told.site.pages[f"/{topic}"] = story(topic)
    told.check(*ids)
    assert [number_of(told, article_id) for article_id in ids] == [1] * len(ids)
    assert alerts_of(told) == 0
    assert len(notices(told)) == 1


def test_a_toll_that_changes_in_all_articles_of_a_site_is_news(told: Watch) -> None:
    ids = track_all(told)
    for topic in TOPICS:
        told.site.pages[f"/{topic}"] = story(topic, toll="303 people")
    told.check(*ids)
    assert [number_of(told, article_id) for article_id in ids] == [2] * len(ids)
    assert alerts_of(told) == len(ids)
    assert notices(told) == []


def test_a_date_that_changes_in_all_articles_of_a_site_is_news(told: Watch) -> None:
    ids = track_all(told, first="The withdrawal will be completed by December 31, 2023, the ministry said.")
    for topic in TOPICS:
        told.site.pages[f"/{topic}"] = story(
            topic, first="The withdrawal will be completed by January 1, 2024, the ministry said."
        )
    told.check(*ids)
    assert [number_of(told, article_id) for article_id in ids] == [2] * len(ids)
    assert notices(told) == []


def test_a_key_point_that_changes_in_all_articles_of_a_site_is_news(told: Watch) -> None:
    ids = track_all(told, first="At least 170 people killed in floods")
    for topic in TOPICS:
        told.site.pages[f"/{topic}"] = story(topic, first="At least 303 people killed in floods")
    told.check(*ids)
    assert [number_of(told, article_id) for article_id in ids] == [2] * len(ids)


def test_one_correction_notice_in_many_articles_is_told_of_each(told: Watch) -> None:
    ids = track_all(told)
    for topic in TOPICS:
        told.site.pages[f"/{topic}"] = story(
            topic, "Correction: An earlier version of this article misstated the name of the minister."
        )
    told.check(*ids)
    assert [number_of(told, article_id) for article_id in ids] == [2] * len(ids)


def test_texts_of_many_articles_that_break_at_once_are_held_back(told: Watch) -> None:
    ids = track_all(told)
    for topic in TOPICS:
        told.site.pages[f"/{topic}"] = article_page(
            f"The {topic} is to be rebuilt by the council", f"The council voted on Friday to rebuild the {topic}."
        )
    for _ in range(3):
        told.check(*ids)
        time.sleep(0.6)
    states = [told.article(article_id).state for article_id in ids]
    assert states.count("suspect") >= len(ids) - 2
    assert alerts_of(told) == 0
    [notice] = notices(told, only_open=True)
    assert notice.kind == "template"
    assert "held back" in told.article(ids[-1]).state_reason

    with told.database.read() as session:
        [ailment] = wellbeing.ailments(session, told.settings, datetime.now(UTC))
    assert ailment.detail == f"{told.site.host}: {notice.sentence}."

    with told.database.write() as session:
        site_id = told.article(ids[0]).site_id
        assert page_records.close_notices(session, site_id, datetime.now(UTC), accepted=True) == 1
    told.check(*ids)
    assert all(told.article(article_id).state == "ok" for article_id in ids)
    assert [number_of(told, article_id) for article_id in ids] == [2] * len(ids)
    assert alerts_of(told) == 0, "accepted: nobody is told of a hundred removals"


def test_a_notice_about_a_template_ends_when_the_pages_are_back(watch: Watch) -> None:
    ids = track_all(watch)
    for topic in TOPICS:
        watch.site.pages[f"/{topic}"] = article_page(f"The {topic} is to be rebuilt by the council", "Loading.")
    watch.check(*ids)
    assert notices(watch, only_open=True)
    for topic in TOPICS:
        watch.site.pages[f"/{topic}"] = story(topic)
    watch.check(*ids)
    assert not notices(watch, only_open=True)
    assert [number_of(watch, article_id) for article_id in ids] == [1] * len(ids)


def test_the_record_of_a_site(watch: Watch) -> None:
    ids = track_all(watch)
    with watch.database.read() as session:
        health = page_records.health(session, watch.article(ids[0]).site_id)
    assert (health.articles, health.headline, health.published, health.byline) == (len(ids), 1.0, 1.0, 0.0)
    assert 300 < health.characters < 1000


def test_a_soft_404_is_gone_once_it_lasted_and_comes_back(told: Watch) -> None:
    told.site.pages["/a"] = story("harbour")
    [article_id] = told.add("/a")
    told.check(article_id)
    told.site.pages["/a"] = Page(
        b"<html><head><title>Page not found | The Local</title></head><body><h1>Page not found</h1>"
        b"<p>The page you are looking for may have been moved or deleted.</p></body></html>",
        headers={"Content-Type": "text/html"},
    )
    [first] = told.check(article_id)
    assert (first.state, first.changes) == ("gone", ())
    time.sleep(0.6)
    [second] = told.check(article_id)
    assert [change["type"] for change in second.changes] == ["availability"]
    told.site.pages["/a"] = story("harbour")
    [third] = told.check(article_id)
    assert (third.state, [change["type"] for change in third.changes]) == ("ok", ["availability"])
    with told.database.read() as session:
        assert [version.number for version in versions.of_article(session, article_id)] == [1]


def test_another_text_in_the_place_of_an_article_is_first_doubted(watch: Watch) -> None:
    watch.site.pages["/a"] = story("harbour")
    [article_id] = watch.add("/a")
    watch.check(article_id)
    watch.site.pages["/a"] = article_page(
        "Ten recipes for autumn soup",
        "Chop onions, carrots and celery, and let them brown slowly with butter in a heavy pot over low heat.",
        "Pour stock until vegetables are covered, add thyme, then simmer without lid for about forty minutes.",
        "Season with pepper, stir cream under, sprinkle parsley, serve hot with dark bread and salted butter.",
    )
    [doubted] = watch.check(article_id)
    assert doubted.state == "suspect"
    assert "another text" in doubted.reason
    time.sleep(0.6)
    [believed] = watch.check(article_id)
    assert (believed.state, believed.version_number) == ("ok", 2)
    with watch.database.read() as session:
        assert articles.by_id(session, article_id) is not None
