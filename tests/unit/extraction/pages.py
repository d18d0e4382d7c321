"""Pages written for the tests, with the furniture that real ones have around their article."""

from __future__ import annotations

import re
from collections.abc import Iterable

PARAGRAPHS = (
    "The U.N. Security Council voted unanimously on Friday to end its peacekeeping mission in Mali, as the country's "
    "military junta had demanded two weeks before.",
    "At least 170 peacekeepers have been killed since 2013, which makes it the deadliest of all missions under way.",
    "The resolution asks that all of the 13,000 troops be gone by Dec. 31, 2023, a date that few think can be kept.",
    "“It is sad,” said Samuel Touré, a teacher in Gao, who has lived beside the camp for ten years with his family.",
)

NAVIGATION = "<header><nav>" + " ".join(
    f'<a href="/{name}">{name}</a>' for name in ("Home", "World", "Business", "Politics", "Sport", "Culture", "Video")
) + "</nav></header>"  # fmt: skip
FOOTER = (
    "<footer><a href=/about>About us</a> <a href=/terms>Terms of use</a> <a href=/privacy>Privacy policy</a> "
    "<a href=/cookies>Cookie settings</a> <a href=/login>Log in</a> <a href=/subscribe>Subscribe</a>"
    "<p>© 2026 The Daily Example. All rights reserved. Reproduction without permission is prohibited.</p></footer>"
)


def page(title: str, body: str, *, head: str = "", language: str = "en", furniture: bool = True) -> bytes:
    """An HTML page; without furniture it is all body."""
    around = (NAVIGATION, FOOTER) if furniture else ("", "")
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f"<body>{around[0]}{body}{around[1]}</body></html>"
    ).encode()


def article(
    headline: str = "UN votes to end its mission in Mali",
    paragraphs: Iterable[str] = PARAGRAPHS,
    *,
    head: str = "",
    before: str = "",
    after: str = "",
    title: str | None = None,
) -> bytes:
    """An article as a publisher would serve it."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    body = f"{before}<main><article><h1>{headline}</h1>{text}</article></main>{after}"
    return page(title or f"{headline} - The Daily Example", body, head=head)


def words(document_text: str) -> list[str]:
    return re.findall(r"\w+", document_text.lower())
