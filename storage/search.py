"""Search: which Articles have these words in their current Version, in headline, publisher or address.

One index on either database, SQLite's FTS5 or PostgreSQL's tsvector, and the same answers: what a word is and how it
is folded is decided here (`words`), so both are only handed words with nothing left to interpret. The index is no
SQLModel table: it is written in the transaction of the Version that it speaks of, and read by `matching` alone.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection, Float, Integer, TextualSelect, select, text
from sqlmodel import Session

from storage.prepared import Prepared

TABLE = "article_search"
"""Its table; FTS5 keeps more beside it, whose names begin so."""

INDEXED = 200_000
"""Characters of a text that are searched. A tsvector holds 1 MB at most, and this is below it in any script."""
LONGEST_WORD = 64
"""Characters of a word that count."""
SHORTEST_BEGINNING = 3
"""Letters of a beginning (`evacuat*`): what begins with two is half of a language."""
MOST_TERMS = 16
"""Words and phrases of a question that count."""

# Scripts that are written without blanks: every character is a word, so that a part of a line is found as a phrase.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(rf"{_UNSPACED.pattern}|(?:[^\W_]+|[\u0900-\u0963\u0966-\u0dff]+)+")
_MARKS = re.compile(r"[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]")
"""Accents, and the points of Hebrew and Arabic: people leave them out when they search."""
_UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_SELDOM = re.compile(f"[{''.join(map(chr, _UNDECOMPOSED))}]")

# A phrase in any quotation marks, a word, either after a minus; a mark that is not closed is none.
_TERM = re.compile(r'(?P<without>(?<!\S)-)?(?:["“„«](?P<phrase>[^"“”„«»]+)["”“»]|(?P<word>[^\s"“”„«»]+))')


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand one after the other."""

    words: tuple[str, ...]
    begins: bool = False
    """Whether the last is only the beginning of a word (`evacuat*`)."""


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody searches for: all of these, and none of those. Empty: nothing that could be searched for."""

    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.wanted)


def words(given: str) -> list[str]:
    """The words of a text as they are kept and looked up: without case, accents and marks."""
    bare = unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", given)))
    folded = bare.casefold()
    if _SELDOM.search(folded):  # to look through every letter takes as long as all the rest
        folded = folded.translate(_UNDECOMPOSED)
    return [word[:LONGEST_WORD] for word in _WORD.findall(folded)]


def question(given: str) -> Question:
    """What a person typed: words, "phrases", `begin*`, `-without`. Whatever it is, it is a question that can be asked.

    Words that are written as one (`Port-Harran`, `15,000`) are a phrase. Without anything wanted nothing is unwanted.
    """
    wanted: list[Term] = []
    unwanted: list[Term] = []
    for match in _TERM.finditer(given.replace("\x00", " ")):
        written = match["phrase"] or match["word"]
        found = tuple(words(written))[:MOST_TERMS]
        if found:
            term = Term(found, begins=written.rstrip().endswith("*") and len(found[-1]) >= SHORTEST_BEGINNING)
            (unwanted if match["without"] else wanted).append(term)
    if not wanted:
        wanted, unwanted = unwanted, []
    return Question(tuple(wanted[:MOST_TERMS]), tuple(unwanted[:MOST_TERMS]))


def about(publisher: str | None, url: str) -> str:
    """What of an Article is searched beside its headline and its text."""
    return f"{publisher or ''} {url}"


def keep(session: Session, article_id: int, *, headline: str | None, about: str, body: str) -> None:
    """What an Article says now. about: its publisher and address; body: the text of its current Version, or nothing."""
    parts = (words(headline or ""), words(about), words(body[:INDEXED]))
    connection = session.connection()
    if _is_sqlite(connection):
        forget(session, article_id)
        row = {name: " ".join(part) for name, part in zip(("headline", "about", "body"), parts, strict=True)}
        _KEEP_FTS5.run(connection, {"id": article_id, **row})
    else:
        _KEEP_TSVECTOR.run(connection, {"id": article_id, "words": _tsvector(parts)})


def forget(session: Session, article_id: int) -> None:
    """The Article is no more."""
    connection = session.connection()
    (_FORGET_FTS5 if _is_sqlite(connection) else _FORGET_TSVECTOR).run(connection, {"id": article_id})


def matching(session: Session, asked: Question, *, headline: bool = False) -> TextualSelect:
    """`SELECT article_id` of the Articles that answer a question, for use as a subquery. headline: all in there."""
    if _is_sqlite(session.connection()):
        within = f"headline : ({_fts5(asked)})" if headline else _fts5(asked)
        query = text(f"SELECT rowid AS article_id FROM {TABLE} WHERE {TABLE} MATCH :asked")
        bound = query.bindparams(asked=within)
    else:
        query = text(f"SELECT article_id FROM {TABLE} WHERE words @@ CAST(:asked AS tsquery)")
        bound = query.bindparams(asked=_tsquery(asked, "A" if headline else ""))
    return bound.columns(article_id=Integer())


def newest(session: Session, asked: Question, limit: int) -> list[int]:
    """The ids of those Articles that answer a question and were added last."""
    if not asked:
        return []
    found = matching(session, asked).subquery()
    return list(session.execute(select(found.c.article_id).order_by(found.c.article_id.desc()).limit(limit)).scalars())


def scores(session: Session, asked: Question, article_ids: Sequence[int]) -> TextualSelect:
    """`SELECT article_id, score` of those Articles; a lower score is better. A word in the headline weighs most."""
    if _is_sqlite(session.connection()):
        query = text(
            f"SELECT rowid AS article_id, bm25({TABLE}, 10.0, 3.0, 1.0) AS score FROM {TABLE} "
            f"WHERE {TABLE} MATCH :asked AND rowid BETWEEN :first AND :last"
        ).bindparams(asked=_fts5(asked))
    else:
        query = text(
            "SELECT article_id, -ts_rank_cd('{0.1, 0.1, 0.3, 1.0}', words, CAST(:asked AS tsquery), 1) AS score "
            f"FROM {TABLE} WHERE words @@ CAST(:asked AS tsquery) AND article_id BETWEEN :first AND :last"
        ).bindparams(asked=_tsquery(asked))
    bound = query.bindparams(first=min(article_ids), last=max(article_ids))
    return bound.columns(article_id=Integer(), score=Float())


def create(connection: Connection) -> None:
    """Make the index of a new database."""
    if _is_sqlite(connection):
        connection.exec_driver_sql(
            f"CREATE VIRTUAL TABLE {TABLE} USING fts5(headline, about, body, "
            "prefix = '3', tokenize = \"unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc'\")"
        )
    else:
        connection.exec_driver_sql(
            f"CREATE TABLE {TABLE} (article_id INTEGER PRIMARY KEY REFERENCES article (id), words TSVECTOR NOT NULL)"
        )
        connection.exec_driver_sql(f"CREATE INDEX {TABLE}_words ON {TABLE} USING gin (words)")


_KEEP_FTS5 = Prepared(
    text(f"INSERT INTO {TABLE} (rowid, headline, about, body) VALUES (:id, :headline, :about, :body)")
)
_FORGET_FTS5 = Prepared(text(f"DELETE FROM {TABLE} WHERE rowid = :id"))
_KEEP_TSVECTOR = Prepared(
    text(
        f"INSERT INTO {TABLE} (article_id, words) VALUES (:id, CAST(:words AS tsvector)) "
        "ON CONFLICT (article_id) DO UPDATE SET words = excluded.words"
    )
)
_FORGET_TSVECTOR = Prepared(text(f"DELETE FROM {TABLE} WHERE article_id = :id"))


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _fts5(asked: Question) -> str:
    """A question in FTS5's language. Every word is quoted: `NEAR`, `AND` and all signs are words like any other."""

    def written(term: Term) -> str:
        return f'"{" ".join(term.words)}"{" *" if term.begins else ""}'

    wanted = " AND ".join(map(written, asked.wanted))
    unwanted = " OR ".join(map(written, asked.unwanted))
    return f"({wanted}) NOT ({unwanted})" if unwanted else wanted


