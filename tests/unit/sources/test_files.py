from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from monitor.sources.files import read, sidecar

TEXT = "At least 170 peacekeepers have been killed.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "mali.txt").write_text(TEXT)
    return folder


def test_a_file(folder: Path) -> None:
    capture = read(folder / "mali.txt", folders=[folder])
    assert (capture.outcome, capture.body, capture.content_type) == ("page", TEXT.encode(), "text/plain")
    assert capture.url == capture.final_url == (folder / "mali.txt").as_uri()
    assert capture.etag


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("a.TXT", "text/plain"), ("a.md", "text/markdown"), ("a.html", "text/html"), ("a.HTM", "text/html")],
)
def test_kinds_of_files(folder: Path, name: str, media_type: str) -> None:
    (folder / name).write_text("x")
    assert read(folder / name, folders=[folder]).content_type == media_type


def test_unchanged_by_its_hash(folder: Path) -> None:
    path = folder / "mali.txt"
    first = read(path, folders=[folder])
    assert read(path, folders=[folder], etag=first.etag).outcome == "not_modified"
    os.utime(path, (0, 0))  # the clock of the file system is not asked
    assert read(path, folders=[folder], etag=first.etag).outcome == "not_modified"
    path.write_text(TEXT.replace("170", "303"))
    assert read(path, folders=[folder], etag=first.etag).outcome == "page"
    path.write_text(TEXT)
    assert read(path, folders=[folder], etag=first.etag).outcome == "not_modified"
    (folder / "mali.toml").write_text("published = 2023-06-30")
    assert read(path, folders=[folder], etag=first.etag).outcome == "page"


def test_a_missing_file_is_gone_but_a_missing_folder_is_a_failure(folder: Path) -> None:
    assert read(folder / "no.txt", folders=[folder]).outcome == "gone"
    assert read(folder / "sub" / "no.txt", folders=[folder]).outcome == "gone"
    away = folder / "unmounted"
    capture = read(away / "a.txt", folders=[away])
    assert capture.outcome == "failed"
    assert "unmounted cannot be opened" in capture.reason


def test_only_inside_of_the_folders(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    (tmp_path / "articles-too").mkdir()
    (tmp_path / "articles-too" / "a.txt").write_text("secret")
    (folder / "out.txt").symlink_to(secret)
    (folder / "up").symlink_to(tmp_path)
    for path in (
        secret,
        folder / ".." / "secret.txt",
        folder / "out.txt",
        folder / "up" / "secret.txt",
        tmp_path / "articles-too" / "a.txt",
        Path("/etc/passwd.txt"),
    ):
        capture = read(path, folders=[folder])
        assert (capture.outcome, capture.body) == ("refused", b""), path
    assert read(folder / "mali.txt", folders=[]).outcome == "refused"


def test_links_that_stay_inside(folder: Path) -> None:
    (folder / "latest.txt").symlink_to(folder / "mali.txt")
    assert read(folder / "latest.txt", folders=[folder]).body == TEXT.encode()
    (folder / "circle.txt").symlink_to(folder / "circle.txt")
    assert read(folder / "circle.txt", folders=[folder]).outcome in ("failed", "refused", "gone")


def test_what_is_not_a_regular_file(folder: Path) -> None:
    (folder / "folder.txt").mkdir()
    assert read(folder / "folder.txt", folders=[folder]).outcome == "refused"
    os.mkfifo(folder / "pipe.txt")
    begun = time.monotonic()
    assert read(folder / "pipe.txt", folders=[folder]).outcome == "refused"
    assert time.monotonic() - begun < 1
    assert read("/dev/zero", folders=[Path("/dev")]).outcome == "refused"


def test_other_endings_are_refused(folder: Path) -> None:
    (folder / "id_rsa").write_text("key")
    capture = read(folder / "id_rsa", folders=[folder])
    assert capture.outcome == "refused"
    assert ".txt" in capture.reason


def test_too_large(folder: Path) -> None:
    assert read(folder / "mali.txt", folders=[folder], max_bytes=len(TEXT)).outcome == "page"
    capture = read(folder / "mali.txt", folders=[folder], max_bytes=len(TEXT) - 1)
    assert (capture.outcome, capture.body) == ("failed", b"")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_unreadable(folder: Path) -> None:
    (folder / "mali.txt").chmod(0)
    capture = read(folder / "mali.txt", folders=[folder])
    assert capture.outcome == "failed"
    assert "Permission denied" in capture.reason


def test_a_sidecar_says_what_the_file_does_not(folder: Path) -> None:
    (folder / "mali.toml").write_text(
        'publisher = "AP"\naddress = "https://example.org/mali"\npublished = 2023-06-30\nother = 1\n'
    )
    headers = read(folder / "mali.txt", folders=[folder]).headers
    assert headers["sidecar-publisher"] == "AP"
    assert headers["sidecar-address"] == "https://example.org/mali"
    assert headers["sidecar-published"] == "2023-06-30"
    assert "sidecar-other" not in headers
    assert sidecar(folder / "mali.txt", folders=[folder])["publisher"] == "AP"
    assert sidecar(folder / "none.txt", folders=[folder]) == {}


@pytest.mark.parametrize(
    ("written", "read_as"),
    [("2023-06-30T08:37:00-04:00", "2023-06-30T08:37:00-04:00"), ('"2023-06-30"', "2023-06-30")],
)
def test_publication_dates(folder: Path, written: str, read_as: str) -> None:
    (folder / "mali.toml").write_text(f"published = {written}")
    assert read(folder / "mali.txt", folders=[folder]).headers["sidecar-published"] == read_as


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ('published = "last week"', "published = 'last week' is not a date"),
        ("published = 2023", "is not a date"),
        ('headline = ["a"]', "headline"),
        ("publisher = AP", "not valid TOML"),
        ("\x00", "not valid TOML"),
    ],
)
def test_a_sidecar_that_is_wrong_is_said_to_be(folder: Path, content: str, why: str) -> None:
    (folder / "mali.toml").write_text(content)
    capture = read(folder / "mali.txt", folders=[folder])
    assert capture.outcome == "failed"
    assert "mali.toml" in capture.reason
    assert why in capture.reason
