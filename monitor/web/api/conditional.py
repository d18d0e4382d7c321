"""Conditional requests (RFC 9110, 13): "only if it has changed", and "only if it has not"."""

from __future__ import annotations

import hashlib
import re

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from monitor.web.api.nouns.noun import Noun
from monitor.web.api.problems import PRECONDITION_FAILED, Refusal

_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')


def tag(body: bytes) -> str:
    """The strong ETag of an answer: another body has another one."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def tag_of(noun: Noun) -> str:
    """The ETag with which this noun is answered."""
    return tag(noun.model_dump_json().encode())


def with_tag(request: Request, response: Response) -> Response:
    """The answer to a reading request with its ETag; without its body (304) when the reader has just that."""
    if isinstance(response, StreamingResponse):  # too long to be made twice
        return response
    etag = tag(bytes(response.body))
    response.headers["ETag"] = etag
    known = ",".join(request.headers.getlist("if-none-match"))
    # Weak comparison: a proxy that compresses may have made our tag a weak one.
    if known.strip() != "*" and etag not in {each.removeprefix("W/") for each in _TAG.findall(known)}:
        return response
    kept = {name: value for name, value in response.headers.items() if name in ("etag", "link", "cache-control")}
    return Response(status_code=304, headers=kept)


def require_match(request: Request, noun: Noun) -> None:
    """Refuse to change what is no longer as the client knows it. Without `If-Match` nothing is asked."""
    expected = ",".join(request.headers.getlist("if-match"))
    if not expected or expected.strip() == "*" or tag_of(noun) in _TAG.findall(expected):
        return
    raise Refusal(PRECONDITION_FAILED, "It is no longer in the state that If-Match names: get it again.")