def _tsquery(asked: Question, weight: str = "") -> str:
    """A question in PostgreSQL's language, its words quoted as well. weight: where they stand, A in the headline."""

    def written(term: Term) -> str:
        *first, last = (f"'{word}':{weight}" if weight else f"'{word}'" for word in term.words)
        begins = f"{last}*" if weight else f"{last}:*"
        return "(" + " <-> ".join([*first, begins if term.begins else last]) + ")"

    return " & ".join([*map(written, asked.wanted), *(f"!{written(term)}" for term in asked.unwanted)])


def _tsvector(parts: Sequence[Sequence[str]]) -> str:
    """Words with place and weight (headline A, about B, body D), a gap between the parts so that no phrase spans it."""
    places: dict[str, list[str]] = {}
    place = 0
    for part, weight in zip(parts, "ABD", strict=True):
        for word in part:
            place = min(place + 1, _LAST_PLACE)
            known = places.setdefault(word, [])
            if len(known) < _PLACES_OF_A_WORD:
                known.append(f"{place}{weight}")
        place += 2
    return " ".join(f"'{word}':{','.join(at)}" for word, at in places.items())


_LAST_PLACE = 16_383
_PLACES_OF_A_WORD = 256
"""PostgreSQL's own limits; what is beyond them is found as a word, not as part of a phrase."""


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a text, and whether it is one that was searched for."""

    text: str
    found: bool


class Finder:
    """Shows where in a text the words of a question stand. One for many texts."""

    def __init__(self, asked: Question) -> None:
        self._pattern = re.compile("|".join(map(_spelt, asked.wanted)), re.IGNORECASE) if asked else None

    def marked(self, given: str) -> list[Run]:
        """The whole text in runs."""
        return self._runs(given, 0, len(given))

    def snippet(self, given: str, length: int = 180) -> list[Run]:
        """About `length` characters of the text, where most that was searched for is close together; else nothing."""
        if self._pattern is None:
            return []
        matches = islice(self._pattern.finditer(given, 0, INDEXED), 200)
        places = [(match.start(), match[0].casefold()) for match in matches]
        if not places:
            return []
        best, most = 0, 0
        for at, (start, _) in enumerate(places):
            near = {word for place, word in places[at:] if place < start + length - 40}
            if len(near) > most:
                best, most = start, len(near)
        begin = _blank(given, max(0, best - 40))
        runs = self._runs(given, begin, min(len(given), begin + length))
        if begin:
            runs.insert(0, Run("… ", False))
        if begin + length < len(given):
            runs.append(Run(" …", False))
        return runs

    def _runs(self, given: str, begin: int, end: int) -> list[Run]:
        runs: list[Run] = []
        at = begin
        for match in self._pattern.finditer(given, begin, end) if self._pattern else ():
            if match.start() > at:
                runs.append(Run(given[at : match.start()], False))
            runs.append(Run(match[0], True))
            at = match.end()
        if at < end:
            runs.append(Run(given[at:end], False))
        return runs


def _blank(given: str, at: int) -> int:
    """The beginning of the word after a place, unless that is at the very beginning."""
    if at == 0:
        return 0
    blank = re.compile(r"\s+").search(given, at, at + 40)
    return blank.end() if blank else at


def _spelt(term: Term) -> str:
    """A pattern for what people write for these folded words: any accents, anything but words between them."""
    spelt = r"[\W_]*".join("".join(map(_letter, word)) for word in term.words)
    end = r"\w*" if term.begins else r"(?!\w)"
    return spelt if _UNSPACED.match(term.words[0]) else rf"(?<!\w){spelt}{end}"


def _letter(letter: str) -> str:
    return f"[{letter}{_spellings().get(letter, '')}]{_MARKS.pattern}*"


@functools.cache
def _spellings() -> dict[str, str]:
    """Letters with accents by the letter that they are folded to."""
    found: dict[str, str] = {}
    for code in (*range(0x00C0, 0x0250), *range(0x1E00, 0x2000)):
        folded = words(chr(code))
        if folded and len(folded[0]) == 1 and folded[0] != chr(code):
            found[folded[0]] = found.get(folded[0], "") + chr(code)
    return found
