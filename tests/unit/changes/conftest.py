"""Facts made by hand, so that pairing and judging are tested apart from finding."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings

from monitor.facts.model import Fact, Phrase, Quantity

# The machine is shared and the lexicons load on first use: how long one example takes says nothing.
settings.register_profile("changes", deadline=None)
settings.load_profile("changes")

FactMaker = Callable[..., Fact]


@pytest.fixture
def make_fact() -> FactMaker:
    """`make_fact(text, "170", lower=170, predicate="killed")`: a Fact at the first place of the quote in the text."""

    def make(text: str, quote: str, *, number: float | None = None, sentence: str | None = None, **fields: Any) -> Fact:
        start = text.index(quote)
        quantity = None if number is None else Quantity(number, number, **fields.pop("amount", {}))
        kind, predicate, noun = fields.pop("kind", "count"), fields.get("predicate"), fields.get("noun")
        made: dict[str, Any] = {
            "kind": kind,
            "predicate": predicate,
            "noun": noun,
            "subject": " ".join(part for part in (noun, predicate) if part) or None,
            "key": f"{kind}:{predicate or ''}:{noun or ''}",
            "quantity": quantity,
            "time": None,
            "as_of": None,
            "attribution": None,
            "certainty": "asserted",
            "quote": quote,
            "start": start,
            "end": start + len(quote),
            "phrase": Phrase(quote, start, start + len(quote)),
            "sentence": sentence or text,
            "rule": "by hand",
        }
        return Fact(**(made | fields))

    return make
