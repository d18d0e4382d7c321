"""Pages and files on disk read as articles: the extraction that the service does, with its limits."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from monitor.errors import InputError
from monitor.extraction.document import Document
from monitor.extraction.worker import Extractor
from monitor.sources.files import CONTENT_TYPES, sidecar

MAX_BYTES = 64 * 2**20
"""Far beyond any article; a device or a wrong file is noticed instead of filling the memory."""


def read_bytes(path: Path) -> bytes:
    """The bytes of a file. Raises InputError: not there, not readable, too large."""
    try:
        with path.open("rb") as file:
            body = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}; give a text or HTML file") from error
    except ValueError as error:
        raise InputError(f"{str(path)!r} is not a file name: {error}") from error
    if len(body) > MAX_BYTES:
        raise InputError(f"{path} is larger than {MAX_BYTES} bytes: give one article")
    return body


def extract_file(path: Path, body: bytes, extractor: Extractor, url: str | None = None) -> Document:
    """The article in a file, as if it had been fetched from `url` where that is given; else as a local file with its
    sidecar. Raises ExtractionError."""
    content_type = CONTENT_TYPES.get(path.suffix.lower(), "")
    if url is not None:
        return extractor.extract(body, url=url, content_type=content_type)
    return extractor.extract(
        body, url=path.absolute().as_uri(), content_type=content_type, headers=_sidecar_headers(path)
    )


def _sidecar_headers(path: Path) -> Mapping[str, str]:
    known = sidecar(path, folders=[path.absolute().parent])
    return {f"sidecar-{name}": value for name, value in known.items()}
