"""The outbox: one Alert for each Rule that picks something, one Delivery of it, all in the Changes' transaction."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from alerts import outbox, rulebook
from alerts.channels import registry
from alerts.errors import AlertsError, ChannelError, RuleError
from alerts.rules import KINDS, TYPES, pick
from storage import deliveries, rules
from storage.database import Database
from storage.tables import Alert, AlertChange, Change, Delivery
from tests.unit.alerts.examples import (
    PUBLIC_URL,
    SEEN_AT,
    change,
    database_with_article,
    fact,
    headline,
    kept,
    toll,
)

told = fact("24 people were killed.", "24")
happenings = st.lists(
    st.sampled_from(
        [toll(), headline("A", "B"), change("removed", told), change("added", None, told), change("notice")]
    ),
    min_size=1,
    max_size=5,
)
wanted = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sets(st.sampled_from(sorted(TYPES)), max_size=3),
        st.sets(st.sampled_from(sorted(KINDS)), max_size=2),
        st.sampled_from([None, 1]),
    ),
    max_size=5,
)


def told_changes(session: Session, alert_id: str) -> list[int]:
    return sorted(row.change_id for row in session.exec(select(AlertChange).where(AlertChange.alert_id == alert_id)))


@settings(max_examples=40, deadline=None)
@given(wanted=wanted, happenings=st.lists(happenings, min_size=1, max_size=4))
def test_one_alert_for_each_rule_that_picks_and_one_delivery_of_it(
    wanted: list[tuple[int, set[str], set[str], int | None]], happenings: list[list[dict[str, object]]]
) -> None:
    with TemporaryDirectory() as folder:
        database = database_with_article(Path(folder))
        with database.write() as session:
            for number in range(3):
                registry.add_channel(session, f"channel {number}", f"desk{number}@example.org")
            for number, (to, types, kinds, article) in enumerate(wanted):
                rulebook.add_rule(
                    session, f"rule {number}", f"channel {to}", types=types, kinds=kinds, article_id=article
                )
        expected: list[tuple[str, list[int]]] = []
        for happened in happenings:
            event = kept(database, happened)
            with database.write() as session:
                known = list(rules.enabled_rules(session))
                alert_ids = outbox.write(session, event, PUBLIC_URL)
            picked = [(rule, pick(outbox.condition(rule), event)) for rule in known]
            new = [(f"channel {wanted[known.index(rule)][0]}", [one["id"] for one in changes])
                   for rule, changes in picked if changes]  # fmt: skip
            assert len(alert_ids) == len(new)
            expected += new
        with database.read() as session:
            rows = list(reversed(deliveries.listed(session, limit=1000)))
            found = [(channel.name, told_changes(session, alert.id)) for _, channel, alert in rows]
            assert sorted(found) == sorted(expected)
            assert len({row[0].alert_id for row in rows}) == len(rows)
            assert all(row[0].state == "waiting" and row[0].next_attempt_at == SEEN_AT for row in rows)
        database.close()


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = database_with_article(tmp_path)
    with database.write() as session:
        registry.add_channel(session, "desk", "desk@example.org")
        rulebook.add_rule(session, "all", "desk")
    return database


def test_what_is_not_committed_is_not_told(database: Database) -> None:
    event = kept(database, [toll()])
    with suppress(ZeroDivisionError), database.write() as session:
        assert len(outbox.write(session, event, PUBLIC_URL)) == 1
        _ = 1 / 0
    with database.read() as session:
        for table in (Alert, AlertChange, Delivery):
            assert session.exec(select(table)).all() == []


def test_a_disabled_rule_tells_nothing_and_a_disabled_channel_is_kept(database: Database) -> None:
    with database.write() as session:
        rules.disable_channel(session, 1, "off")
    event = kept(database, [toll()])
    with database.write() as session:
        assert len(outbox.write(session, event, PUBLIC_URL)) == 1
        (rule,) = rules.enabled_rules(session)
        rule.enabled = False
        session.add(rule)
    with database.write() as session:
        assert outbox.write(session, event, PUBLIC_URL) == []


def test_the_payload_survives_the_database_byte_for_byte(database: Database) -> None:
    event = kept(database, [toll(), headline("Zürich – “x”\u2028", "十\ud800")])
    with database.write() as session:
        outbox.write(session, event, PUBLIC_URL)
    with database.read() as session:
        (alert,) = session.exec(select(Alert)).all()
        assert alert.payload["title"] == "at least 170 → at least 303 peacekeepers killed"
        assert list(alert.payload)[:3] == ["schema", "type", "timestamp"], "in the order in which it was written"
        assert alert.payload["id"] == alert.id
        (change,) = session.exec(select(Change).where(Change.type == "value")).all()
        assert alert.payload["changes"][0]["id"] == change.id


@pytest.mark.parametrize(
    ("name", "address", "secret", "said"),
    [
        ("desk", "other@example.org", None, "there is a channel 'desk' already"),
        ("", "a@example.org", None, "'' is no name"),
        ("a\nb", "a@example.org", None, "is no name"),
        ("x" * 65, "a@example.org", None, "is no name"),
        ("new", "nobody", None, "'nobody' is neither one e-mail address"),
        ("new", "a@example.org,b@example.org", None, "is neither one e-mail address"),
        ("new", "A <a@example.org>", None, "is neither one e-mail address"),
        ("new", "a@example.org", "whsec_x", "has no signing secret"),
        ("new", "ftp://example.org/x", None, "starts with https://"),
        ("new", "file:///etc/passwd", None, "starts with https://"),
        ("new", "https://", None, "starts with https://"),
        ("new", "https://user:pass@example.org/x", None, "holds no user and password"),
        ("new", "https://example.org:99999/", None, "is not a URL"),
        ("new", "https://[::1/x", None, "is not a URL"),
        ("new", "https://example.org/a b", None, "no spaces"),
        ("new", "https://example.org/#x", None, "no spaces"),
        ("new", "https://example.org/" + "x" * 2000, None, "at most 2000 characters"),
        ("new", "https://example.org/x", "secret", "the secret of a webhook is whsec_"),
        ("new", "https://example.org/x", "whsec_c2hvcnQ=", "the secret of a webhook is whsec_"),
        ("new", "https://example.org/x", "whsec_!!!!", "the secret of a webhook is whsec_"),
    ],
)
def test_channels_that_can_not_be(database: Database, name: str, address: str, secret: str | None, said: str) -> None:
    with pytest.raises(ChannelError) as caught, database.write() as session:
        registry.add_channel(session, name, address, secret)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_channels_that_can(database: Database) -> None:
    with database.write() as session:
        hook = registry.add_channel(session, " hook ", " https://example.org/x?y=1 ")
        assert (hook.name, hook.kind, hook.address) == ("hook", "webhook", "https://example.org/x?y=1")
        assert hook.secret is not None
        assert hook.secret.startswith("whsec_")
        given = registry.new_secret()
        assert given != hook.secret
        assert registry.add_channel(session, "given", "http://127.0.0.1:9000/", given).secret == given
        assert registry.channel(session, "hook").id == hook.id
        with pytest.raises(ChannelError, match=r"no channel 'x' \(channels: desk, given, hook\)"):
            registry.channel(session, "x")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "all"}, "there is a rule 'all' already"),
        ({"name": "?"}, "'?' is no name for a rule"),
        ({"types": ["valu", "gone"]}, "there is no type gone, valu: types are added, attribution"),
        ({"kinds": ["deaths"]}, "there is no kind deaths: kinds are age, casualties"),
        ({"article_id": 7}, "there is no article 7"),
        ({"channel": "x"}, "there is no channel 'x' (channels: desk)"),
    ],
)
def test_rules_that_can_not_be(database: Database, fields: dict[str, object], said: str) -> None:
    known: dict[str, object] = {"name": "new", "channel": "desk"}
    with pytest.raises(AlertsError) as caught, database.write() as session:
        rulebook.add_rule(session, **(known | fields))  # type: ignore[arg-type]
    assert said in str(caught.value)


def test_a_rule_is_removed_by_name(database: Database) -> None:
    with database.write() as session:
        with pytest.raises(RuleError, match=r"no rule 'x' \(rules: all\)"):
            rulebook.remove_rule(session, "x")
        rulebook.remove_rule(session, "all")
        assert rules.rules(session) == []
