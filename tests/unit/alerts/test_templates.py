"""The operator's own wording: what it may do, what stops it, and that an alert is told in any case."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from alerts import preview, template_process, templates
from alerts.channels import registry
from alerts.errors import ChannelError, TemplateError
from alerts.rulebook import add_rule
from storage import rules
from tests.unit.alerts.examples import PUBLIC_URL, database_with_article, headline, kept, payload_of, told_by, toll

EXAMPLE = payload_of(told_by([toll()]))
MARKUP = payload_of(told_by([headline("<b>old</b>", "<script>new</script>")]))


def worded(text: str, part: str = "text", kind: str = "email") -> templates.Worded:
    return templates.word(kind, {part: text}, EXAMPLE)


def test_it_sees_the_payload_and_our_filters() -> None:
    text = "{{ title }} {{ changes[0].after|marked }} {{ changes[0].ratio|percent }} {{ changes[0].seen_at|moment }}"
    assert worded(text).parts["text"] == (
        "at least 170 → at least 303 peacekeepers killed "
        "At least [303] peacekeepers have been killed in Mali since 2013, the U.N. said. +78 % 30 June 2023, 10:15 UTC"
    )


def test_html_is_escaped_and_text_is_not() -> None:
    own = {"html": "<p>{{ changes[0].after.sentence }}</p>", "text": "{{ changes[0].after.sentence }}"}
    parts = templates.word("email", own, MARKUP).parts
    assert parts["html"] == "<p>&lt;script&gt;new&lt;/script&gt;</p>"
    assert parts["text"] == "<script>new</script>"


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "not allowed"),
        ("{{ self.__init__.__globals__ }}", "not allowed"),
        ("{{ changes.append(1) }}", "not allowed"),
        ("{% for i in range(300) %}{{ 'x' * 1000 }}{% endfor %}", "more than 200,000 characters"),
        ("{% include '/etc/passwd' %}", "no loader"),
        ("{{ nothing.at.all }}", "'nothing' is undefined"),
        ("{% if %}", "line 1"),
        ("{{ 1 / 0 }}", "ZeroDivisionError"),
        ("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "RecursionError"),
        ("{% for a in [1] %}" * 30 + "x" + "{% endfor %}" * 30, "nested too deeply"),
        ("  \n ", "nothing came of it"),
    ],
)
def test_what_it_may_not_do(source: str, says: str) -> None:
    said = template_process.main({"templates": {"text": source}, "payload": EXAMPLE, "style": ""})
    assert said["parts"] == {}
    assert says in said["failed"]["text"]


@pytest.mark.parametrize("letter", ["\u4e00", "\U0001f600"])
def test_a_long_mail_in_any_script_fits(letter: str) -> None:
    assert len(worded(f"{{{{ '{letter}' * 900_000 }}}}", "html").parts["html"]) == 900_000


def test_half_a_character_is_none() -> None:
    assert worded(r"{{ 'a \ud800 b' }}").parts["text"] == "a ? b"


def test_one_that_takes_too_much_memory_is_ended() -> None:
    result = worded("{{ 'x' * 10**9 }}")
    assert "MiB of memory" in result.failed["text"]
    assert "own template failed" in result.note


def test_one_that_does_not_end_is_ended() -> None:
    started = time.monotonic()
    result = worded("{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}")
    assert result.parts == {}
    assert result.failed["text"] in ("it takes too much processor time", "no answer within 15 s")
    assert time.monotonic() - started < 18


def test_one_that_fails_does_not_take_the_others_with_it() -> None:
    result = templates.word("email", {"subject": "S {{ total }}", "text": "{{ nothing }}"}, EXAMPLE)
    assert dict(result.parts) == {"subject": "S 1"}
    assert set(result.failed) == {"text"}


def test_templates_are_judged_when_they_are_kept(tmp_path: Path) -> None:
    database = database_with_article(tmp_path)
    with database.write() as session:
        mail = registry.add_channel(session, "desk", "desk@example.org")
        hook = registry.add_channel(session, "hook", "https://example.org/hook")
        for own, says in (
            ({"subject": "{{ nothing }}"}, "subject: 'nothing' is undefined"),
            ({"body": "x"}, "has no body to word"),
            ({"text": "x" * 30_000}, "at most 20,000 characters"),
        ):
            with pytest.raises(TemplateError, match=says):
                registry.set_templates(session, mail, own, EXAMPLE)
        with pytest.raises(TemplateError, match="kind webhook has no text"):
            registry.set_templates(session, hook, {"text": "x"}, EXAMPLE)
        assert mail.templates == {}
        registry.set_templates(session, mail, {"subject": "{{ title }}!", "text": " "}, EXAMPLE)
        assert mail.templates == {"subject": "{{ title }}!"}
    database.close()


def test_a_preview_shows_a_change_that_really_happened(tmp_path: Path) -> None:
    database = database_with_article(tmp_path)
    with database.write() as session:
        channel = registry.add_channel(session, "desk", "desk@example.org")
        add_rule(session, "all", "desk")
        assert preview.example(session, channel, PUBLIC_URL) is None
    kept(database, [toll("5", "7")])
    with database.read() as session:
        (channel,) = rules.channels(session)
        told = preview.example(session, channel, PUBLIC_URL)
    assert told is not None
    shown = preview.preview(told, "email", {"subject": "NEWS: {{ title }}"})
    assert shown.parts["subject"] == "NEWS: at least 5 → at least 7 peacekeepers killed"
    assert "Before: At least [5]" in shown.parts["text"]
    assert "<mark" in shown.parts["html"]
    bad = preview.preview(told, "messenger", {"text": "{{ nothing }}"})
    assert bad.failed == {"text": "'nothing' is undefined"}
    assert "Corrigenda's wording" in bad.parts["text"]
    with pytest.raises(TemplateError):
        preview.preview(told, "webhook", {})
    database.close()


def test_a_secret_is_replaced_and_the_old_one_signs_for_a_day(tmp_path: Path) -> None:
    database = database_with_article(tmp_path)
    with database.write() as session:
        hook = registry.add_channel(session, "hook", "https://example.org/hook")
        old = hook.secret
        fresh = registry.rotate_secret(session, hook)
        assert (hook.secret, hook.retired_secret) == (fresh, old)
        assert fresh != old
        mail = registry.add_channel(session, "desk", "desk@example.org")
        with pytest.raises(ChannelError, match="is no webhook"):
            registry.rotate_secret(session, mail)
        with pytest.raises(ChannelError, match="24 to 64 bytes"):
            registry.rotate_secret(session, hook, "whsec_x")
    database.close()
