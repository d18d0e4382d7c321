"""`facts`, `compare` and `extract` on files: code points as given, dates from sidecars, errors of one line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine
from tests.local_site import LocalSite, Page, article_page

PAGE = article_page(
    "Peacekeepers leave Mali",
    "At least 170 peacekeepers have been killed in Mali since 2013, the United Nations said on Friday.",
    "The mission has 13,000 soldiers, and it is the deadliest of all the missions of the United Nations.",
).body.decode()


def test_facts_of_a_file_are_shown_explained_and_printed_as_json(corrigenda: CommandLine) -> None:
    (corrigenda.folder / "a.txt").write_text("At least 170 peacekeepers were killed.", encoding="utf-8")
    assert "at least 170" in corrigenda("facts", "a.txt").out
    explained = corrigenda("facts", "a.txt", "--explain").out
    assert "casualties:killed:peacekeeper" in explained
    assert "code points 9 to 12" in explained
    answer = corrigenda("facts", "a.txt", "--json").json
    assert answer["id"] == "a.txt"
    assert answer["facts"][0]["quantity"]["hedge"] == "at_least"
    (corrigenda.folder / "a.txt").write_text("Nothing to see here.", encoding="utf-8")
    assert corrigenda("facts", "a.txt", "--json").json == {"id": "a.txt", "facts": []}
    assert "no facts" in corrigenda("facts", "a.txt").out


@pytest.mark.parametrize(
    ("start", "encoding"),
    [(b"", "utf-8"), (b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16le"), (b"\xfe\xff", "utf-16be")],
)
def test_offsets_are_code_points_of_the_text_as_given(corrigenda: CommandLine, start: bytes, encoding: str) -> None:
    text = "\r\n\u00a0😀 \u200b«e\u0301»\t\r\n\n  303 peacekeepers died.\r\n"
    (corrigenda.folder / "a.txt").write_bytes(start + text.encode(encoding))
    [fact] = corrigenda("facts", "a.txt", "--json").json["facts"]
    assert text[fact["start"] : fact["end"]] == fact["quote"] == "303"


def test_the_publication_date_comes_from_the_option_the_sidecar_or_the_page(corrigenda: CommandLine) -> None:
    def friday(name: str, *options: str) -> str:
        [fact] = [f for f in corrigenda("facts", name, "--json", *options).json["facts"] if f["quote"] == "Friday"]
        return str(fact["time"]["value"])

    (corrigenda.folder / "a.txt").write_text("The council voted on Friday.", encoding="utf-8")
    (corrigenda.folder / "page.html").write_text(PAGE, encoding="utf-8")
    assert friday("a.txt") == "XXXX-WXX-5"
    (corrigenda.folder / "a.toml").write_text("published = 2023-06-30\n", encoding="utf-8")
    assert friday("a.txt") == "2023-06-30"
    assert friday("a.txt", "--published", "2023-07-12T08:00:00+02:00") == "2023-07-07"
    assert friday("page.html") == "2023-06-30"


def test_two_files_are_compared(corrigenda: CommandLine) -> None:
    (corrigenda.folder / "old.html").write_text(PAGE, encoding="utf-8")
    (corrigenda.folder / "new.html").write_text(PAGE.replace("At least 170", "At least 303"), encoding="utf-8")
    shown = corrigenda("compare", "old.html", "new.html").out
    assert "- At least 170 peacekeepers" in shown
    assert "+ At least 303 peacekeepers" in shown
    answer = corrigenda("compare", "old.html", "new.html", "--json").json
    assert answer["id"] == "old.html new.html"
    assert [change["type"] for change in answer["changes"]] == ["value"]
    assert corrigenda("compare", "old.html", "old.html", "--json").json["changes"] == []
    assert "no fact changed" in corrigenda("compare", "old.html", "old.html").out


def test_each_side_is_read_with_its_own_date(corrigenda: CommandLine) -> None:
    (corrigenda.folder / "old.txt").write_text("The council voted on June 30, 2023.", encoding="utf-8")
    (corrigenda.folder / "new.txt").write_text("The council voted on Friday.", encoding="utf-8")

    def types(*options: str) -> set[str]:
        return {c["type"] for c in corrigenda("compare", "old.txt", "new.txt", "--json", *options).json["changes"]}

    assert "time" in types("--published", "2023-06-10")
    assert types("--published", "2023-06-10", "--published-after", "2023-07-01") <= {"published"}
    (corrigenda.folder / "new.toml").write_text('published = "2023-07-01"\n', encoding="utf-8")
    assert "time" not in types()


def test_a_page_is_read_in_the_language_that_it_names(corrigenda: CommandLine) -> None:
    (corrigenda.folder / "page.html").write_text(PAGE.replace('lang="en"', 'lang="zz"'), encoding="utf-8")

    def predicates(*options: str) -> set[str]:
        return {fact["predicate"] for fact in corrigenda("facts", "page.html", "--json", *options).json["facts"]}

    assert "killed" not in predicates()
    assert "killed" in predicates("--lang", "en")


def test_standard_input_is_a_file_too(corrigenda: CommandLine) -> None:
    answered = corrigenda.script("facts", "-", "--json", stdin="303 peacekeepers died – £5.".encode())
    assert [fact["quote"] for fact in answered.json["facts"]] == ["303", "£5"]
    (corrigenda.folder / "old.txt").write_text("Four people died.", encoding="utf-8")
    answered = corrigenda.script("compare", "old.txt", "-", "--json", stdin=b"Six people died.")
    assert [change["type"] for change in answered.json["changes"]] == ["value"]
    assert "standard input" in corrigenda("compare", "-", "-", code=2).error


def test_what_cannot_be_read_is_one_line(corrigenda: CommandLine) -> None:
    (corrigenda.folder / "latin.txt").write_bytes("café, 10 dead".encode("latin-1"))
    (corrigenda.folder / "fine.txt").write_text("10 dead", encoding="utf-8")
    (corrigenda.folder / "broken.txt").write_text("10 dead", encoding="utf-8")
    (corrigenda.folder / "broken.toml").write_text('published = "soon"', encoding="utf-8")
    assert "No such file" in corrigenda("facts", "none.txt", code=2).error
    assert "Is a directory" in corrigenda("facts", ".", code=2).error
    assert "unknown encoding" in corrigenda("facts", "latin.txt", code=2).error
    assert "unknown encoding" in corrigenda("compare", "fine.txt", "latin.txt", code=2).error
    assert "none.txt" in corrigenda("extract", "none.txt", code=2).error
    assert "'soon'" in corrigenda("facts", "fine.txt", "--published", "soon", code=2).error
    assert "2023-06-30" in corrigenda("facts", "fine.txt", "--published", "2023-06-30T12:00", code=2).error
    for arguments in ([], ["--json"]):
        assert "FILE" in corrigenda("facts", *arguments, code=2).error
    assert "OLD and NEW" in corrigenda("compare", "fine.txt", code=2).error
    for command in ("facts", "compare", "extract"):
        assert "standard input" in corrigenda(command, "fine.txt", "--jsonl", code=2).error


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_one_may_not_read_is_one_line(corrigenda: CommandLine) -> None:
    secret = corrigenda.folder / "secret.txt"
    secret.write_text("10 dead", encoding="utf-8")
    secret.chmod(0)
    assert "Permission denied" in corrigenda("facts", "secret.txt", code=2).error


def test_the_article_in_a_file_is_extracted(corrigenda: CommandLine) -> None:
    (corrigenda.folder / "page.html").write_text(PAGE, encoding="utf-8")
    found = corrigenda("extract", "page.html", "--json").json
    assert (found["id"], found["page"], found["headline"]) == ("page.html", "article", "Peacekeepers leave Mali")
    assert found["published"] == {"value": "2023-06-30T08:00:00+00:00", "source": "json-ld"}
    assert "13,000 soldiers" in found["text"]
    assert "Most read" not in found["text"]
    shown = corrigenda("extract", "page.html").out
    assert "2023-06-30T08:00:00+00:00 (from json-ld)" in shown
    (corrigenda.folder / "a.md").write_text("# Mali\n\nFour people died.\n", encoding="utf-8")
    (corrigenda.folder / "a.toml").write_text('published = "2023-06-30"\nbyline = "Ann"\n', encoding="utf-8")
    found = corrigenda("extract", "a.md", "--json").json
    assert (found["headline"], found["byline"], found["published"]["source"]) == ("Mali", "Ann", "sidecar")


def test_an_address_is_fetched_and_extracted_but_not_stored(watching: CommandLine, site: LocalSite) -> None:
    site.pages["/mali"] = Page(PAGE.encode(), headers={"Content-Type": "text/html; charset=utf-8"})
    assert watching("extract", f"{site.url}/mali", "--json").json["headline"] == "Peacekeepers leave Mali"
    gone = watching("extract", f"{site.url}/none", "--json").json
    assert (gone["page"], gone["text"], gone["published"]) == ("gone", "", None)
    assert "404" in gone["reason"]
    assert not Path("corrigenda.db").exists()


def test_fetch_prints_one_line_for_each_address(watching: CommandLine, site: LocalSite) -> None:
    site.pages["/mali"] = Page(b"<p>Hello</p>", headers={"Content-Type": "text/html"})
    site.pages["/old"] = Page(status=301, headers={"Location": "/mali"})
    urls = [f"{site.url}/mali", f"{site.url}/old", f"{site.url}/none", "http://10.0.0.1/", "nonsense", "http://\x1b[2J"]
    answers = watching("fetch", "--json", *urls).lines
    assert [answer["url"] for answer in answers] == urls
    assert [answer["outcome"] for answer in answers] == ["page", "page", "gone", "refused", "refused", "refused"]
    assert answers[0] == {
        "url": urls[0], "outcome": "page", "status": 200, "final_url": urls[0], "redirects": [], "bytes": 12,
        "reason": answers[0]["reason"],
    }  # fmt: skip
    assert answers[1]["final_url"] == urls[0]
    assert len(answers[1]["redirects"]) == 1
    assert answers[3]["status"] is None
    shown = watching("fetch", *urls).out
    assert len(shown.splitlines()) == len(urls)
    assert "\x1b" not in shown
    assert not Path("corrigenda.db").exists()


def test_fetch_asks_robots_txt_first_unless_told_not_to(
    watching: CommandLine, site: LocalSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.pages["/a"] = Page(b"<p>Hello</p>", headers={"Content-Type": "text/html"})
    watching("fetch", f"{site.url}/a")
    monkeypatch.setenv("CORRIGENDA_FETCH__ROBOTS", "false")
    watching("fetch", f"{site.url}/a")
    assert [asked.path for asked in site.asked] == ["/robots.txt", "/a", "/a"]
