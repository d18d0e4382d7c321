"""One article once: redirects and what pages call their own address, judged by their texts."""

from __future__ import annotations

from alerts.rulebook import add_rule
from storage import addresses, articles, captures
from storage.tables import Address
from tests.flow.conftest import Watch
from tests.local_site import Page, article_page

TEXT = (
    "Peacekeepers leave Mali",
    "At least 170 peacekeepers have been killed in Mali since 2013, the United Nations said.",
    "The mission has 13,000 soldiers, and it is the deadliest of all the missions of the United Nations.",
)
OTHER = (
    "Ferry capsizes off Port Harran",
    "Thirty-one people drowned when a ferry capsized on Tuesday night, the coast guard of the island told reporters.",
    "Divers will search the wreck until Friday, although the harbour master expects that the weather turns worse.",
)


def naming(page: Page, canonical: str, how: str = '<link rel="canonical" href="{}">') -> Page:
    """The page, calling that its own address."""
    head = how.format(canonical).encode() + b"</head>"
    return Page(page.body.replace(b"</head>", head), headers=page.headers)


def leading(to: str) -> Page:
    return Page(status=301, headers={"Location": to})


def known_as(watch: Watch, article_id: int) -> dict[str, str]:
    with watch.database.read() as session:
        rows: list[Address] = list(addresses.of_article(session, article_id))
    return {row.url.removeprefix(watch.site.url): row.source for row in rows}


def ids(watch: Watch) -> list[int]:
    with watch.database.read() as session:
        return [article.id or 0 for article in articles.listing(session)]


def test_a_page_that_names_a_tracked_one_is_merged_and_keeps_what_it_brought(told: Watch) -> None:
    watch = told
    watch.site.pages |= {
        "/mali": article_page(*TEXT),
        "/print?story=7": naming(article_page(*TEXT), f"{watch.site.url}/mali"),
    }
    [first] = watch.add("/mali")
    watch.check(first)
    [second] = watch.add("/print?story=7")
    with watch.database.write() as session:
        add_rule(session, "only this", "desk", {"article_id": second})
    [checked] = watch.check(second)
    assert (checked.article_id, checked.version_number) == (first, None)
    assert "which its page names as its own address" in checked.reason
    assert ids(watch) == [first]
    assert known_as(watch, first) == {"/mali": "given", "/print?story=7": "given"}
    with watch.database.read() as session:
        assert [row.outcome for row in captures.of_article(session, first)] == ["redirected", "page"]
    assert watch.add("/print?story=7") == [first]

    watch.site.pages["/mali"] = article_page(TEXT[0], TEXT[1].replace("170", "303"), TEXT[2])
    [changed] = watch.check(first)
    assert [change["type"] for change in changed.changes] == ["value"], "it is watched on as before"


def test_the_one_with_a_history_stays_whichever_was_named(watch: Watch) -> None:
    watch.site.pages |= {
        "/mali": article_page(*TEXT),
        "/amphtml/mali": naming(article_page(*TEXT), "/mali", '<meta property="og:url" content="{}">'),
    }
    [mobile] = watch.add("/amphtml/mali")
    assert watch.check(mobile)[0].version_number == 1
    [named] = watch.add("/mali")
    [checked] = watch.check(named)
    assert (checked.article_id, ids(watch)) == (mobile, [mobile])
    assert "whose page names the same address as its own" in checked.reason


def test_two_editions_that_name_a_third_are_one(watch: Watch) -> None:
    for path in ("/a/mali", "/b/mali"):
        watch.site.pages[path] = naming(article_page(*TEXT), f"{watch.site.url}/mali")
    first, second = watch.add("/a/mali", "/b/mali")
    watch.check(first)
    assert watch.check(second)[0].article_id == first


def test_a_redirect_at_the_first_check_is_another_address_of_the_article(watch: Watch) -> None:
    watch.site.pages |= {"/s/1": leading("/mali"), "/mali": article_page(*TEXT)}
    [short] = watch.add("/s/1")
    watch.check(short)
    assert known_as(watch, short) == {"/s/1": "given", "/mali": "redirect"}
    assert watch.add("/mali", "/mali/?utm_source=x") == [short, short]


def test_a_redirect_to_a_tracked_article_is_that_article(watch: Watch) -> None:
    watch.site.pages |= {"/s/1": leading("/mali"), "/mali": article_page(*TEXT)}
    [first] = watch.add("/mali")
    watch.check(first)
    assert watch.check(*watch.add("/s/1"))[0].article_id == first
    assert ids(watch) == [first]


def test_another_text_is_another_article_whatever_is_named(watch: Watch) -> None:
    watch.site.pages |= {
        "/mali": article_page(*TEXT),
        "/ferry": naming(article_page(*OTHER), f"{watch.site.url}/mali"),
        "/teaser": naming(article_page(TEXT[0], TEXT[1][:60] + "."), f"{watch.site.url}/mali"),
    }
    first, second, third = watch.add("/mali", "/ferry", "/teaser")
    watch.check(first, second, third)
    assert [watch.article(each).version_number for each in (first, second)] == [1, 1]
    assert third in ids(watch)


def test_a_site_that_names_its_home_page_everywhere_loses_nothing(watch: Watch) -> None:
    home = f"{watch.site.url}/"
    watch.site.pages |= {
        "/": article_page(*TEXT),
        "/mali": naming(article_page(*TEXT), home),
        "/ferry": naming(article_page(*OTHER), home),
    }
    tracked = watch.add("/", "/mali", "/ferry")
    watch.check(*tracked)
    assert ids(watch) == tracked
    assert [watch.article(each).version_number for each in tracked] == [1, 1, 1]


def test_an_address_on_another_site_and_one_that_contradicts_itself_count_for_nothing(watch: Watch) -> None:
    agency = naming(article_page(*TEXT), "https://agency.example/mali")
    both = naming(naming(article_page(*TEXT), "/x"), "/mali")
    watch.site.pages |= {"/mali": article_page(*TEXT), "/syndicated": agency, "/both": both}
    tracked = watch.add("/mali", "/syndicated", "/both")
    watch.check(*tracked)
    assert ids(watch) == tracked
    assert watch.article(tracked[1]).canonical_key is None


def test_an_article_with_a_history_is_never_merged(watch: Watch) -> None:
    watch.site.pages |= {"/mali": article_page(*TEXT), "/print": article_page(*TEXT)}
    tracked = watch.add("/mali", "/print")
    watch.check(*tracked)
    watch.site.pages["/print"] = naming(article_page(*TEXT, "One more paragraph was added here."), "/mali")
    watch.check(tracked[1])
    assert ids(watch) == tracked
    assert watch.article(tracked[1]).version_number == 2
