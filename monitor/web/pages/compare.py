"""`/articles/{id}/compare/{a}/{b}`: any two Versions: the changed facts, then the text word by word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import HTTPException, Path, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from monitor.changes import Change
from monitor.errors import InputError
from monitor.history import compare_versions
from monitor.web import marking, sentences
from monitor.web.pages.article import Id
from monitor.web.rendering import Here, page, query
from monitor.web.sentences import Marked
from storage import articles, captures, changes, versions
from storage.tables import Article, Capture, Version
from storage.tables import Change as KeptChange

Number = Annotated[int, Path(ge=1, le=2**53)]
Chosen = Annotated[int, Query(ge=1, le=2**53)]
View = Annotated[Literal["inline", "side"], Query()]
"""How both texts are laid out. It is in the address, so that a link remembers it."""


LISTED = 200
"""Versions that can be chosen from a list with their times; of more, the number is typed."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the Versions that are compared."""

    version: Version
    capture: Capture | None


@dataclass(frozen=True, slots=True)
class Detail:
    """Something about the article itself that differs: its headline, its byline, a date."""

    name: str
    before: Marked | None
    after: Marked | None


@dataclass(frozen=True, slots=True)
class Step:
    """Another pair of Versions to look at."""

    href: str
    words: str


def choose_versions(article_id: Id, a: Chosen, b: Chosen, view: View = "inline") -> Response:
    """Where the form for two Versions leads: their permalink."""
    return RedirectResponse(_address(article_id, a, b, view), status_code=303)


def show_comparison(
    here: Here,
    article_id: Id,
    before: Number,
    after: Number,
    view: View = "inline",
    unfolded: Annotated[bool, Query()] = False,
) -> HTMLResponse:
    """Version `before` against Version `after`, in that direction; one with itself shows it in full."""
    with here.database.read() as session:
        article = articles.by_id(session, article_id)
        if article is None:
            raise HTTPException(404, f"There is no article {article_id}.")
        try:
            compared = compare_versions(session, article, before, after)
        except InputError as error:
            raise HTTPException(404, f"{error}.") from None
        every = versions.of_article(session, article_id) if article.version_number <= LISTED else []
        sides = [
            Side(version, captures.by_id(session, article_id, version.capture_id))
            for version in (compared.before, compared.after)
        ]
        kept = changes.between(session, article_id, before, after) if after == before + 1 else []
    shown = sentences.evidence(compared.comparison.changes)
    stretches = marking.stretches(
        compared.words,
        compared.before_text,
        compared.after_text,
        compared.before_facts,
        compared.after_facts,
        shown,
        layout="inline" if before == after else view,
    )
    return page(
        "compare.html",
        article=article,
        before=sides[0],
        after=sides[1],
        versions=every,
        details=list(_details(compared.before, compared.after)),
        shown=shown,
        proofs=_proofs(compared.comparison.changes, kept),
        judged=compared.whole,
        let_go=compared.let_go[:1] if before == after else compared.let_go,
        stretches=stretches,
        places=marking.places(stretches),
        coarse=any(block.coarse for block in compared.words),
        reworded=any(block.kind != "same" for block in compared.words),
        whole=before == after,
        view=view,
        unfolded=unfolded,
        steps=_steps(article, before, after, view),
        address=_address(article_id, before, after, "inline"),
    )


def _address(article_id: int, before: int, after: int, view: str) -> str:
    return f"/articles/{article_id}/compare/{before}/{after}" + query(view=None if view == "inline" else view)


def _details(before: Version, after: Version) -> Iterator[Detail]:
    for name, old, new in (
        ("Headline", before.headline, after.headline),
        ("Byline", before.byline, after.byline),
        ("Published", before.published, after.published),
        ("Modified", before.modified, after.modified),
    ):
        if old != new:
            yield Detail(name, *sentences.differing(old, new))


def _steps(article: Article, before: int, after: int, view: str) -> dict[str, Step | None]:
    """Where one may go from here, null where there are no such Versions."""
    pairs: dict[str, tuple[int, int]] = {}
    first, last, current = min(before, after), max(before, after), article.version_number
    if before == after:
        pairs = {"previous": (after - 1, after - 1), "next": (after + 1, after + 1), "since": (after - 1, after)}
    else:
        pairs = {"previous": (first - 1, first), "next": (last, last + 1), "single": (first, first + 1)}
        pairs |= {"since": (1, last), "until": (first, current), "all": (1, current)}
    steps: dict[str, Step | None] = dict.fromkeys(("previous", "next", "single", "since", "until", "all"))
    known = {(before, after)}
    for name, (a, b) in pairs.items():
        if 1 <= a <= current and 1 <= b <= current and (a, b) not in known and (a != b or before == after):
            known.add((a, b))
            steps[name] = Step(_address(article.id or 0, a, b, view), f"{a} to {b}" if a != b else f"{a}")
    return steps


def _proofs(shown: Sequence[Change], kept: Sequence[KeptChange]) -> list[int | None]:
    """The ids under which the Changes were kept when they came: each has a page of evidence."""
    ids: dict[object, list[int]] = {}
    for row in kept:
        ids.setdefault(_what(Change.from_json(row.body)), []).append(row.id or 0)
    return [found.pop(0) if (found := ids.get(_what(each))) else None for each in shown]


def _what(change: Change) -> object:
    """What a Change is about, however today's rules would word it."""
    sides = [(fact.sentence, fact.quote) if fact else None for fact in (change.before, change.after)]
    return change.type, *sides, change.before_text, change.after_text
