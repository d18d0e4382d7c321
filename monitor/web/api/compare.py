"""Compare: any two Versions of an Article, or any two texts; and the Facts of a text. Nothing is kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from pydantic import ConfigDict, Field

from monitor import history
from monitor.changes import Block, Reading, compare, word_diff
from monitor.changes.words import BlockKind, SpanKind
from monitor.errors import InputError
from monitor.facts import find
from monitor.web.api.finding import ArticleId, find_article
from monitor.web.api.nouns.changes import Difference, difference
from monitor.web.api.nouns.facts import Statement, statement
from monitor.web.api.nouns.noun import ROOT, Given, Language, Links, Noun, Published, Text
from monitor.web.api.nouns.versions import Version, version
from monitor.web.api.problems import UNAVAILABLE, Refusal, not_found
from monitor.web.api.versions import Number
from monitor.web.rendering import Here

LONGEST = 200_000
"""Characters of a text that is read while somebody waits."""
AT_ONCE = 2
"""Requests with texts of their own that are read at the same time: each keeps a processor busy for seconds, which the
watch itself needs, and everybody who may read may send them."""
PATIENCE = 3.0
"""Seconds to wait for a turn."""

_turns = threading.BoundedSemaphore(AT_ONCE)


class Span(Noun):
    """Words of a paragraph: in both texts (`equal`), or only in the one after (`inserted`) or before (`deleted`)."""

    kind: SpanKind
    text: str


class Paragraph(Noun):
    """A paragraph of either text; a `moved` one stands elsewhere in the text after, and may be reworded as well."""

    kind: BlockKind
    before: int | None
    """Its place in the text before, from 0; null where it is not there."""
    after: int | None
    coarse: bool
    """Whether a part of it was too long to be compared word by word, and is shown as replaced as a whole."""
    spans: list[Span]


class Compared(Noun):
    """Two texts compared."""

    changes: list[Difference]
    """The facts that differ, the gravest first."""
    words: list[Paragraph]
    """The texts, word by word."""


class Comparison(Compared):
    """Two Versions of an Article compared; `before` is the baseline, whichever is older."""

    article_id: int
    before: Version
    after: Version
    links: Links


class TwoTexts(Given):
    """Two texts to compare."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "before": "At least 170 peacekeepers were killed on Tuesday.",
                    "after": "303 peacekeepers were killed on Tuesday.",
                    "published": "2026-11-21",
                }
            ]
        }
    )

    before: Annotated[Text, Field(max_length=LONGEST)]
    after: Annotated[Text, Field(max_length=LONGEST)]
    published: Published | None = None
    """When they were published: "on Tuesday" is read from there."""
    published_after: Published | None = None
    """When the later one was, if not at the same time."""
    language: Language = "en"


class OneText(Given):
    """A text whose Facts are asked for."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"text": "303 peacekeepers were killed on Tuesday.", "published": "2026-11-21"}]
        }
    )

    text: Annotated[Text, Field(max_length=LONGEST)]
    published: Published | None = None
    language: Language = "en"


class FactsOfText(Noun):
    """The Facts of a text, in its order."""

    facts: list[Statement]


def compare_versions(here: Here, article_id: ArticleId, before: Number, after: Number) -> Comparison:
    """What changed from one Version of an Article to another: the facts, and the text word by word.

    Where a text was let go (`text_let_go_at`), the changes are those that were found when the Versions came, one after
    the other, and `words` is empty.
    """
    with here.database.read() as session:
        article = find_article(session, article_id)
        try:
            made = history.compare_versions(session, article, before, after)
        except InputError as error:
            raise not_found(f"version {before if before > article.version_number else after}: {error}") from error
    there = f"articles/{article_id}/compare/{before}/{after}"
    return Comparison(
        article_id=article_id,
        before=version(made.before),
        after=version(made.after),
        changes=[difference(change) for change in made.comparison.changes],
        words=[_paragraph(block) for block in made.words],
        links={"self": f"{ROOT}/{there}", "article": f"{ROOT}/articles/{article_id}", "page": f"/{there}"},
    )


@contextmanager
def turn() -> Iterator[None]:
    """A turn to read what somebody sent. Raises Refusal while others have theirs."""
    if not _turns.acquire(timeout=PATIENCE):
        raise Refusal(UNAVAILABLE, "Other texts are being read: try again in a while.", headers={"retry-after": "10"})
    try:
        yield
    finally:
        _turns.release()


def compare_texts(texts: TwoTexts) -> Compared:
    """Compare two texts that are not tracked. Nothing of them is kept. 503 while others are being read."""
    old = Reading(texts.before, texts.published, texts.language)
    new = Reading(texts.after, texts.published_after or texts.published, texts.language)
    with turn():
        # Dates that the caller gave are no news to him.
        changed = [change for change in compare(old, new).changes if change.type != "published"]
        words = word_diff(texts.before, texts.after)
    return Compared(changes=[difference(each) for each in changed], words=[_paragraph(block) for block in words])


def find_facts(given: OneText) -> FactsOfText:
    """The Facts of a text that is not tracked. Nothing of it is kept. 503 while others are being read."""
    with turn():
        found = find(given.text, published=given.published, lang=given.language)
    return FactsOfText(facts=[statement(fact.to_json()) for fact in found])


def _paragraph(block: Block) -> Paragraph:
    spans = [Span(kind=span.kind, text=span.text) for span in block.spans]
    return Paragraph(kind=block.kind, before=block.before, after=block.after, coarse=block.coarse, spans=spans)
