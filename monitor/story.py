"""What a fetch brought, in sentences, for people who want the whole story (`corrigenda check --explain`)."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.extraction.document import Document
from monitor.sources.freshness import fresh_seconds
from monitor.sources.pace import lasted
from monitor.sources.result import Capture


def of_capture(capture: Capture) -> Iterator[str]:
    """Redirects, status, bytes, validators and caching headers of an answer, a sentence each."""
    for place in (*capture.redirects[1:], capture.final_url) if capture.redirects else ():
        yield f"redirected to {place}"
    size = f", {len(capture.body):,} bytes" if capture.body else ""
    coding = capture.headers.get("content-encoding")
    packed = f" ({coding} unpacked)" if size and coding else ""
    kind = f" of {capture.content_type}" if size and capture.content_type else ""
    yield f"{capture.outcome}: {capture.reason}{size}{packed}{kind}, {lasted(capture.elapsed_ms / 1000)} with all waits"
    validators = [
        f"{name} {value}" for name, value in (("ETag", capture.etag), ("Last-Modified", capture.last_modified)) if value
    ]
    if capture.outcome == "page":
        yield (
            f"to be asked for next time by {' and '.join(validators)}"
            if validators
            else ("without ETag and Last-Modified: it will always be sent whole")
        )
    if said := [f"{name}: {capture.headers[name]}" for name in ("cache-control", "expires") if name in capture.headers]:
        fresh = fresh_seconds(capture.headers, capture.captured_at)
        means = f"fresh for {lasted(fresh)}" if fresh else "to be asked for at any time"
        yield f"its caches are told {', '.join(said)}, which means {means}"
    if capture.retry_after_seconds is not None:
        yield f"not to be asked again within {lasted(capture.retry_after_seconds)} (Retry-After)"


def of_document(document: Document) -> Iterator[str]:
    """What a page is, and what was found in it."""
    yield f"{document.page}: {document.reason}" if document.reason else document.page
    if document.page != "article":
        return
    yield f"headline “{document.headline or 'none'}”, byline {document.byline or 'none'}"
    for name, dated in (("published", document.published), ("modified", document.modified)):
        yield f"{name} {dated.value} (from {dated.source})" if dated else f"{name}: nothing says when"
    yield f"{len(document.paragraphs)} paragraphs, {len(document.text):,} characters, by {document.extractor}"
