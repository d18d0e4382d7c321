"""From the bytes of a page or file to its Document: the one place that calls trafilatura."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import trafilatura
from lxml import etree, html

from monitor.extraction import bounds, footnotes, markup, metadata, overlays, plain, structured, walls
from monitor.extraction.corrections import apply as corrected
from monitor.extraction.document import NO_CORRECTIONS, Corrections, Dated, Document
from monitor.extraction.normalise import LONGEST_CELL, line, row
from monitor.sources.decode import is_binary

RULES = 3
"""One more whenever the text of a page becomes another by what is done here to what trafilatura finds."""
EXTRACTOR = f"trafilatura {importlib.metadata.version('trafilatura')}, rules {RULES}"

_HTML_TYPES = frozenset({"", "text/html", "application/xhtml+xml", "application/xml", "text/xml"})
_HTML_START = re.compile(
    rb"^\s*(?:<!--.{0,2000}?-->\s*)*(?:<!doctype\s+html|<html|<head|<body|<\?xml)", re.IGNORECASE | re.DOTALL
)
_OTHER_STARTS = (b"%PDF-", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"PK\x03\x04", b"\x1f\x8b", b"RIFF", b"\x00\x00\x00")
_CELL_END = "\x1e"
"""Of which no tree can hold any."""
_BLOCKS = frozenset({"p", "head", "item", "row", "quote", "code", "fw", "ab"})
_SUSPICIOUSLY_LITTLE = 250
"""Characters of prose; the shortest of 289 real articles has 301."""
_SHOWS_MUCH = 10 * _SUSPICIOUSLY_LITTLE
_LEAST_BELOW = 80
"""Characters of prose below a consent dialog that make it a dialog over an article: the shortest news are two lines."""
_SENTENCE_END = re.compile(r"[.!?:;…。！？؟।\"”»’)\]]\s*$")


def extract(
    body: bytes,
    *,
    url: str,
    content_type: str = "",
    headers: Mapping[str, str] | None = None,
    corrections: Corrections = NO_CORRECTIONS,
) -> Document:
    """Read a page or file. `content_type` is the whole header with its charset; `headers` are a Capture's, from which
    a local file's sidecar is taken. Bytes of any kind give a Document; only limits of the process end it early."""
    headers = headers or {}
    content_type = headers.get("content-type") or content_type
    media_type = content_type.split(";")[0].strip().lower()
    if is_binary(body, content_type):
        document = Document("not_text", "its content is no text in any encoding")
    elif media_type in plain.MEDIA_TYPES:
        document = plain.extract(body, content_type)
    elif _is_html(body, media_type):
        document = _from_html(body, url, content_type, corrections)
    else:
        document = Document("not_text", f"{media_type or 'its content'} is not a page of text")
    document = replace(document, paragraphs=bounds.readable(document.paragraphs))
    if why := bounds.too_much(document.paragraphs):
        document = Document("not_text", why)
    if url.startswith("file:"):
        document = _with_sidecar(document, headers)
    return replace(document, extractor=EXTRACTOR)


def _is_html(body: bytes, media_type: str) -> bool:
    if body.startswith(_OTHER_STARTS):
        return False
    return media_type in _HTML_TYPES or bool(_HTML_START.match(body[:4096]))


def _from_html(body: bytes, url: str, content_type: str, corrections: Corrections) -> Document:
    source = markup.html_text(body, content_type)
    tree = markup.tree(source) if source.strip() else None
    if tree is None:
        return Document("empty", "the page has no content")
    tree = footnotes.without_markers(tree)
    node = structured.article_node(tree)
    facts = metadata.read(tree, node, url=url, date_from=corrections.date)
    whole, tree = tree, corrected(tree, corrections)
    bare = overlays.without_dialogs(tree)
    if corrections.keep:
        paragraphs = _by_trafilatura(tree if bare is None else bare, url, favor_recall=True)
    else:
        paragraphs = _paragraphs(tree if bare is None else bare, url)
    if bare is not None:
        if walls.prose(paragraphs) < _LEAST_BELOW:
            paragraphs = _paragraphs(tree, url)  # nothing lies below the dialog: it is the page
        else:
            tree = bare
    if len(paragraphs) <= 1:
        paragraphs = max(_paragraphs_of_body(tree), paragraphs, key=lambda found: sum(map(len, found)) + len(found))
    if tree is not whole:
        node = structured.article_node(tree)
    page, reason = walls.judge(tree, node, source, paragraphs, url=url, dated=facts.published is not None)
    if facts.headline and paragraphs and paragraphs[0] == facts.headline:
        paragraphs = paragraphs[1:]
    return Document(
        page,
        reason,
        headline=facts.headline,
        byline=facts.byline,
        publisher=facts.publisher,
        published=facts.published,
        modified=facts.modified,
        language=facts.language,
        canonical=facts.canonical,
        paragraphs=tuple(paragraphs),
    )


