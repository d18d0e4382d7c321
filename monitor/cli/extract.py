"""`corrigenda extract`: the article in a page or file, as the service reads it. Needs no database."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from monitor.changes import notices
from monitor.cli.configured import open_settings
from monitor.cli.fetching import open_fetch
from monitor.cli.given import optional_field, text_field
from monitor.cli.options import AsJson, AsJsonLines, new_app
from monitor.cli.pages import extract_file, read_bytes
from monitor.cli.printing import print_json
from monitor.cli.screen import say
from monitor.cli.stream import answer_lines
from monitor.config import Settings
from monitor.errors import InputError
from monitor.extraction.document import Dated, Document
from monitor.extraction.worker import Extractor
from monitor.fetchers import corrections_of

app = new_app()


@app.command()
def extract(
    context: typer.Context,
    target: Annotated[
        str | None, typer.Argument(metavar="FILE|URL", help="A page or text on disk, or an address.")
    ] = None,
    as_json: AsJson = False,
    jsonl: AsJsonLines = False,
) -> None:
    """Extract the article from a page or file.

    `page` says what it is: article, wall, error, gone, empty, not_text; for an address that brought no page, the
    outcome of its fetch. With --jsonl a line in is {"id", "path", "url"?}, url being where the page in that file came
    from, and a line out {"id", "page", "headline", "byline", "published", ...}, or {"id", "error"} for a bad line.
    """
    if jsonl:
        if target is not None:
            raise InputError("--jsonl reads standard input: leave FILE or URL away")
        with Extractor() as extractor:
            answer_lines(lambda record: _answer(record, extractor))
        return
    if target is None:
        raise InputError("nothing to extract: name a file or an address, or use --jsonl")
    with Extractor() as extractor:
        if "://" in target:
            found = _extract_address(target, open_settings(context), extractor)
        else:
            path = Path(target)
            found = document_json(extract_file(path, read_bytes(path), extractor))
    if as_json:
        print_json({"id": target, **found})
    else:
        _show(found)


def _answer(record: Mapping[str, Any], extractor: Extractor) -> Mapping[str, Any]:
    path = Path(text_field(record, "path"))
    return document_json(extract_file(path, read_bytes(path), extractor, optional_field(record, "url")))


def _extract_address(url: str, settings: Settings, extractor: Extractor) -> dict[str, Any]:
    with open_fetch(settings) as fetch:
        capture = fetch(url)
    if capture.outcome != "page":
        return document_json(Document("empty", capture.reason)) | {"page": capture.outcome}
    document = extractor.extract(
        capture.body,
        url=capture.final_url,
        content_type=capture.headers.get("content-type", ""),
        corrections=corrections_of(capture.final_url, settings),
    )
    return document_json(document)


def document_json(document: Document) -> dict[str, Any]:
    """A Document as `--json` shows it; `text` is what facts are found in, `notices` are parts of it."""
    found = notices(document.text, document.language or "en")
    return {
        "page": document.page,
        "reason": document.reason,
        "headline": document.headline,
        "byline": document.byline,
        "published": _dated_json(document.published),
        "modified": _dated_json(document.modified),
        "language": document.language,
        "text": document.text,
        "notices": [notice.text for notice in found],
    }


def _dated_json(dated: Dated | None) -> dict[str, str] | None:
    return {"value": dated.value, "source": dated.source} if dated else None


def _show(found: Mapping[str, Any]) -> None:
    say("page       ", (found["page"], "green" if found["page"] == "article" else "yellow"), f": {found['reason']}")
    for name in ("headline", "byline", "language"):
        say(f"{name:<11}{found[name] or '-'}")
    for name in ("published", "modified"):
        dated = found[name]
        say(f"{name:<11}", f"{dated['value']} (from {dated['source']})" if dated else "-")
    for notice in found["notices"]:
        say("notice     ", (notice, "yellow"))
    say("")
    say(found["text"])
