"""What may be tracked, and how an Article is found again."""

from __future__ import annotations

import pytest

from monitor.errors import InputError
from monitor.tracking import find_article
from storage import articles
from tests.flow.conftest import Watch


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("ftp://example.org/a", "http"),
        ("https://user:secret@example.org/", "password"),
        ("https://", "https://"),
        ("nowhere.txt", "no file 'nowhere.txt'"),
        ("www.example.org/news", "https://"),
        ("http://0x7f.1/", "0x7f.1"),
        (" ", "empty"),
    ],
)
def test_what_cannot_be_tracked_is_named_and_nothing_is_added(watch: Watch, target: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        watch.add("https://example.org/good", target)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    with watch.database.read() as session:
        assert articles.count(session) == 0


def test_only_files_inside_the_named_folders(watch: Watch) -> None:
    folder = watch.settings.files.folders[0]
    outside = folder.parent / "outside.txt"
    outside.write_text("17 killed")
    (folder / "link.txt").symlink_to(outside)
    for target in (outside, folder / "link.txt", folder / ".." / "outside.txt"):
        with pytest.raises(InputError, match=r"files\.folders|link"):
            watch.add(target.as_uri() if ".." not in str(target) else f"file://{target}")
    (folder / "film.mp4").write_bytes(b"\0")
    with pytest.raises(InputError, match="endings"):
        watch.add((folder / "film.mp4").as_uri())


def test_one_address_is_one_article(watch: Watch) -> None:
    ids = watch.add("https://example.org/a", "HTTPS://Example.ORG:443/a#comments", "https://example.org/b")
    assert ids[0] == ids[1] != ids[2]


def test_an_article_is_found_by_what_a_person_calls_it(watch: Watch) -> None:
    first, second = watch.add("https://example.org/storm-kills-17", "https://example.org/vote")
    with watch.database.write() as session:
        articles.save(session, second, headline="Council votes to end mission")
    with watch.database.read() as session:
        for name in (str(first), "https://example.org/storm-kills-17", "https://EXAMPLE.org/storm-kills-17", "storm"):
            assert find_article(session, name).id == first
        assert find_article(session, "council VOTES").id == second
        with pytest.raises(InputError, match="more than one"):
            find_article(session, "example.org")
        with pytest.raises(InputError, match="corrigenda list"):
            find_article(session, "100%_nothing")
