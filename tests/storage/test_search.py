"""Search, on SQLite and on PostgreSQL: the same questions, the same answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, create_engine, insert
from sqlmodel import Session

from storage import articles, search, selection
from storage.database import Database, url_of
from storage.search import Finder, question, words
from storage.selection import Selection
from storage.tables import Article
from tests.postgres import PostgreSQL

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

TEXTS = {
    1: (
        "Ferry capsizes off Port Harran",
        "Le Monde https://a.example/1",
        "At least 17 people were killed, officials said.",
    ),
    2: (
        "Strike at the harbour",
        "AP https://b.example/2",
        "Dockers at Port-Harran met near the ferry. It's 15,000 men.",
    ),
    3: ("Élection à Zürich", "", "Die Straße nach 東京タワー; naïve Ærø, محمَّد and 서울. NEAR AND OR NOT"),
    4: ("Nothing of note", "https://c.example/story-4711", "ferry " + "filler " * 400),
}


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The texts above in SQLite."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('search')}/corrigenda.db")
    with database.write() as session:
        _fill(session)
    yield database.engine
    database.close()


@pytest.fixture(scope="module")
def searched(postgresql: PostgreSQL) -> Iterator[Engine]:
    """The texts above in PostgreSQL."""
    with postgresql.database() as url:
        engine = create_engine(url_of(url))
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE article AS SELECT generate_series(1, 99) AS id")
            connection.exec_driver_sql("ALTER TABLE article ADD PRIMARY KEY (id)")
            search.create(connection)
            with Session(connection) as session:
                _fill(session)
                session.flush()
        yield engine
        engine.dispose()


@pytest.fixture(params=["sqlite", "searched"], ids=["sqlite", "postgresql"])
def session(request: pytest.FixtureRequest) -> Iterator[Session]:
    """A session whose changes are taken back."""
    engine: Engine = request.getfixturevalue(request.param)
    with Session(engine) as opened:
        yield opened
        opened.rollback()


def _fill(session: Session) -> None:
    for article_id, (headline, about, body) in TEXTS.items():
        search.keep(session, article_id, headline=headline, about=about, body=body)


def found(session: Session, asked: str, *, headline: bool = False) -> set[int]:
    """The ids that answer."""
    read = question(asked)
    return {row[0] for row in session.execute(search.matching(session, read, headline=headline))} if read else set()


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("ferry", {1, 2, 4}), ("FERRY", {1, 2, 4}), ("ferry killed", {1}), ("capsize", set()), ("capsiz*", {1}),
        ("ca*", set()), ('"port harran"', {1, 2}), ("port-harran", {1, 2}), ('"harran port"', set()),
        ('"port harr*"', {1, 2}),
        ("“port harran”", {1, 2}), ("«port harran»", {1, 2}), ("ferry -dockers", {1, 4}),
        ('ferry -"port harran"', {4}),
        ("-ferry", {1, 2, 4}), ("monde", {1}), ("b.example", {2}), ("story-4711", {4}), ("https://a.example/1", {1}),
        ("election", {3}), ("élection", {3}), ("zurich", {3}), ("ZÜRICH", {3}), ("strasse", {3}), ("aero", {3}),
        ("東京", {3}), ("タワー", {3}), ("京タ", {3}), ("京東", set()), ("محمد", {3}), ("서울", {3}), ("15,000", {2}),
        ("it's", {2}), ("NEAR", {2, 3}), ("NOT", {3}), ("OR", {3}),
    ],
)  # fmt: skip
def test_answers(session: Session, asked: str, expected: set[int]) -> None:
    assert found(session, asked) == expected


@pytest.mark.parametrize(
    "asked",
    [
        "", " ", '"', '""', "“", "*", "**", "-", "--", "(", ")", "NEAR(a b", "NEAR/2", "a NEAR b", "AND", "a AND",
        "OR b",
        "^a", "{headline}: x", "headline:x", "col : (x", "a:b:c", "'", "\\", "'; DROP TABLE article; --", "%", "_",
        "\x00",
        "a\x00b", "\ud800", "😀", "𞤀", "‮abc", "a" * 100_000, "a " * 5_000, '"a ' * 3_000, "- - -a -b", "<->",
        "a <-> b", "!a",
        "a & b | c", "a:*", "a:ABCD", "':1A", "\u0301", "a\u0301\u0301", "ﷺ" * 5_000, "1e999", "0x00", "\t\r\n",
    ],
)  # fmt: skip
def test_no_question_is_an_error(session: Session, asked: str) -> None:
    found(session, asked)
    found(session, asked, headline=True)
    Finder(question(asked)).snippet("a b c 😀 abc")


def test_a_headline_weighs_more(session: Session) -> None:
    asked = question("ferry")
    scores = {row[0]: row[1] for row in session.execute(search.scores(session, asked, [1, 2, 4]))}
    assert scores[1] < min(scores[2], scores[4])
    assert found(session, "ferry", headline=True) == {1}
    assert found(session, '"port harran"', headline=True) == {1}
    assert found(session, "capsiz*", headline=True) == {1}


def test_a_new_version_replaces_the_words_of_the_old_one(session: Session) -> None:
    search.keep(session, 1, headline="Bridge falls", about="", body="Nobody was hurt.")
    assert found(session, "killed") == set()
    assert found(session, "bridge nobody") == {1}
    search.forget(session, 1)
    assert found(session, "bridge") == set()


@pytest.mark.parametrize("body", ["a" * 3_000_000, "𝒳" * 400_000, "ﷺ" * 300_000, " ".join(map(str, range(400_000)))])
def test_texts_of_any_length_are_kept(session: Session, body: str) -> None:
    search.keep(session, 5, headline="A long one", about="", body=body)
    assert found(session, "long") == {5}


def test_words() -> None:
    assert words("It’s Ærø, Łódź & 15,000 naïve café—Straße_x") == [
        "it", "s", "aero", "lodz", "15", "000", "naive", "cafe", "strasse", "x"
    ]  # fmt: skip
    assert words("İstanbul ISTANBUL ıstanbul") == ["istanbul"] * 3
    assert words("ﬁne ①②") == ["fine", "12"]


def test_a_snippet_shows_where_the_words_are() -> None:
    text = "filler " * 100 + "The ferry sank off Pórt-Hârran at dawn. " + "filler " * 100
    runs = Finder(question('ferry "port harran"')).snippet(text)
    assert [run.text for run in runs if run.found] == ["ferry", "Pórt-Hârran"]
    assert len("".join(run.text for run in runs)) < 260
    assert runs[0].text == runs[-1].text.strip() + " " == "… "
    assert Finder(question("absent")).snippet(text) == []
    assert "".join(run.text for run in Finder(question("sank")).marked(text)) == text


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Forty Articles on four sites; the last test adds to them."""
    opened = Database(f"sqlite:///{tmp_path_factory.mktemp('selected')}/corrigenda.db")
    with opened.write() as session:
        for number in range(1, 41):
            row, _ = articles.add(
                session,
                f"https://site{number % 4}.example/{number}",
                kind="url",
                host=f"site{number % 4}.example",
                now=NOW,
            )
            state = "failed" if number % 10 == 0 else "ok"
            headline = f"Ferry {number}" if number % 5 == 0 else f"Bridge {number}"
            articles.save(
                session, row.id or 0, state=state, headline=headline, language="fr" if number % 8 == 0 else "en"
            )
            search.keep(
                session, row.id or 0, headline=headline, about=row.url, body="harbour ferry" if number % 2 else ""
            )
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Selection(), 40), (Selection(words="bridge"), 32), (Selection(state="failed"), 4),
        (Selection(language="fr"), 5),
        (Selection(words="ferry"), 24), (Selection(words="ferry", state="failed"), 4), (Selection(site_id=1), 10),
        (Selection(words="!!!"), 0), (Selection(words="ferry -harbour", language="fr"), 1),
        (Selection(state="paused"), 0),
        (Selection(story_id=9), 0), (Selection(tag="none"), 0),
        (Selection(words="bridge", site_id=1, language="en"), 8),
    ],
)  # fmt: skip
def test_selections(database: Database, wanted: Selection, expected: int) -> None:
    with database.read() as session:
        assert len(selection.ids(session, wanted)) == expected
        assert selection.count(session, wanted, 1_000) == expected
        for order in selection.ORDERS:
            pages = [selection.found(session, wanted, order=order, limit=7, offset=at) for at in range(0, 42, 7)]
            shown = [row.id for page in pages for row in page.articles]
            assert len(shown) == len(set(shown)) == expected
            assert {(page.total, page.more) for page in pages} == {(expected, False)}


