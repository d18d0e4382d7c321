"""What stands in place of articles, in the words that such pages use, and articles that look a little like it."""

# ruff: noqa: E501 - pages are quoted, not wrapped

from __future__ import annotations

import json

import pytest

from monitor.extraction import markup, walls
from monitor.extraction.article import extract
from tests.data import real_data
from tests.unit.extraction.pages import PARAGRAPHS, article, page

URL = "https://news.example/world/mali"
PAID = '<meta property="og:type" content="article"><script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": false}</script>'
SUMMARIES = "".join(
    f"<div><h3>Story {n}</h3><p>The summary of story number {n} on this site, which is long enough to look like prose.</p></div>"
    for n in range(5)
)

WALLS: dict[str, bytes] = {
    "search engine's consent": page(
        "Before you continue",
        "<h1>Before you continue</h1><p>We use cookies and data to deliver and maintain our services, track outages and protect "
        "against spam, fraud, and abuse, and to measure audience engagement and site statistics.</p><p>If you choose “Accept "
        "all”, we will also use cookies to deliver ads.</p><button>Reject all</button><button>Accept all</button>",
        furniture=False,
    ),
    "German consent": page(
        "Unsere Markenfamilie",
        "<h1>Teil der Markenfamilie</h1><p>Wenn Sie unsere Websites und Apps nutzen, verwenden wir Cookies, um sie für Sie "
        "bereitzustellen, Nutzer zu authentifizieren und Spam zu verhindern.</p><p>Wenn Sie auf „Alle akzeptieren“ klicken, "
        "verwenden wir und unsere 238 Partner Cookies.</p><button>Alle akzeptieren</button><button>Alle ablehnen</button>",
        language="de",
        furniture=False,
    ),
    "pay or consent": page(
        "Nachrichten",
        "<h1>Weiter mit Werbung lesen</h1><p>Besuchen Sie uns wie gewohnt mit Werbung und Tracking. Ihre Zustimmung können Sie "
        "jederzeit widerrufen.</p><h2>oder PUR-Abo</h2><p>Nutzen Sie uns ganz ohne Werbetracking.</p>",
        language="de",
        furniture=False,
    ),
    "French consent": page(
        "Le Quotidien",
        "<h1>Pour soutenir notre travail</h1><p>Avec votre accord, nos 300 partenaires et nous utilisons des cookies ou "
        "technologies similaires pour stocker des informations personnelles comme votre visite sur ce site.</p>"
        "<button>Accepter et continuer</button><button>Continuer sans accepter</button>",
        language="fr",
        furniture=False,
    ),
    "paywall": page(
        "Troops leave",
        "<article><h1>Troops leave</h1><p>The last of the soldiers left the base on Sunday morning.</p></article>"
        "<div><p>Create your free account or log in to continue reading. Already a subscriber? Log in.</p></div>",
        head=PAID,
    ),
    "German paywall": page(
        "Truppen gehen",
        "<article><h1>Truppen gehen</h1><p>Die letzten Soldaten verließen das Lager am Sonntag.</p><p>Jetzt weiterlesen mit "
        "Plus. Bereits Abonnent?</p></article>",
        head=PAID,
        language="de",
    ),
    "closed to Europe": page(
        "451: Unavailable due to legal reasons",
        "<h1>451</h1><p>We recognize you are attempting to access this website from a country belonging to the European Economic "
        "Area and therefore access cannot be granted at this time.</p>",
        furniture=False,
    ),
    "blocked by a network": page(
        "ERROR: The request could not be satisfied",
        "<h1>403 ERROR</h1><p>Request blocked. We can't connect to the server for this app at this time.</p>",
        furniture=False,
    ),
    "robot?": page(
        "Daily Example - Are you a robot?",
        "<h2>We've detected unusual activity from your computer network</h2><p>To continue, please click the box below to let us "
        "know you're not a robot.</p><h3>Why did this happen?</h3><p>Please make sure your browser supports JavaScript and "
        "cookies and that you are not blocking them from loading. For more information review our Terms of Service.</p>",
        furniture=False,
    ),
    "interruption": page(
        "Pardon Our Interruption",
        "<h1>Pardon Our Interruption...</h1><p>As you were browsing something about your browser made us think you were a bot. "
        "There are a few reasons this might happen:</p><ul><li>You've disabled JavaScript in your web browser.</li><li>You're a "
        "power user moving through this website with super-human speed.</li></ul>",
        furniture=False,
    ),
    "press and hold": page(
        "Access to this page has been denied",
        "<h1>Press & Hold to confirm you are a human (and not a bot).</h1><p>Reference ID 1234</p>",
        furniture=False,
    ),
    "checking": page(
        "Just a moment...",
        "<h2>Checking if the site connection is secure</h2><p>news.example needs to review the security of your connection before "
        "proceeding.</p>",
        furniture=False,
    ),
    "login": page(
        "Log in to your account | The Daily Example",
        "<h1>Log in</h1><form><input type=email><input type=password><button>Log in</button></form>",
    ),
    "script": page(
        "Daily Example", "<noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div>"
    ),
    "silent script": page("Daily Example", "<div id=root></div><script src=/a.js></script>", furniture=False),
    "ad blocker": page(
        "Daily Example", "<h1>Hello</h1><p>Please disable your ad blocker to continue.</p>", furniture=False
    ),
    "sent on": page("", "", head='<meta http-equiv="refresh" content="0; url=/home">', furniture=False),
}

