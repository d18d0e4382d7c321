"""The outbox: what Rules pick is told once to each of their Channels, all in the Changes' transaction."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
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
from alerts.seal import seal
from alerts.timing import Waits
from storage import rules
from storage.database import Database
from storage.tables import Alert, Change, Delivery, Pick
from tests.unit.alerts.examples import (
    NOW,
    PUBLIC_URL,
    SEEN_AT,
    change,
    database_with_article,
    fact,
    headline,
    kept,
    toll,
)
from tests.unit.alerts.invariants import check

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
        st.sets(st.integers(0, 2), min_size=1),
        st.sets(st.sampled_from(sorted(TYPES)), max_size=3),
        st.sets(st.sampled_from(sorted(KINDS)), max_size=2),
        st.sampled_from([None, 1]),
        st.sampled_from(["at once", "daily"]),
    ),
    max_size=5,
)


def seal_all(session: Session) -> None:
    """Everything that gathers goes now."""
    for alert in session.exec(select(Alert).where(Alert.state == "open")).all():
        seal(session, alert, SEEN_AT + timedelta(days=8), public_url=PUBLIC_URL)


@settings(max_examples=30, deadline=None)
@given(wanted=wanted, happenings=st.lists(happenings, min_size=1, max_size=4), waits=st.sampled_from([NOW, Waits()]))
def test_what_any_rule_picks_is_told_once_to_each_of_its_channels(
    wanted: list[tuple[set[int], set[str], set[str], int | None, str]],
    happenings: list[list[dict[str, object]]],
    waits: Waits,
) -> None:
    with TemporaryDirectory() as folder:
        database = database_with_article(Path(folder))
        with database.write() as session:
            for number in range(3):
                registry.add_channel(session, f"channel {number}", f"desk{number}@example.org")
            for number, (to, types, kinds, article, when) in enumerate(wanted):
                rulebook.add_rule(
                    session, f"rule {number}", [f"channel {one}" for one in sorted(to)],
                    {"types": types, "kinds": kinds, "article_id": article}, {"when": when, "repeat": 0},
                )  # fmt: skip
        expected: set[tuple[int, int]] = set()
        for happened in happenings:
            event = kept(database, happened)
            with database.write() as session:
                for rule, channels in rules.rules(session):
                    picked = pick(rulebook.condition_of(rule), event)
                    expected |= {(one["id"], channel.id or 0) for one in picked for channel in channels}
                outbox.write(session, event, waits)
            with database.read() as session:
                check(session)
        with database.write() as session:
            seal_all(session)
        with database.read() as session:
            check(session)
            found = {(one.change_id, one.channel_id) for one in session.exec(select(Pick)) if one.state == "gathered"}
            assert found == expected
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
        assert len(outbox.write(session, event)) == 1
        _ = 1 / 0
    with database.read() as session:
        for table in (Alert, Pick, Delivery):
            assert session.exec(select(table)).all() == []


def test_a_disabled_rule_tells_nothing_and_a_disabled_channel_is_kept(database: Database) -> None:
    with database.write() as session:
        rules.disable_channel(session, 1, "off")
    event = kept(database, [toll()])
    with database.write() as session:
        assert len(outbox.write(session, event)) == 1
        rulebook.switch_rule(session, "all", False)
    event = kept(database, [toll("1", "2")])
    with database.write() as session:
        assert outbox.write(session, event) == []


def test_the_payload_survives_the_database_byte_for_byte(database: Database) -> None:
    event = kept(database, [toll(), headline("Zürich – “x”\u2028", "十\ud800")])
    with database.write() as session:
        outbox.write(session, event)
        seal_all(session)
    with database.read() as session:
        (alert,) = session.exec(select(Alert)).all()
        assert alert.payload is not None
        assert alert.payload["title"] == "at least 170 → at least 303 peacekeepers killed"
        assert list(alert.payload)[:3] == ["version", "type", "schema"], "in the order in which it was written"
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
        ("new", "a@example.org", "whsec_x", "only a webhook has a signing secret"),
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
        ({"condition": {"types": ["valu", "gone"]}}, "types: there is no type gone, valu: types are added"),
        ({"condition": {"kinds": ["deaths"]}}, "kinds: there is no kind deaths: kinds are age, casualties"),
        ({"condition": {"article_id": 7}}, "article_id: there is no article 7"),
        ({"condition": {"story_id": 7}}, "story_id: there is no story 7"),
        ({"condition": {"subjects": ["/(/"]}}, "subjects: '/(/' is no pattern of RE2: missing ): ("),
        ({"condition": {"subjects": ["x" * 201]}}, "has 201 characters; 200 are allowed"),
        ({"condition": {"percent": -1}}, "percent: Input should be greater than 0"),
        ({"condition": {"size": float("nan")}}, "size: Input should be a finite number"),
        ({"condition": {"code": "1"}}, "there is no 'code': write article_id, story_id"),
        ({"condition": {"firmness": "firmer", "percent": 3}}, "firmness is about hedges and certainties"),
        ({"timing": {"zone": "Mars/Olympus"}}, "zone: there is no time zone 'Mars/Olympus'"),
        ({"timing": {"zone": "../../etc/passwd"}}, "zone: there is no time zone"),
        ({"timing": {"zone": "Europe"}}, "zone: there is no time zone 'Europe'"),
        ({"timing": {"at": "25:00"}}, "at: '25:00' is no time of day"),
        ({"timing": {"first_wait": "soon"}}, "first_wait: 'soon' is no length of time"),
        ({"timing": {"quiet_from": "22:00"}}, "quiet hours need both"),
        ({"timing": {"even_when_nothing": True}}, "even_when_nothing is for digests"),
        ({"channels": "x"}, "there is no channel 'x' (channels: desk)"),
        ({"channels": []}, "channels: a rule that feeds no channel"),
    ],
)
def test_rules_that_can_not_be(database: Database, fields: dict[str, object], said: str) -> None:
    known: dict[str, object] = {"name": "new", "channels": "desk"}
    with pytest.raises(AlertsError) as caught, database.write() as session:
        rulebook.add_rule(session, **(known | fields))  # type: ignore[arg-type]
    assert said in str(caught.value)


def test_a_rule_is_removed_by_name(database: Database) -> None:
    with database.write() as session:
        with pytest.raises(RuleError, match=r"no rule 'x' \(rules: all\)"):
            rulebook.remove_rule(session, "x")
        rulebook.remove_rule(session, "all")
        assert rules.rules(session) == []