def _paragraphs(tree: html.HtmlElement, url: str) -> list[str]:
    """The article's paragraphs. Where next to nothing is found on a page that shows much, once more, less strictly."""
    paragraphs = _by_trafilatura(tree, url)
    found = walls.prose(paragraphs)
    if found < _SUSPICIOUSLY_LITTLE and len(walls.visible_text(tree, _SHOWS_MUCH + 1)) > _SHOWS_MUCH:
        more = _by_trafilatura(tree, url, favor_recall=True)
        if walls.prose(more) > 2 * found:
            return more
    return paragraphs


def _by_trafilatura(tree: html.HtmlElement, url: str, *, favor_recall: bool = False) -> list[str]:
    """What trafilatura takes for the article: no comments; lists and tables item by item and row by row."""
    found = trafilatura.bare_extraction(
        tree, url=url, include_comments=False, include_tables=True, include_images=False, include_links=False,
        deduplicate=False, with_metadata=False, favor_recall=favor_recall,
        output_format="txt",  # or it writes the text of the tree, which is read here
    )  # fmt: skip
    if not isinstance(found, trafilatura.settings.Document) or found.body is None:
        return []
    return [text for piece in _pieces(found.body) if (text := _said(piece))]


def _said(piece: str) -> str:
    if _CELL_END not in piece:
        return line(piece)
    *cells, rest = piece.split(_CELL_END)
    return row([*cells, rest] if line(rest) else cells)


def _pieces(element: etree._Element) -> Iterator[str]:
    """The texts of the blocks in document order; a block inside a block ends the piece before it."""
    piece = ""
    for kind, text in _events(element):
        if kind == "text":
            piece += text
        elif kind == "break":
            # A line break ends a paragraph where a sentence ends before it, else it only broke the line.
            if _SENTENCE_END.search(piece):
                yield piece
                piece = ""
            else:
                piece += " "
        elif kind == "cell":
            piece += _CELL_END
        else:
            yield piece
            piece = ""
    yield piece


def _events(root: etree._Element) -> Iterator[tuple[str, str]]:
    waiting: list[tuple[etree._Element, bool]] = [(root, False)]
    short: list[bool] = []  # of each cell around the element: whether it is one piece, whatever blocks it holds
    while waiting:
        element, done = waiting.pop()
        tag = element.tag if isinstance(element.tag, str) else ""
        edge = "block" if tag in _BLOCKS or tag in ("body", "list", "table") else "cell" if tag == "cell" else ""
        if tag == "cell":
            short.pop() if done else short.append(_is_short(element))
        if short and short[-1] and (edge == "block" or tag == "lb"):
            edge = "blank"
        if done:
            if edge == "blank":
                yield "text", " "
            elif edge:
                yield edge, ""
            if element is not root and element.tail:
                yield "text", element.tail
            continue
        if edge == "block":
            yield edge, ""
        elif edge == "blank":
            yield "text", " "
        elif tag == "lb":
            yield "break", ""
        if element.text and tag:
            yield "text", element.text
        waiting.append((element, True))
        waiting.extend((child, False) for child in reversed(element))


def _is_short(cell: etree._Element) -> bool:
    """Whether it is a cell of figures and words, and none that lays out a page."""
    size = 0
    for text in cell.itertext():
        size += len(text)
        if size > LONGEST_CELL:
            return False
    return True


def _paragraphs_of_body(tree: html.HtmlElement) -> list[str]:
    """The text that the page's own metadata gives, split at its line breaks. Where trafilatura finds nothing
    in the page it falls back on the same, but as one block."""
    body = structured.string(structured.article_node(tree), "articleBody")
    return [text for piece in re.split(r"[\r\n]+", body or "") if (text := line(piece))]


def _with_sidecar(document: Document, headers: Mapping[str, str]) -> Document:
    """What the operator wrote beside the file is more than what the file's own markup says."""
    published = headers.get("sidecar-published")
    return replace(
        document,
        headline=headers.get("sidecar-headline") or document.headline,
        byline=headers.get("sidecar-byline") or document.byline,
        publisher=headers.get("sidecar-publisher") or document.publisher,
        published=Dated(published, "sidecar") if published else document.published,
    )
