"""A site that asks for a browser, through a whole check."""

from __future__ import annotations

import os

import pytest

from monitor.config import Browser
from monitor.config_site import SiteSettings
from monitor.extraction.worker import Extractor
from monitor.sources import browser
from monitor.tasks import Visits
from tests.flow.conftest import Watch
from tests.local_site import Page

MISSING = browser.why_not("", sandbox=False)
SHELL = """<html lang="en"><head><title>Troops leave</title></head><body><div id="root"></div><script>
fetch("/a.json").then(answer => answer.json()).then(told => {
  document.getElementById("root").innerHTML = "<article><h1>Troops leave the base</h1>" +
    told.map(text => `<p>${text}</p>`).join("") + "</article>"; });
</script><noscript>You need to enable JavaScript to run this app.</noscript></body></html>"""
TEXT = """["The last soldiers left the base in the north on Sunday morning, two weeks earlier than had been planned.",
"At least %d peacekeepers have been killed in the country since 2013, according to the United Nations.",
"The government had asked for the mission to leave without delay, and the council agreed to its wish."]"""


@pytest.mark.skipif(MISSING is not None, reason=f"{MISSING}")
def test_a_page_that_only_scripts_show_is_watched(watch: Watch, extractor: Extractor) -> None:
    watch.site.pages["/a"] = Page(SHELL.encode(), headers={"Content-Type": "text/html"})
    watch.site.pages["/a.json"] = Page((TEXT % 170).encode(), headers={"Content-Type": "application/json"})
    [article_id] = watch.add("/a")
    [without] = watch.check(article_id)
    assert without.state == "walled"
    assert "JavaScript" in without.reason

    settings = watch.settings.model_copy(
        update={
            "sites": {watch.site.host: SiteSettings(browser=True)},
            "browser": Browser(sandbox=os.geteuid() != 0),
            "fetch": watch.settings.fetch.model_copy(update={"deadline": 30.0}),
        }
    )
    with Visits(watch.database, settings, extractor=extractor) as visits:
        watch.visits = visits
        [first] = watch.check(article_id)
        assert (first.state, first.version_number) == ("ok", 1), first.reason
        watch.site.pages["/a.json"] = Page((TEXT % 303).encode(), headers={"Content-Type": "application/json"})
        [second] = watch.check(article_id)
    assert [(change["type"], change["before"]["quote"], change["after"]["quote"]) for change in second.changes] == [
        ("value", "170", "303")
    ]
