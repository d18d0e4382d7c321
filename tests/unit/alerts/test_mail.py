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
from alerts.channels.email.headers import LONGEST_SUBJECT, is_address, sender_header, subject_line
from alerts.channels.sending import Message
from tests.unit.alerts.examples import PUBLIC_URL, SEEN_AT, change, event, fact, headline, toll

HEADERS = {
    "From", "To", "Date", "Message-ID", "Auto-Submitted", "Subject", "In-Reply-To", "References", "MIME-Version",
    "Content-Type",
}  # fmt: skip


def mail(
    *changes: dict[str, Any], message_id: str = "msg_1", sender: str = "a@example.org", **fields: Any
) -> EmailMessage:
    """The mail as it arrives: written to bytes and read again."""
    happened = event(changes, **fields)
    alert = payload.alert(
        happened, happened.changes, alert_id="alrt_1", rule="tolls", baseline="last version",
        public_url=PUBLIC_URL, before_seen_at=SEEN_AT,
    )  # fmt: skip
    written = compose(Message(message_id, alert, "desk@example.org"), sender, datetime(2023, 6, 30, tzinfo=UTC))
    return message_from_bytes(written.as_bytes(), policy=policy.default)  # type: ignore[return-value, arg-type]


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
    assert (
        mail(toll(), headline("A", "B"))["Subject"] == "at least 170 → at least 303 peacekeepers killed - AP (+1 more)"
    )


def test_the_text_part_reads_without_the_other() -> None:
    assert text_of(mail(toll())) == (
        "at least 170 → at least 303 peacekeepers killed\n"
        "\n"
        "U.N. ends its mission in Mali\n"
        "AP · https://news.example.com/mali\n"
        "\n"
        "  Before: At least [170] peacekeepers have been killed in Mali since 2013, the U.N. said.\n"
        "  Now:    At least [303] peacekeepers have been killed in Mali since 2013, the U.N. said.\n"
        "  (changed, +78 %)\n"
        "\n"
        "Compared with the last version: version 1, last seen 2023-06-30 10:15:00 UTC;"
        " version 2, first seen 2023-06-30 10:15:00 UTC.\n"
        "Not acknowledged: no notice of a correction was found on the page.\n"
        "\n"
        "Compare: https://watch.example.org/articles/1/compare/1/2\n"
        "\n"
        "-- \n"
        'Corrigenda · rule "tolls" · msg_1\n'
    )


def test_the_html_part_marks_the_words_that_changed() -> None:
    html = html_of(mail(toll()))
    assert [node.text() for node in html.css("mark")] == ["170", "303"]
    assert {node.attributes["href"] for node in html.css("a")} == {
        "https://news.example.com/mali",
        "https://watch.example.org/articles/1/compare/1/2",
    }


def test_several_changes_are_told_one_by_one_and_the_rest_is_counted() -> None:
    many = mail(*[toll(str(number), str(number + 1)) for number in range(170, 370)])
    text = text_of(many)
    assert "1. at least 170 → at least 171 peacekeepers killed" in text
    told = text.count("  Before: ")
    assert 5 < told < 200
    assert f"... and {200 - told} more: https://watch.example.org/articles/1/compare/1/2" in text
    assert f"{200 - told} more" in html_of(many).body.text()  # type: ignore[union-attr]


def test_what_is_gone_what_is_new_and_what_is_no_sentence() -> None:
    gone = fact("Some 24 were killed.", "24", "24 were killed")
    text = text_of(mail(change("removed", gone), change("availability", summary="Gone (404)"), headline("Old", "New")))
    assert "  Before: Some [24] were killed.\n  Now:    not said any more\n" in text
    assert "  Gone (404)\n" in text
    assert "  Before: [Old]\n" in text or "  Before: Old\n" in text


def test_an_availability_names_no_second_version_and_judges_no_correction() -> None:
    gone = mail(change("availability", summary="Gone (404)"), after=None)
    assert gone["Subject"] == "Gone (404): U.N. ends its mission in Mali - AP"
    text = text_of(gone)
    assert "Seen 2023-06-30 10:15:00 UTC; the last version we have is number 1." in text
    assert "cknowledged" not in text


def test_an_acknowledged_change_says_so() -> None:
    assert "Acknowledged: the page carries a correction" in text_of(mail(toll(acknowledged=True)))


def test_threads_by_article_and_is_known_again_by_its_id() -> None:
    one, again, other = mail(toll()), mail(toll()), mail(toll(), message_id="msg_2")
    assert one["Message-ID"] == again["Message-ID"] == "<msg_1@example.org>" != other["Message-ID"]
    assert one["References"] == other["References"] == one["In-Reply-To"] == "<article-1@example.org>"
    assert mail(toll(), article_id=2)["References"] != one["References"]


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
    got = mail(headline(hostile, hostile), change("notice", after_text=hostile), headline=hostile, publisher=hostile)
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
    html = html_of(mail(*told, headline=markup, publisher=markup))
    assert [node.tag for node in html.css("*")] == [node.tag for node in quiet.css("*")]
    assert {node.attributes.get("href") for node in html.css("a")} == {
        node.attributes.get("href") for node in quiet.css("a")
    }
    assert markup in html.body.text()  # type: ignore[union-attr]


def test_only_web_addresses_become_links() -> None:
    for url in ("javascript:alert(1)", "file:///etc/passwd", "data:text/html,x"):
        html = html_of(mail(toll(), url=url))
        assert [node.attributes["href"] for node in html.css("a")] == [
            "https://watch.example.org/articles/1/compare/1/2"
        ]


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400), st.text(max_size=400))
def test_any_page_text_makes_a_mail_with_our_headers(one: str, other: str) -> None:
    got = mail(headline(one, other), headline=other, publisher=one)
    assert set(got.keys()) == HEADERS
    assert len(subject_line(one, other)) <= LONGEST_SUBJECT + 100


def test_the_test_message_says_that_it_is_one() -> None:
    said = payload.trial_message("desk <x>", "msg_1", SEEN_AT)
    written = compose(Message("msg_1", said, "desk@example.org"), "a@example.org", SEEN_AT)
    got: EmailMessage = message_from_bytes(written.as_bytes(), policy=policy.default)  # type: ignore[assignment, arg-type]
    assert got["Subject"] == "Test message: alerts will arrive here"
    assert "No article has changed." in text_of(got)
    assert "References" not in got


def test_addresses() -> None:
    for good in ("desk@example.org", "a.b+c@localhost", "o'neil@news.example.com"):
        assert is_address(good)
    for bad in (
        "", "desk", "a@b@c", "a b@example.org", "a@example.org, b@example.org", "A <a@example.org>",
        "a@example.org\r\nBcc: x@example.org", "a@exam ple.org", ".a@example.org", "a@-", "a@", "@b", "ä@example.org",
        ENCODED_WORD, "a@" + "b" * 64 + ".org", "a" * 65 + "@example.org", "a@example.org\n",
    ):  # fmt: skip
        assert not is_address(bad), bad


def test_senders() -> None:
    assert sender_header("a@example.org") == ("Corrigenda <a@example.org>", "a@example.org")
    assert sender_header("The desk <a@example.org>") == ("The desk <a@example.org>", "a@example.org")
    with pytest.raises(ValueError, match="'nobody' is not an e-mail address"):
        sender_header("nobody")
