"""Text and Markdown files: what is a paragraph, what the headline."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from monitor.extraction.document import Document
from monitor.extraction.normalise import line, row
from monitor.sources.decode import decode

MEDIA_TYPES = frozenset({"text/plain", "text/markdown", "text/x-markdown"})

_LONGEST_WRAPPED_LINE = 100
"""Editors wrap text at 70 to 80 characters; in a file with longer lines each line is a paragraph of its own."""
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_CELLS = re.compile(r"[|\t]")
_RULE = re.compile(r"[|\s:=+-]+")
"""What divides the heading of a table from its rows: "|---|---:|"."""
_TAG = re.compile(r"<[^<>]*>")


def extract(body: bytes, content_type: str) -> Document:
    """The Document of a text or Markdown file; its dates and names are for its sidecar to say."""
    text = decode(body, content_type, html=False).text.replace("\r\n", "\n").replace("\r", "\n")
    headline: str | None = None
    if "markdown" in content_type:
        headline, paragraphs = _of_markdown(text)
    else:
        paragraphs = _of_text(text)
    if not headline and not paragraphs:
        return Document("empty", "the file holds no text")
    return Document("article", "a text file", headline=headline, paragraphs=tuple(paragraphs))


def _of_text(text: str) -> list[str]:
    """Paragraphs end at blank lines, or with each line where lines are long; rows of a table stand by themselves."""
    lines = text.split("\n")
    wrapped = max(map(len, lines)) <= _LONGEST_WRAPPED_LINE
    cells = [_CELLS.split(written.strip().strip("|")) for written in lines]
    rows = [len(some) > 1 for some in cells]
    paragraphs: list[str] = []
    said: list[str] = []
    for index, written in enumerate(lines):
        beside = rows[index - 1 : index] + rows[index + 1 : index + 2]
        is_row = rows[index] and (written.startswith("|") or any(beside))
        if not wrapped or is_row or not written.strip():
            paragraphs.append(line("\n".join(said)))
            said = []
        if not is_row:
            said.append(written)
        elif not _RULE.fullmatch(written.strip()):
            paragraphs.append(row(cells[index]))
    paragraphs.append(line("\n".join(said)))
    return [paragraph for paragraph in paragraphs if paragraph]


def _of_markdown(text: str) -> tuple[str | None, list[str]]:
    tokens = MarkdownIt("commonmark").enable("table").parse(_FRONT_MATTER.sub("", text))
    headline: str | None = None
    paragraphs: list[str] = []
    cells: list[str] | None = None
    before = ""
    for token in tokens:
        if token.type == "tr_open":
            cells = []
        elif token.type == "tr_close" and cells is not None:
            paragraphs.append(row(cells))
            cells = None
        elif token.type in ("inline", "fence", "code_block", "html_block"):
            said = line(" ".join(_words(token)) if token.type == "inline" else _TAG.sub(" ", token.content))
            if cells is not None:
                cells.append(said)
            elif before == "h1" and headline is None:
                headline = said or None
            elif said:
                paragraphs.append(said)
        before = token.tag if token.type == "heading_open" else ""
    return headline, paragraphs


def _words(token: Token) -> Iterator[str]:
    """The words of a run of inline markup: emphasis and links gone, pictures gone, line breaks as blanks."""
    said = ""
    for child in token.children or ():
        if child.type in ("text", "code_inline"):
            said += child.content
        elif child.type in ("softbreak", "hardbreak"):
            said += " "
    yield said