ERRORS: dict[str, bytes] = {
    "not found": page(
        "Daily Example - 404: Not Found",
        "<h1>404 - Page Not Found</h1><p>This might be because you typed the web address incorrectly. Please check the address "
        "and spelling.</p>",
    ),
    "not found, with news": page(
        "Oops! That page can’t be found. | Daily Example",
        f"<h1>Oops! That page can’t be found.</h1><p>It looks like nothing was found at this location.</p>{SUMMARIES}",
    ),
    "in German": page(
        "Seite nicht gefunden", "<h1>Fehler 404</h1><p>Die von Ihnen gewünschte Seite existiert leider nicht mehr.</p>"
    ),
    "maintenance": page(
        "Site Maintenance",
        "<h1>We’ll be back soon!</h1><p>Sorry, we’re performing some maintenance at the moment.</p>",
        furniture=False,
    ),
    "gateway": page("502 Bad Gateway", "<center><h1>502 Bad Gateway</h1></center><hr>nginx", furniture=False),
    "database": page("Error", "<h1>Error establishing a database connection</h1>", furniture=False),
    "for sale": page("news.example", "<h1>news.example is for sale</h1><p>Buy this domain today.</p>", furniture=False),
    "apology": page("Internal error", "<h1>Internal error</h1><p>Something went wrong. Please try again later.</p>"),
    "apology with an article's metadata": article(
        "Error", ["This page is temporarily unavailable. Please try again later."]
    ),
    "removed": page("Article removed", "<h1>This article has been removed</h1><p>It is no longer available.</p>"),
}

BANNER = "<div class=cookie-banner>We value your privacy. We and our partners use cookies. <button>Accept all</button><button>Reject all</button></div>"

