"""The mail that tells an Alert: what a person reads, and what a hostile page cannot do to it."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from alerts import payload
from alerts.channels.email.compose import compose
from alerts.channels.email.headers import LONGEST_SUBJECT, address_of, sender_header, subject_line
from alerts.channels.sending import Message
from alerts.links import Links, Mute
from alerts.told import OtherSource, Period, ToldArticle, ToldStory
from tests.unit.alerts.examples import (
    PUBLIC_URL,
    SEEN_AT,
    change,
    fact,
    headline,
    payload_of,
    quantity,
    told_by,
    toll,
)

HEADERS = {
    "From", "To", "Date", "Message-ID", "Auto-Submitted", "Subject", "In-Reply-To", "References", "MIME-Version",
    "Content-Type", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post",
}  # fmt: skip

LINKS = Links(b"k" * 32, PUBLIC_URL)


def arrived(
    alert: dict[str, Any], *, message_id: str = "msg_1", sender: str = "a@example.org", links: Links | None = LINKS
) -> EmailMessage:
    """The mail as it arrives: written to bytes and read again."""
    written = compose(Message(message_id, alert, "desk@example.org"), sender, datetime(2023, 6, 30, tzinfo=UTC), links)
    return message_from_bytes(written.as_bytes(), policy=policy.default)  # type: ignore[return-value, arg-type]


def mail(
    *changes: dict[str, Any], message_id: str = "msg_1", links: Links | None = None, **fields: Any
) -> EmailMessage:
    """The mail that tells these changes of one version."""
    return arrived(payload_of(told_by(changes, **fields)), message_id=message_id, links=links)


def article(
    headline: str | None = "U.N. ends its mission in Mali", publisher: str = "AP", **fields: Any
) -> ToldArticle:
    known: dict[str, Any] = {"id": 1, "url": "https://news.example.com/mali"}
    return ToldArticle(headline=headline, publisher=publisher, **(known | fields))


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def html_of(mail: EmailMessage) -> LexborHTMLParser:
    part = mail.get_body(("html",))
    assert part is not None
    return LexborHTMLParser(part.get_content())


def test_the_subject_says_the_fact_and_whose() -> None:
    assert mail(toll())["Subject"] == "at least 170 → at least 303 peacekeepers killed - AP"
    several = mail(headline("A", "B"), toll(), headline("B", "C"))
    assert several["Subject"] == "at least 170 → at least 303 peacekeepers killed - AP and 2 more"


def test_the_text_part_reads_without_the_other() -> None:
    assert text_of(mail(toll())) == (
        "at least 170 → at least 303 peacekeepers killed\n"
        "\n"
        "AP · U.N. ends its mission in Mali\n"
        "https://news.example.com/mali\n"
        "\n"
        "Version 2, first seen 30 June 2023, 10:15 UTC; compared with the last\n"
        "version (1), last seen 30 June 2023, 10:15 UTC. Not acknowledged: no notice\n"
        "of a correction was found on the page.\n"
        "\n"
        "  Before: At least [170] peacekeepers have been killed in Mali since 2013,\n"
        "          the U.N. said.\n"
        "  Now:    At least [303] peacekeepers have been killed in Mali since 2013,\n"
        "          the U.N. said.\n"
        "\n"
        "  Changed, +78 %. Picked by: tolls.\n"
        "\n"
        "Compare: https://watch.example.org/articles/1/compare/1/2\n"
        "\n"
        "-- \n"
        'Corrigenda · channel "desk" · msg_1\n'
        "This message on the web: https://watch.example.org/alerts/alrt_1\n"
    )


def test_the_html_part_marks_the_words_that_changed() -> None:
    html = html_of(mail(toll()))
    assert [node.text() for node in html.css("mark")] == ["170", "303"]
    assert {node.attributes["href"] for node in html.css("a")} == {
        "https://news.example.com/mali",
        "https://watch.example.org/articles/1/compare/1/2",
        "https://watch.example.org/alerts/alrt_1",
    }


def test_links_mute_the_fact_the_article_and_the_rule() -> None:
    got = mail(toll(), line_id=5, links=LINKS)
    offered = {str(node.attributes["href"]) for node in html_of(got).css("a")}
    tokens = [address.rsplit("/", 1)[1] for address in offered if "/mute/" in address]
    assert {LINKS.read_mute(token) for token in tokens} == {
        Mute(1, "fact", 5, 1),
        Mute(1, "article", 1),
        Mute(1, "rule", 1),
    }
    assert all(address in text_of(got) for address in offered)
    (unsubscribe,) = [address for address in offered if "/unsubscribe/" in address]
    assert got["List-Unsubscribe"] == f"<{unsubscribe}>"
    assert got["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert got["List-Id"] == '"desk" <channel-1.corrigenda.example.org>'


def test_one_click_is_offered_only_where_it_can_work() -> None:
    for public_url in ("http://watch.example.org", "https://localhost:8000"):
        got = mail(toll(), links=Links(b"k" * 32, public_url))
        assert got["List-Unsubscribe"] is None
        assert "/unsubscribe/" in text_of(got)


def test_a_thousand_changes_are_all_told_and_most_in_one_line() -> None:
    many = mail(*[toll(str(number), str(number + 1)) for number in range(170, 1170)], links=LINKS)
    text, html = text_of(many), html_of(many)
    for number in range(170, 1170):
        title = f"at least {number} → at least {number + 1} peacekeepers killed"
        assert f"* {title}" in text or f"- {title}" in text
        assert title in html.body.text()  # type: ignore[union-attr]
    assert text.count("  Before: ") == 10
    assert len(many.as_bytes()) < 300_000
    assert len(html.html or "") < 100_000, "Gmail cuts what is longer"


def test_a_digest_says_what_stayed_silent() -> None:
    told = payload_of(told_by([toll()]), timing="daily", period=Period(SEEN_AT, SEEN_AT, 14, 1))
    for said in (text_of(arrived(told)), html_of(arrived(told)).body.text()):  # type: ignore[union-attr]
        line = " ".join(said.split())
        assert "Silent in this time: 14 changes that no rule of this channel picks, and 1 version with" in line
    assert arrived(told)["References"] is None


def test_other_sources_of_the_story_are_told_and_that_there_are_none() -> None:
    story = article(story=ToldStory(7, "Mali", 2))
    said = fact("Some 303 were killed.", "303", quantity=quantity(lower=303, upper=303))
    others = [OtherSource(2, "Reuters", None, "https://reuters.example/x", said, SEEN_AT)]
    text = text_of(mail(toll(), article=story, line_id=5, others=others))
    assert "STORY: Mali" in text
    assert "Others: Reuters says the same: Some [303] were killed." in text
    text = text_of(mail(toll(), article=story, line_id=5))
    assert "None of the 2 other sources of the story says anything on this now." in text


def test_what_is_gone_what_is_new_and_what_is_no_sentence() -> None:
    gone = fact("Some 24 were killed.", "24", "24 were killed")
    text = text_of(mail(change("removed", gone), change("availability", summary="Gone (404)"), headline("Old", "New")))
    assert "  Before: Some [24] were killed.\n  Now:    not said any more\n" in text
    assert "* Gone (404)\n" in text
    assert "  Before: [Old]\n" in text or "  Before: Old\n" in text


def test_an_availability_names_no_second_version_and_judges_no_correction() -> None:
    gone = mail(change("availability", summary="Gone (404)"), version=None)
    assert gone["Subject"] == "Gone (404): U.N. ends its mission in Mali - AP"
    text = text_of(gone)
    assert "Seen 30 June 2023, 10:15 UTC; the last version we have is number 1." in text
    assert "cknowledged" not in text


def test_an_acknowledged_change_says_so() -> None:
    text = " ".join(text_of(mail(toll(acknowledged=True))).split())
    assert " Acknowledged: the page carries a correction" in text


def test_threads_by_article_and_is_known_again_by_its_id() -> None:
    one, again, other = mail(toll()), mail(toll()), mail(toll(), message_id="msg_2")
    assert one["Message-ID"] == again["Message-ID"] == "<msg_1@example.org>" != other["Message-ID"]
    assert one["References"] == other["References"] == one["In-Reply-To"] == "<article-1@example.org>"
    assert mail(toll(), article=article(id=2))["References"] != one["References"]
    mali = ToldStory(7, "Mali", 2)
    both = told_by([toll()], article=article(story=mali)) + told_by([toll(id=9)], article=article(id=2, story=mali))
    assert arrived(payload_of(both))["References"] == "<story-7@example.org>"
    apart = told_by([toll()]) + told_by([toll(id=9)], article=article(id=2))
    assert arrived(payload_of(apart))["References"] is None


ENCODED_WORD = "=?utf-8?q?170_killed=0D=0ABcc:thief@example.org=0D=0A=0D=0Abody?="
ENCODED_WORD_B64 = "=?utf-8?b?eA0KQmNjOiB0aGllZkBleGFtcGxlLm9yZw0KDQpib2R5?="


@pytest.mark.parametrize(
    "hostile",
    [
        "170 killed\r\nBcc: thief@example.org",
        "170 killed\nBcc: thief@example.org\n\n<b>body</b>",
        "170 killed\x0bBcc: thief@example.org\u2028Bcc: thief@example.org\x85Bcc: x@example.org",
        ENCODED_WORD,
        ENCODED_WORD_B64,
        f"a {ENCODED_WORD} {ENCODED_WORD_B64}",
        "=?utf-8?q?=?= ?=",
        "=\u200b?utf-8?q?x=0D=0ABcc:thief@example.org?=",
        "x" * 5000,
        "\ud800 half a character",
        "--===============1==\r\nContent-Type: text/html\r\n\r\n<script>",
    ],
)
def test_a_hostile_page_writes_no_header_and_no_body(hostile: str) -> None:
    got = mail(
        headline(hostile, hostile), change("notice", after_text=hostile), article=article(hostile, hostile), links=LINKS
    )
    assert set(got.keys()) == HEADERS
    assert got["To"] == "desk@example.org"
    assert "\n" not in got["Subject"]
    assert "\r" not in got["Subject"]
    assert [part.get_content_type() for part in got.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert not html_of(got).css("script")
    lines = text_of(got).splitlines()
    assert not any(line.startswith(("Bcc", "body", "<b>")) for line in lines)


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        '"><a href="https://evil.example">click</a>',
        "</title><meta http-equiv=refresh content='0;url=https://evil.example'>",
        "{{ 7 * 7 }}{% raw %}",
    ],
)
def test_page_text_is_never_live_markup(markup: str) -> None:
    sentence = f"{markup} 24 were killed {markup}"
    told = [change("removed", fact(sentence, "24", "24 were killed", subject=markup)), headline(markup, markup)]
    quiet = html_of(mail(change("removed", fact("24 were killed", "24")), headline("a", "b")))
    html = html_of(mail(*told, article=article(markup, markup)))
    assert [node.tag for node in html.css("*")] == [node.tag for node in quiet.css("*")]
    assert {node.attributes.get("href") for node in html.css("a")} == {
        node.attributes.get("href") for node in quiet.css("a")
    }
    assert markup in html.body.text()  # type: ignore[union-attr]


def test_only_web_addresses_become_links() -> None:
    for url in ("javascript:alert(1)", "file:///etc/passwd", "data:text/html,x"):
        html = html_of(mail(toll(), article=article(url=url)))
        assert [node.attributes["href"] for node in html.css("a")] == [
            "https://watch.example.org/articles/1/compare/1/2",
            "https://watch.example.org/alerts/alrt_1",
        ]


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400), st.text(max_size=400))
def test_any_page_text_makes_a_mail_with_our_headers(one: str, other: str) -> None:
    got = mail(headline(one, other), article=article(other, one), rules=(one,), links=LINKS)
    assert set(got.keys()) == HEADERS
    assert len(subject_line(one)) <= LONGEST_SUBJECT + 90


def test_the_test_message_says_that_it_is_one() -> None:
    said = payload.trial_message("desk <x>", "msg_1", SEEN_AT)
    written = compose(Message("msg_1", said, "desk@example.org"), "a@example.org", SEEN_AT)
    got: EmailMessage = message_from_bytes(written.as_bytes(), policy=policy.default)  # type: ignore[assignment, arg-type]
    assert got["Subject"] == "Test message: alerts will arrive here"
    assert "No article has\nchanged." in text_of(got)
    assert "References" not in got


def test_addresses() -> None:
    for good in ("desk@example.org", "a.b+c@localhost", "o'neil@news.example.com"):
        assert address_of(good) == good
    assert address_of("desk@münchen.example") == "desk@xn--mnchen-3ya.example"
    assert address_of("redaktion-ü@例え.example") == "redaktion-ü@xn--r8jz45g.example"
    for bad in (
        "", "desk", "a@b@c", "a b@example.org", "a@example.org, b@example.org", "A <a@example.org>",
        "a@example.org\r\nBcc: x@example.org", "a@exam ple.org", ".a@example.org", "a@-", "a@", "@b",
        "a..b@example.org",
        ENCODED_WORD, "a@" + "b" * 64 + ".org", "a" * 65 + "@example.org", "a@example.org\n", "ü\u202ea@example.org",
        "ü\u2028a@example.org", "ü" * 33 + "@example.org", "ü a@example.org", "a@\u202emoc.org", "ü\u200b@example.org",
    ):  # fmt: skip
        assert address_of(bad) is None, bad


def test_an_address_of_other_letters_stands_in_the_header_as_it_is() -> None:
    told = Message("msg_1", payload_of(told_by([toll()])), "redaktion-ü@example.org")
    raw = compose(told, "a@example.org", SEEN_AT).as_bytes()
    assert "To: redaktion-ü@example.org\r\n".encode() in raw


def test_senders() -> None:
    assert sender_header("a@example.org") == ("Corrigenda <a@example.org>", "a@example.org")
    assert sender_header("The desk <a@example.org>") == ("The desk <a@example.org>", "a@example.org")
    with pytest.raises(ValueError, match="'nobody' is not an e-mail address"):
        sender_header("nobody")
