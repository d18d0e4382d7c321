"""`/articles/{id}/compare/{a}/{b}`: any two Versions: the changed facts, then the text word by word."""

from __future__ import annotations

from typing import Annotated

from fastapi import HTTPException, Path, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from monitor.errors import InputError
from monitor.history import compare_versions
from monitor.web import marking, sentences
from monitor.web.pages.article import Id
from monitor.web.rendering import Here, page
from storage import articles, versions

Number = Annotated[int, Path(ge=1, le=2**53)]
Chosen = Annotated[int, Query(ge=1, le=2**53)]


def choose_versions(article_id: Id, a: Chosen, b: Chosen) -> Response:
    """Where the form for two Versions leads: their permalink."""
    return RedirectResponse(f"/articles/{article_id}/compare/{a}/{b}", status_code=303)


def show_comparison(here: Here, article_id: Id, before: Number, after: Number) -> HTMLResponse:
    """Version `before` against Version `after`, in that direction; one with itself shows it in full."""
    with here.database.read() as session:
        article = articles.by_id(session, article_id)
        if article is None:
            raise HTTPException(404, f"There is no article {article_id}.")
        try:
            compared = compare_versions(session, article, before, after)
        except InputError as error:
            raise HTTPException(404, f"{error}.") from None
        every = versions.of_article(session, article_id)
    pairs = compared.comparison.pairs
    shown = sentences.evidence(compared.comparison.changes)
    stretches = marking.stretches(
        compared.words,
        compared.before_text,
        compared.after_text,
        [pair.before for pair in pairs if pair.before],
        [pair.after for pair in pairs if pair.after],
        shown,
    )
    return page(
        "compare.html", article=article, before=compared.before, after=compared.after, versions=every, shown=shown,
        stretches=stretches, places=marking.places(stretches),
        reworded=any(block.kind != "same" for block in compared.words), whole=before == after,
    )  # fmt: skip
