"""The watch cycle on a real site over HTTP: what becomes a Version, what a Change, what an Alert, and what silence."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import structlog
from sqlalchemy import update
from sqlmodel import col

from storage import articles, blobs, captures, changes, deliveries, facts, sites, versions
from storage.tables import Blob
from tests.flow.conftest import Watch
from tests.flow.test_politeness import LATENCY
from tests.local_site import Page, article_page

HEADLINE = "Council votes to end mission"
FIRST = (
    "The council voted unanimously on Friday to end the mission, which has 13,000 troops in the country.",
    "At least 170 peacekeepers have been killed since 2013, according to the United Nations.",
    "The government had asked for the mission to leave without delay, and the council agreed to its wish.",
    "Officials said the withdrawal would be completed by Dec. 31, 2023, and that some tasks would be handed over.",
)
PAGE = article_page(HEADLINE, *FIRST)


def edited(old: str, new: str) -> Page:
    assert old.encode() in PAGE.body
    return replace(PAGE, body=PAGE.body.replace(old.encode(), new.encode()))


def test_a_changed_fact_is_a_version_a_change_and_an_alert_for_each_rule(told: Watch) -> None:
    told.site.pages["/a"] = PAGE
    [article_id] = told.add("/a")
    [first] = told.check(article_id)
    assert (first.state, first.version_number, first.changes) == ("ok", 1, ())

    told.site.pages["/a"] = edited("At least 170 peacekeepers", "303 peacekeepers")
    [second] = told.check(article_id)
    assert second.version_number == 2
    [change] = [change for change in second.changes if change["type"] == "value"]
    assert change["key"] == "casualties:killed:peacekeeper"
    assert change["before"]["quantity"]["lower"] == 170
    assert change["after"]["quantity"]["lower"] == 303
    assert change["after"]["sentence"].startswith("303 peacekeepers")

    with told.database.read() as session:
        [version, newer] = versions.of_article(session, article_id)
        assert "At least 170" in versions.text(session, version)
        assert "303" in versions.text(session, newer)
        assert (version.published, version.published_source) == ("2023-06-30T08:00:00+00:00", "json-ld")
        assert len(deliveries.listed(session)) == 1
        stored = changes.of_article(session, article_id)
        assert {row.id for row in stored} >= {change["id"]}
        line = [row for row in facts.of_article(session, article_id) if row.key == "casualties:killed:peacekeeper"]
    assert [(row.from_number, row.to_number, row.quote) for row in line] == [(1, 1, "170"), (2, None, "303")]
    assert len({row.line_id for row in line}) == 1, "one statement, one line"


@pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2, reason="needs two processors of Linux"
)
def test_what_shows_nothing_new_is_looked_at_on_one_processor_and_the_rest_on_all(watch: Watch) -> None:
    everywhere, seen = os.sched_getaffinity(0), dict[str, set[int]]()
    watch.site.pages["/a"] = PAGE
    [article_id] = watch.add("/a")

    def look() -> set[int]:
        """Where the thread of the Visit may run when it says what the page is."""
        watch.visits.check_now(
            [article_id], lambda checked: None, lambda step, _: seen.update({step: os.sched_getaffinity(0)})
        )
        return seen["page"]

    assert look() == everywhere
    assert len(look()) == 1
    watch.site.pages["/a"] = edited("At least 170", "303")
    assert look() == everywhere
    assert len(look()) == 1
    threads = Path(f"/proc/{os.getpid()}/task").iterdir()
    workers = [child for thread in threads for child in (thread / "children").read_text().split()]
    assert workers
    assert all(os.sched_getaffinity(int(worker)) == everywhere for worker in workers)


def test_what_did_not_change_costs_no_row(told: Watch) -> None:
    told.site.pages["/a"] = PAGE
    [article_id] = told.add("/a")
    told.check(article_id)
    with told.database.read() as session:
        before = facts.of_article(session, article_id)
    told.site.pages["/a"] = edited("At least 170 peacekeepers", "303 peacekeepers")
    told.check(article_id)
    with told.database.read() as session:
        after = facts.of_article(session, article_id)
        # The edited sentence holds two facts, the toll and "since 2013": their rows quote it, so both are new.
        assert len(after) == len(before) + 2
        standing = facts.of_version(session, article_id, 2)
        assert sorted(row.quote for row in standing) == sorted(
            row.quote if row.quote != "170" else "303" for row in before
        )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The government had asked", "The country’s government had asked"),
        ("13,000 troops", "thirteen thousand troops"),
        ("Dec. 31, 2023", "31 December 2023"),
        ("</p><p>The government", "</p>\n\n<p>  The   government"),
        (FIRST[2] + "</p><p>" + FIRST[3], FIRST[3] + "</p><p>" + FIRST[2]),
        ("<p></p></aside>", "<p>7 killed in crash</p><p>1,234 shares</p></aside>"),
    ],
    ids=["style", "number in words", "date respelt", "white space", "paragraphs moved", "furniture"],
)
def test_wording_order_and_furniture_are_silent(told: Watch, old: str, new: str) -> None:
    told.site.pages["/a"] = PAGE
    [article_id] = told.add("/a")
    told.check(article_id)
    told.site.pages["/a"] = edited(old, new)
    [checked] = told.check(article_id)
    assert checked.changes == ()
    with told.database.read() as session:
        assert deliveries.listed(session) == []


@pytest.mark.parametrize("page", ["kept", "let go", "damaged"])
def test_what_an_earlier_release_read_otherwise_is_no_edit(told: Watch, page: str) -> None:
    told.site.pages["/a"] = PAGE
    [article_id] = told.add("/a")
    told.check(article_id)
    with told.database.write() as session:
        [version] = versions.of_article(session, article_id)
        [capture] = captures.of_article(session, article_id)
        misread = versions.text(session, version).replace("13,000 troops", "13 troops")
        version.text_hash, version.extractor = blobs.put(session, misread.encode()), "trafilatura 1.0"
        session.add(version)
        if page == "let go":
            blobs.let_go(session, [capture.blob_hash or ""])
        elif page == "damaged":
            session.execute(update(Blob).where(col(Blob.hash) == capture.blob_hash).values(data=b"broken"))

    told.site.pages["/a"] = edited("At least 170 peacekeepers", "303 peacekeepers")
    [checked] = told.check(article_id)
    assert checked.version_number == 2
    changed = {change["before"]["quote"] for change in checked.changes if change["type"] == "value"}
    assert changed == ({"170"} if page == "kept" else {"170", "13"})
    with told.database.read() as session:
        assert "13,000 troops" in versions.text(session, versions.of_article(session, article_id)[1])


@pytest.mark.parametrize("page", ["kept", "let go"])
def test_a_damaged_text_is_read_anew_from_its_page(told: Watch, page: str) -> None:
    told.site.pages["/a"] = PAGE
    [article_id] = told.add("/a")
    told.check(article_id)
    with told.database.write() as session:
        [version] = versions.of_article(session, article_id)
        [capture] = captures.of_article(session, article_id)
        session.execute(update(Blob).where(col(Blob.hash) == version.text_hash).values(data=b"broken"))
        if page == "let go":
            blobs.let_go(session, [capture.blob_hash or ""])
    told.site.pages["/a"] = edited("At least 170 peacekeepers", "303 peacekeepers")
    [checked] = told.check(article_id)
    assert checked.version_number == 2
    values = {change["before"]["quote"] for change in checked.changes if change["type"] == "value"}
    assert values == {"170"}, "where the page is gone, too, the sentences of its facts are left"
    with told.database.read() as session:
        assert len(deliveries.listed(session)) == 1


def test_what_this_release_reads_as_before_is_read_anew_once(told: Watch) -> None:
    told.site.pages["/a"] = PAGE
    [article_id] = told.add("/a")
    told.check(article_id)
    with told.database.write() as session:
        [version] = versions.of_article(session, article_id)
        made_by = version.extractor
        version.extractor, version.headline = "trafilatura 1.0", f"{version.headline} | The Daily"
        session.add(version)
    told.site.pages["/a"] = edited("</body>", "<footer>Another foot</footer></body>")
    assert [checked.version_number for checked in told.check(article_id)] == [None], "no new version"
    with told.database.read() as session:
        assert versions.of_article(session, article_id)[0].extractor == made_by


def test_a_headline_that_an_earlier_release_read_otherwise_is_no_edit(told: Watch) -> None:
    told.site.pages["/a"] = PAGE
    [article_id] = told.add("/a")
    told.check(article_id)
    with told.database.write() as session:
        [version] = versions.of_article(session, article_id)
        version.extractor, version.headline = "trafilatura 1.0", f"{version.headline} | The Daily"
        session.add(version)
    told.site.pages["/a"] = edited("At least 170 peacekeepers", "303 peacekeepers")
    [checked] = told.check(article_id)
    assert [change["type"] for change in checked.changes] == ["value"]


def test_not_modified_and_unchanged_pages_move_last_seen(watch: Watch) -> None:
    watch.site.pages["/a"] = PAGE
    [article_id] = watch.add("/a")
    watch.check(article_id)
    [checked] = watch.check(article_id)
    assert (checked.state, checked.reason, checked.version_number) == ("ok", "unchanged", None)
    assert watch.site.asked[-1].status == 304
    with watch.database.read() as session:
        [version] = versions.of_article(session, article_id)
        assert version.last_seen_at > version.first_seen_at
        assert len(captures.of_article(session, article_id)) == 1


def test_equal_bytes_are_not_read_and_an_article_that_was_in_doubt_is(watch: Watch) -> None:
    watch.site.validators = False
    watch.site.pages["/a"] = PAGE
    [article_id] = watch.add("/a")
    watch.check(article_id)

    def told() -> list[str]:
        sentences: list[str] = []
        watch.visits.check_now([article_id], lambda checked: None, lambda step, sentence: sentences.append(sentence))
        return sentences

    assert any("same bytes" in sentence for sentence in told())
    with watch.database.write() as session:
        articles.save(session, article_id, state="suspect")
    assert not any("same bytes" in sentence for sentence in told())
    assert watch.article(article_id).state == "ok"


def test_validators_are_those_of_the_page_they_came_with(watch: Watch) -> None:
    watch.site.pages |= {"/first": PAGE, "/second": edited("13,000", "11,000")}
    watch.site.pages["/a"] = Page(status=302, headers={"Location": "/first"})
    [article_id] = watch.add("/a")
    watch.check(article_id)
    assert watch.check(article_id)[0].reason == "unchanged"
    assert watch.site.asked[-1].status == 304, "a redirected page is asked for conditionally as well"
    # Another page that answers "not modified" to the first one's validators: so badly made sites exist.
    watch.site.pages["/a"] = Page(status=302, headers={"Location": "/second"})
    answer = watch.site.pages["/second"]
    watch.site.pages["/second"] = Page(status=304)
    checked = watch.check(article_id)[0]
    assert watch.site.asked[-1].headers.get("if-none-match") is None, "asked again without conditions"
    assert checked.state != "ok"
    watch.site.pages["/second"] = answer
    assert watch.check(article_id)[0].version_number == 2


def test_not_modified_that_names_another_tag_is_not_believed(watch: Watch) -> None:
    watch.site.pages["/a"] = PAGE
    [article_id] = watch.add("/a")
    watch.check(article_id)
    watch.check(article_id)
    tag = watch.site.asked[-1].headers["if-none-match"]
    watch.site.pages["/a"] = Page(status=304, headers={"ETag": f"W/{tag}"})
    assert watch.check(article_id)[0].reason == "unchanged", "a weak tag is the same tag"
    watch.site.pages["/a"] = Page(status=304, headers={"ETag": '"another"'})
    assert watch.check(article_id)[0].state == "failed"
    assert watch.site.asked[-1].headers.get("if-none-match") is None, "asked again without conditions"


def test_not_modified_is_not_believed_for_ever(watch: Watch) -> None:
    watch.site.pages["/a"] = PAGE
    [article_id] = watch.add("/a")
    watch.check(article_id)
    watch.check(article_id)
    assert watch.site.asked[-1].status == 304
    with watch.database.write() as session:
        articles.save(session, article_id, whole_at=datetime.now(UTC) - timedelta(days=2))
    watch.check(article_id)
    assert watch.site.asked[-1].status == 200
    watch.check(article_id)
    assert watch.site.asked[-1].status == 304


def test_back_to_an_earlier_text_is_a_third_version(watch: Watch) -> None:
    watch.site.pages["/a"] = PAGE
    [article_id] = watch.add("/a")
    watch.check(article_id)
    for page in (edited("13,000", "11,000"), PAGE):
        watch.site.pages["/a"] = page
        watch.check(article_id)
    with watch.database.read() as session:
        held = versions.of_article(session, article_id)
        assert [version.number for version in held] == [1, 2, 3]
        assert held[0].text_hash == held[2].text_hash != held[1].text_hash


@pytest.mark.parametrize(
    ("page", "state"),
    [
        (Page(b"<h1>Sorry</h1>", 503, {"Content-Type": "text/html", "Retry-After": "7"}), "failed"),
        (replace(PAGE, body=PAGE.body[: len(PAGE.body) // 2], claimed_length=len(PAGE.body)), "failed"),
        (Page(b"", 200, {"Content-Type": "text/html"}), "suspect"),
        (article_page(HEADLINE, "Sign in."), "suspect"),
    ],
    ids=["503", "cut short", "empty", "collapsed"],
)
def test_a_page_that_is_no_article_is_never_a_version(told: Watch, page: Page, state: str) -> None:
    told.site.pages["/a"] = PAGE
    [article_id] = told.add("/a")
    told.check(article_id)
    told.site.pages["/a"] = page
    [checked] = told.check(article_id)
    assert checked.state in (state, "failed", "walled")
    assert checked.version_number is None
    assert checked.changes == ()
    told.site.pages["/a"] = PAGE
    [healed] = told.check(article_id)
    assert (healed.state, healed.version_number, healed.changes) == ("ok", None, ())
    with told.database.read() as session:
        assert len(versions.of_article(session, article_id)) == 1
        assert deliveries.listed(session) == []
        shown = [capture for capture in captures.of_article(session, article_id) if capture.outcome != "page"]
    assert shown, "kept as what it was"


def test_gone_is_told_once_after_it_lasted_and_back_again_at_once(told: Watch) -> None:
    told.site.pages["/a"] = PAGE
    [article_id] = told.add("/a")
    told.check(article_id)
    del told.site.pages["/a"]
    [first] = told.check(article_id)
    assert (first.state, first.changes) == ("gone", ())
    time.sleep(0.6)
    [second] = told.check(article_id)
    assert [change["type"] for change in second.changes] == ["availability"]
    [third] = told.check(article_id)
    assert third.changes == ()
    told.site.pages["/a"] = PAGE
    [back] = told.check(article_id)
    assert [change["type"] for change in back.changes] == ["availability"]
    with told.database.read() as session:
        assert len(deliveries.listed(session)) == 2


def test_a_text_that_really_became_short_is_believed_after_it_lasted(watch: Watch) -> None:
    watch.site.pages["/a"] = PAGE
    [article_id] = watch.add("/a")
    watch.check(article_id)
    watch.site.pages["/a"] = article_page(HEADLINE, "This article has been withdrawn by the editors of this site.")
    assert watch.check(article_id)[0].state == "suspect"
    time.sleep(0.6)
    [checked] = watch.check(article_id)
    assert (checked.state, checked.version_number) == ("ok", 2)


def test_a_local_file_is_read_again_like_a_page(watch: Watch) -> None:
    file = watch.settings.files.folders[0] / "report.txt"
    file.write_text("\n\n".join(FIRST))
    file.with_suffix(".toml").write_text('published = 2023-06-30\npublisher = "The Desk"\n')
    [article_id] = watch.add(file.as_uri())
    assert watch.check(article_id)[0].version_number == 1
    assert watch.check(article_id)[0].reason == "unchanged"
    file.write_text("\n\n".join(FIRST).replace("13,000", "11,000"))
    [checked] = watch.check(article_id)
    assert [change["type"] for change in checked.changes] == ["value"]
    article = watch.article(article_id)
    assert (article.publisher, article.published, article.published_source) == ("The Desk", "2023-06-30", "sidecar")


def test_requests_to_a_site_keep_their_gap(watch: Watch) -> None:
    fetch = watch.settings.fetch.model_copy(update={"gap": 0.3})
    watch.visits.settings = watch.settings.model_copy(update={"fetch": fetch})
    paths = ["/a", "/b", "/c"]
    for path in paths:
        watch.site.pages[path] = PAGE
    watch.check(*watch.add(*paths))
    moments = [asked.at for asked in watch.site.asked]
    assert len(moments) == 4, "robots.txt and three pages"
    assert min(later - earlier for earlier, later in pairwise(moments)) >= 0.3 - LATENCY


def test_a_failing_check_of_ours_loses_nothing_and_comes_again(watch: Watch) -> None:
    watch.site.pages["/a"] = PAGE
    [article_id] = watch.add("/a")
    watch.check(article_id)
    # Nothing that is written about a Change fits its table any more: the new bytes are kept all the same.
    with watch.database.write() as session:
        session.connection().exec_driver_sql("ALTER TABLE change RENAME COLUMN severity TO mislaid")
    watch.site.pages["/a"] = edited("13,000", "11,000")
    [checked] = watch.check(article_id)
    assert checked.state == "failed"
    assert "internal error" in checked.reason
    with watch.database.read() as session:
        assert [capture.outcome for capture in captures.of_article(session, article_id)] == ["page", "page"]
    assert watch.article(article_id).next_check_at is not None

    with watch.database.write() as session:
        session.connection().exec_driver_sql("ALTER TABLE change RENAME COLUMN mislaid TO severity")
    [checked] = watch.check(article_id)
    assert (checked.state, checked.version_number) == ("ok", 2)
    assert [change["type"] for change in checked.changes] == ["value"]


def test_a_visit_that_fails_as_a_whole_is_said_and_done_again(
    watch: Watch, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Commands that ran before it in this process have let this module's logger write to what was their output.
    structlog.reset_defaults()
    monkeypatch.setattr("monitor.tasks.log", structlog.get_logger())
    watch.site.pages["/a"] = PAGE
    [article_id] = watch.add("/a")
    with watch.database.write() as session:
        session.connection().exec_driver_sql("ALTER TABLE article RENAME COLUMN page_hash TO mislaid")
    watch.visits.run_due()
    until = time.monotonic() + 10
    while "visit failed" not in (said := capsys.readouterr().out):
        assert time.monotonic() < until, said
        time.sleep(0.1)
    with watch.database.write() as session:
        session.connection().exec_driver_sql("ALTER TABLE article RENAME COLUMN mislaid TO page_hash")
        sites.release_all(session)
        articles.check_now(session, [article_id], datetime.now(UTC))
    watch.visits.run_due()
    while watch.article(article_id).checks < 1:
        assert time.monotonic() < until + 10
        time.sleep(0.1)
    assert watch.article(article_id).version_number == 1


def test_a_byline_or_date_rewritten_around_the_same_text_is_told(watch: Watch) -> None:
    def labelled(author: str, day: str) -> Page:
        head = f'"author": {{"@type": "Person", "name": "{author}"}}, "datePublished": "{day}'
        page = edited('"datePublished": "2023-06-30', head)
        shown = f"</nav><address>By {author}, {day}</address>"
        return replace(page, body=page.body.replace(b"</nav>", shown.encode()))

    watch.site.pages["/a"] = labelled("Ann Able", "2023-06-30")
    [article_id] = watch.add("/a")
    watch.check(article_id)
    watch.site.pages["/a"] = labelled("Bea Bold", "2023-07-02")
    [checked] = watch.check(article_id)
    assert {change["type"] for change in checked.changes} == {"byline", "published"}
    with watch.database.read() as session:
        first, second = versions.of_article(session, article_id)
    assert (first.byline, second.byline, second.published) == ("Ann Able", "Bea Bold", "2023-07-02T08:00:00+00:00")
    assert first.text_hash == second.text_hash


def test_an_address_that_leads_elsewhere_is_told_once_it_lasts(told: Watch) -> None:
    told.site.pages |= {"/a": PAGE, "/": article_page("Front page", "All the news of the day. " * 20)}
    told.site.pages["/other"] = article_page(
        "Storm closes schools",
        "Schools in the north stay closed until Thursday because of heavy snow, the weather office said.",
        "Buses and trains run late, and people were asked to work from home where that is possible for them.",
        "The office expects another storm on the weekend and will decide then whether roads have to be shut.",
    )
    [article_id] = told.add("/a")
    told.check(article_id)
    for target in ("/other", "/"):
        told.site.pages["/a"] = Page(status=302, headers={"Location": target})
        assert (told.check(article_id)[0].state, told.article(article_id).version_number) == ("redirected", 1)
    time.sleep(0.6)
    [checked] = told.check(article_id)
    assert [change["type"] for change in checked.changes] == ["availability"]
    assert "redirected elsewhere" in checked.changes[0]["summary"].lower()
    told.site.pages |= {"/a": Page(status=301, headers={"Location": "/moved"}), "/moved": PAGE}
    [back] = told.check(article_id)
    assert (back.state, [change["type"] for change in back.changes]) == ("ok", ["availability"])
    assert told.article(article_id).version_number == 1, "the same text at a new address is no new version"
