"""Local text, HTML and Markdown files, read only inside the folders that the operator names."""

from __future__ import annotations

import hashlib
import os
import stat
import time
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from monitor.sources.result import Capture, Outcome

CONTENT_TYPES: Mapping[str, str] = {
    ".txt": "text/plain",
    ".text": "text/plain",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
}
SITE = "file:"
"""The Site that all local files share."""
SIDECAR_FIELDS = ("publisher", "address", "published", "headline", "byline")
_SIDECAR_MAX_BYTES = 64 * 1024


class _StoppedError(Exception):
    """Ends a reading and becomes its Capture's outcome and reason."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome: Outcome = outcome


def read(path: Path | str, *, folders: Sequence[Path], max_bytes: int = 5 * 2**20, etag: str | None = None) -> Capture:
    """Read a file as a Capture. Never raises for what the file or its folder is like.

    Its `etag` is a SHA-256 of file and sidecar; with the last one given, an unchanged file is `not_modified`. A
    sidecar `NAME.toml` beside the file may say what the file itself does not (SIDECAR_FIELDS); it comes along as
    headers, `sidecar-published` and so on.
    """
    captured_at, begun = datetime.now(UTC), time.monotonic()
    path = Path(os.path.abspath(path))  # noqa: PTH100 - links are judged below, not followed here
    headers: dict[str, str] = {}
    body = b""
    outcome: Outcome
    try:
        body, headers = _page(path, folders, max_bytes)
        unchanged = headers["etag"] == etag
        outcome, reason = ("not_modified", "file unchanged") if unchanged else ("page", "file read")
    except _StoppedError as error:
        outcome, reason = error.outcome, str(error)
    return Capture(
        url=path.as_uri(),
        outcome=outcome,
        reason=reason,
        captured_at=captured_at,
        final_url=path.as_uri(),
        headers=headers,
        body=body if outcome == "page" else b"",
        elapsed_ms=round((time.monotonic() - begun) * 1000),
        etag=headers.get("etag"),
    )


def sidecar(path: Path | str, *, folders: Sequence[Path]) -> Mapping[str, str]:
    """What the sidecar of a file says (SIDECAR_FIELDS), empty when there is none or it cannot be read."""
    try:
        return _sidecar(Path(os.path.abspath(path)), folders)[0]  # noqa: PTH100 - as in read()
    except _StoppedError:
        return {}


def _page(path: Path, folders: Sequence[Path], max_bytes: int) -> tuple[bytes, dict[str, str]]:
    content_type = CONTENT_TYPES.get(path.suffix.lower())
    if content_type is None:
        raise _StoppedError("refused", f"{path.name} has none of the endings that are read: {', '.join(CONTENT_TYPES)}")
    body = _contents(path, folders, max_bytes)
    fields, source = _sidecar(path, folders)
    headers = {"content-type": content_type, "etag": hashlib.sha256(body + b"\0" + source).hexdigest()}
    return body, headers | {f"sidecar-{name}": value for name, value in fields.items()}


def _contents(path: Path, folders: Sequence[Path], max_bytes: int) -> bytes:
    """The bytes of a regular file inside a folder. Opened step by step from the folder, following no link on the way:
    what was judged is what is read, even if somebody swaps a name for a link meanwhile."""
    folder, inside = _place(path, folders)
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        # A drive that is not mounted is no reason to call its articles gone.
        raise _StoppedError("failed", f"folder {folder} cannot be opened: {error.strerror}") from error
    try:
        for part in inside[:-1]:
            descriptor = _step(part, os.O_RDONLY | os.O_DIRECTORY, descriptor)
        # Not waiting, or a pipe without a writer would hold us for ever.
        descriptor = _step(inside[-1], os.O_RDONLY | os.O_NONBLOCK, descriptor)
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise _StoppedError("refused", f"{path.name} is not a regular file")
        with os.fdopen(os.dup(descriptor), "rb") as file:
            body = file.read(max_bytes + 1)
    except FileNotFoundError as error:
        raise _StoppedError("gone", f"{path.name} is not there") from error
    except OSError as error:
        raise _StoppedError("failed", f"{path.name} cannot be read: {error.strerror}") from error
    finally:
        os.close(descriptor)
    if len(body) > max_bytes:
        raise _StoppedError("failed", f"{path.name} is larger than {max_bytes} bytes")
    return body


def _step(part: str, flags: int, descriptor: int) -> int:
    """Open one name below an open folder, which is closed in exchange."""
    following = os.open(part, flags | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=descriptor)
    os.close(descriptor)
    return following


def _place(path: Path, folders: Sequence[Path]) -> tuple[Path, tuple[str, ...]]:
    """The folder that holds a path once all links are resolved, and the parts below it."""
    try:
        real = path.resolve()
    except (OSError, RuntimeError) as error:  # a circle of links
        raise _StoppedError("failed", f"{path.name} cannot be resolved: {error}") from error
    for folder in folders:
        root = folder.resolve()
        if real != root and real.is_relative_to(root):
            return root, real.relative_to(root).parts
    raise _StoppedError("refused", f"{path} is not inside a folder that the configuration names")


def _sidecar(path: Path, folders: Sequence[Path]) -> tuple[dict[str, str], bytes]:
    """The fields of `NAME.toml` and its bytes; both empty when there is no such file."""
    beside = path.with_suffix(".toml")
    try:
        source = _contents(beside, folders, _SIDECAR_MAX_BYTES)
    except _StoppedError as error:
        if error.outcome == "gone":
            return {}, b""
        raise
    try:
        table = tomllib.loads(source.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _StoppedError("failed", f"{beside.name} is not valid TOML: {error}") from error
    return {name: _line(beside, name, table[name]) for name in SIDECAR_FIELDS if table.get(name)}, source


def _line(beside: Path, name: str, value: object) -> str:
    if name == "published":
        text = value.isoformat() if isinstance(value, date) else str(value)
        try:
            datetime.fromisoformat(text)
        except ValueError as error:
            hint = "write a date (2023-06-30) or a date-time with offset"
            raise _StoppedError("failed", f"{beside.name}: published = {text!r} is not a date; {hint}") from error
        return text
    if not isinstance(value, str):
        raise _StoppedError("failed", f"{beside.name}: {name} = {value!r} is not a text; put it in quotes")
    return " ".join(value.split())
