"""Tracking, checking, and reading what was found: the commands that a fact-checker uses every day."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from contextlib import suppress

from tests.cli.conftest import SCRIPT, CommandLine
from tests.local_site import LocalSite, Page, article_page

BEFORE = (
    "Peacekeepers leave Mali",
    "At least 170 peacekeepers have been killed in Mali since 2013, the United Nations said.",
    "The mission has 13,000 soldiers, and it is the deadliest of all the missions of the United Nations.",
)
AFTER = (*BEFORE[:1], BEFORE[1].replace("At least 170", "At least 303"), *BEFORE[2:])


def test_an_article_is_tracked_checked_and_its_change_is_shown(watching: CommandLine, site: LocalSite) -> None:
    site.pages["/mali"] = article_page(*BEFORE)
    [added] = watching("add", f"{site.url}/mali", "--publisher", "The Local", "--every", "15m", "--json").json
    assert added == {"id": 1, "url": f"{site.url}/mali", "new": True}
    assert "tracked already" in watching("add", f"{site.url}/mali").out

    [first] = watching("check", "1", "--json").json
    assert (first["state"], first["version_number"], first["changes"]) == ("ok", 1, [])
    site.pages["/mali"] = article_page(*AFTER)
    shown = watching("check", "--all").out
    assert "version 2" in shown
    assert "- At least 170 peacekeepers" in shown
    assert "+ At least 303 peacekeepers" in shown
    assert "unchanged" in watching("check", "mali").out

    [listed] = watching("list", "--json").json
    assert (listed["state"], listed["version_number"], listed["publisher"]) == ("ok", 2, "The Local")
    assert (listed["interval_seconds"], listed["checks"], listed["headline"]) == (900, 3, BEFORE[0])
    assert BEFORE[0] in watching("list", "--state", "ok").out
    assert watching("list", "--state", "gone", "--json").json == []

    history = watching("history", f"{site.url}/mali", "--json").json
    assert [version["number"] for version in history["versions"]] == [1, 2]
    assert history["versions"][0]["capture"]["outcome"] == "page"
    [change] = history["changes"]
    assert (change["version_number"], change["type"]) == (2, "value")
    assert (change["before"]["quote"], change["after"]["quote"]) == ("170", "303")
    assert history["captures"] == []
    readable = watching("history", "1").out
    assert "version 1" in readable
    assert "At least 303" in readable


def test_diff_names_its_baseline_and_marks_the_words(watching: CommandLine, site: LocalSite) -> None:
    site.pages["/mali"] = article_page(*BEFORE)
    watching("add", f"{site.url}/mali")
    watching("check", "1")
    assert "one version" in watching("diff", "1", code=2).error
    site.pages["/mali"] = article_page(*AFTER)
    watching("check", "1")

    shown = watching("diff", "1").out
    assert "from version 1" in shown
    assert "to version 2" in shown
    assert "[-170-]{+303+}" in shown
    assert shown.index("At least 303 peacekeepers") < shown.index("[-170-]")
    assert "paragraph" in shown  # the unchanged ones are left out
    assert BEFORE[2] not in shown

    compared = watching("diff", "1", "2", "1", "--json").json
    assert (compared["before"]["number"], compared["after"]["number"]) == (2, 1)
    assert compared["changes"][0]["before"]["quote"] == "303"
    spans = [span for block in compared["words"] for span in block["spans"]]
    assert {"kind": "inserted", "text": "170"} in spans
    assert "no fact changed" in watching("diff", "1", "1", "1").out
    assert "no version 7" in watching("diff", "1", "7", code=2).error


def test_trouble_is_shown_with_its_reason_and_ends_with_1(watching: CommandLine, site: LocalSite) -> None:
    site.pages["/broken"] = Page(b"down for repair", 503)
    watching("add", f"{site.url}/none", f"{site.url}/broken")  # in this order: a 503 speaks for the whole site
    checked = watching("check", "--all", "--json", code=1).json
    assert {each["state"] for each in checked} == {"failed", "gone"}
    assert "503" in watching("list").out
    [capture] = watching("history", "broken", "--json").json["captures"]
    assert (capture["outcome"], capture["status"]) == ("failed", 503)
    assert "503" in watching("history", "broken").out


def test_a_file_of_a_configured_folder_is_tracked_like_a_page(corrigenda: CommandLine) -> None:
    texts = corrigenda.folder / "texts"
    texts.mkdir()
    (texts / "a.txt").write_text(
        "Attack in Mali\n\nFour people were killed in an attack on Monday.\n", encoding="utf-8"
    )
    assert "files.folders" in corrigenda("add", "texts/a.txt", code=2).error
    corrigenda.configure("[files]", 'folders = ["texts"]')
    corrigenda("add", "texts/a.txt")
    corrigenda("check", "texts/a.txt")
    (texts / "a.txt").write_text("Attack in Mali\n\nSix people were killed in an attack on Monday.\n", encoding="utf-8")
    [checked] = corrigenda("check", "--all", "--json").json
    assert [(change["before"]["quote"], change["after"]["quote"]) for change in checked["changes"]] == [("Four", "Six")]


def test_all_or_none_are_added(corrigenda: CommandLine) -> None:
    error = corrigenda("add", "https://example.org/a", "https://user@example.org/b", code=2).error
    assert "https://user@example.org/b" in error
    assert corrigenda("list", "--json").json == []
    assert "corrigenda add" in corrigenda("list").out


def test_what_is_not_named_clearly_is_refused(watching: CommandLine, site: LocalSite) -> None:
    site.pages["/a1"] = site.pages["/a2"] = article_page(*BEFORE)
    watching("add", f"{site.url}/a1", f"{site.url}/a2")
    assert "more than one" in watching("history", "/a", code=2).error
    assert "'nothing'" in watching("history", "nothing", code=2).error
    assert "--all" in watching("check", code=2).error
    assert "not both" in watching("check", "1", "--all", code=2).error
    for every in ("soon", "0", "-5m", "9999d"):
        assert repr(every) in watching("add", "https://example.org/x", f"--every={every}", code=2).error
    assert "2023-02-30" in watching("add", "https://example.org/x", "--published", "2023-02-30", code=2).error


def test_text_of_a_page_neither_commands_the_terminal_nor_is_markup(watching: CommandLine, site: LocalSite) -> None:
    headline = "[red]Mali[/red] &#x9b;31m\x9b2J :smile: \u202eilaM"
    site.pages["/evil"] = article_page(headline, *BEFORE[1:])
    watching("add", f"{site.url}/evil")
    for shown in (watching("check", "1").out, watching("list").out, watching("history", "1").out):
        assert "[red]Mali[/red]" in shown
        assert ":smile:" in shown
        assert not set(shown) & set("\x1b\x9b\u202e")
    assert watching("history", "1", "--json").out.isascii()


def test_check_shows_a_progress_bar_only_on_a_terminal(watching: CommandLine, site: LocalSite) -> None:
    site.pages["/mali"] = article_page(*BEFORE)
    watching("add", f"{site.url}/mali")
    assert watching.script("check", "--all").err == ""

    terminal, end = pty.openpty()
    with os.fdopen(terminal, "rb", buffering=0) as screen:
        process = subprocess.Popen(
            [SCRIPT, "check", "--all", "--json"], cwd=watching.folder, stdout=subprocess.PIPE, stderr=end
        )
        os.close(end)
        shown = b""
        with suppress(OSError):  # how a terminal tells that nobody is at its other end
            while piece := screen.read(4096):
                shown += piece
        out, _ = process.communicate(timeout=60)
    assert b"1/1" in shown
    assert json.loads(out)[0]["state"] == "ok"