ARTICLES: dict[str, bytes] = {
    "short": article(
        "Two killed in crash", ["Two people were killed when a bus left the road near Gao on Friday, police said."]
    ),
    "short, with a cookie banner": article("Two killed in crash", PARAGRAPHS[:1], after=BANNER),
    "with captcha and login": article(
        "Budget delayed", PARAGRAPHS[:1], after="<form><div class=g-recaptcha></div><input type=password></form>"
    ),
    "about captchas": article(
        "Why you must verify you are human",
        [
            "Every day millions complete a security check to continue, because of unusual traffic that few have seen.",
            "The captcha asks: are you a robot? “I am not a robot,” says Ms Touré, and waits for the page to load.",
            *PARAGRAPHS,
        ],
        head='<meta property="og:type" content="article">',
    ),
    "a number like a status": article("404 killed in floods", PARAGRAPHS[:1]),
    "titled like a wall": article("Access denied: how reporters were shut out of the north", PARAGRAPHS),
    "trouble in the news": article(
        "Trading halted after system error",
        [
            "Something went wrong on Monday when the exchange opened, and traders were told to try again later.",
            "An unexpected error occurred in the matching engine, the operator said, and 12 firms lost money.",
        ],
    ),
    "titled like an error": article("Not found: the manuscripts of Timbuktu", PARAGRAPHS),
    "paid, and there": article("Troops leave", PARAGRAPHS, head=PAID),
    "tables that a script made, sent complete": page(
        "Cases in the UK",
        "<noscript>You need to enable JavaScript to run this app.</noscript><h1>Cases in the UK</h1><table>"
        + "".join(f"<tr><td>Local authority number {n}</td><td>{n * 37}</td></tr>" for n in range(100))
        + "</table>",
    ),
    "bare": page("Statement", f"<h1>Statement</h1><p>{PARAGRAPHS[0]}</p>", furniture=False),
}


@pytest.mark.parametrize("name", WALLS)
def test_walls(name: str) -> None:
    document = extract(WALLS[name], url=URL, content_type="text/html")
    assert document.page == "wall", document
    assert document.reason


@pytest.mark.parametrize("name", ERRORS)
def test_error_pages(name: str) -> None:
    document = extract(ERRORS[name], url=URL, content_type="text/html")
    assert document.page in ("error", "gone"), document


@pytest.mark.parametrize("name", ARTICLES)
def test_articles(name: str) -> None:
    document = extract(ARTICLES[name], url=URL, content_type="text/html")
    assert document.page == "article", document.reason


def test_an_address_for_consent_or_login_tells() -> None:
    body = page("Daily Example", "<p>The council met on Friday and took a decision on the harbour road.</p>")
    assert extract(body, url="https://consent.news.example/collect", content_type="text/html").page == "wall"
    assert extract(body, url="https://news.example/login?to=/mali", content_type="text/html").page == "wall"
    assert extract(body, url="https://news.example/hello", content_type="text/html").page == "article"


def test_the_reason_names_the_sign() -> None:
    def reason(name: str) -> str:
        return extract({**WALLS, **ERRORS}[name], url=URL, content_type="text/html").reason

    assert reason("checking") == "a bot challenge: it is titled “Just a moment...”"
    assert reason("database") == "an error page: it says “Error establishing a database connection”"
    assert reason("login").startswith("a login page: it is titled")


def test_real_walls() -> None:
    """blockpages/: pages that public scrapers met. Their own labels say which few are no walls."""
    folder = real_data("blockpages")
    rows = [json.loads(row) for row in (folder / "index.jsonl").read_text().splitlines()]
    missed: list[str] = []
    wrong: list[str] = []
    walls = 0
    for row in rows:
        document = extract((folder / row["file"]).read_bytes(), url=URL, content_type="text/html")
        if "negative" in row["kind"]:
            if document.page != "article":
                wrong.append(f"{row['file']}: {document.reason}")
            continue
        walls += 1
        if document.page == "article":
            missed.append(f"{row['file']} ({row['kind']}): {document.reason}")
    print(f"{walls - len(missed)} of {walls} walls recognised; missed: {missed}")
    assert wrong == []
    assert len(missed) <= 0.1 * walls


def test_what_is_hidden_in_words_does_not_count_as_shown() -> None:
    hidden = "<p>" + "Don&shy;au&shy;dampf&shy;schiff&shy;fahrt&shy;en kamen. " * 20 + "</p>"
    tree = markup.tree(f"<html><body>{hidden * 20}</body></html>")
    assert tree is not None
    assert len(walls.visible_text(tree)) > 2501
    assert len(walls.visible_text(tree, 2501)) == 2501