def test_orders(database: Database) -> None:
    with database.read() as session:
        by_site = selection.found(session, Selection(), order="site", limit=40).articles
        assert [row.site_id for row in by_site[:10]] == [by_site[0].site_id] * 10
        best = selection.found(session, Selection(words="ferry"), order="best", limit=40).articles
        assert all((row.headline or "").startswith("Ferry") for row in best[:8])
        assert selection.languages(session) == ["en", "fr"]


def test_of_many_the_newest_are_ranked_and_all_are_selected(database: Database) -> None:
    many = selection.COUNTED + 50
    with database.write() as session:
        first = articles.by_id(session, 1)
        assert first is not None
        session.execute(
            insert(Article),
            [
                {"id": 100 + number, "url": f"https://many.example/{number}", "kind": "url", "site_id": first.site_id,
                 "added_at": NOW, "state": "ok", "state_since_at": NOW, "language": "en",
        "headline": f"Flood {number:05}"}
                for number in range(many)
            ],
        )  # fmt: skip
        for number in range(many):
            search.keep(session, 100 + number, headline="Flood" if number < 60 else None, about="", body="flood")
    with database.read() as session:
        page = selection.found(session, Selection(state="ok", language="en"), order="headline", limit=50, offset=many)
        assert (page.total, page.more) == (selection.COUNTED, True)
        assert [row.headline for row in page.articles] == sorted(row.headline or "" for row in page.articles)
        best = selection.found(session, Selection(words="flood"), order="best", limit=3)
        assert (best.total, best.more) == (selection.COUNTED, True)
        assert [row.id for row in best.articles] == [159, 158, 157], "the newest of those with it in the headline"
        assert len(selection.ids(session, Selection(words="flood"))) == many
        assert len(selection.ids(session, Selection(state="ok"))) == many + 36
