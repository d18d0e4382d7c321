"""What sources of a story turn to is told: end to end, by thresholds, once a line, and after a kill -9."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from multiprocessing import get_context
from typing import Any

import pytest
from sqlmodel import select

from alerts.channels import registry
from alerts.flapping import supersedes, turn_of
from alerts.rulebook import add_rule
from alerts.seal import seal
from alerts.timing import Waits
from monitor import following
from monitor.changes import Change
from monitor.follower import Follower
from monitor.telling import sentence
from monitor.tracking import Wish, track
from storage import changes, loops, story_lines
from storage.database import Database
from storage.tables import Alert, Pick, StoryMember
from tests.flow.conftest import Watch
from tests.flow.sources import Sources
from tests.local_site import article_page
from tests.unit.alerts.receivers import Mailbox, mail_server, status, web_server
from tests.unit.alerts.running import deliverer, run_until, states

TOLL = "Peacekeepers leave Mali\n\n{} peacekeepers have been killed in Mali since the mission began, the U.N. said."
AT_ONCE = Waits(first_wait=0, interval=0, repeat=4 * 3600)


@pytest.fixture
def sources(database_url: str) -> Iterator[Sources]:
    database = Database(database_url)
    yield Sources(database)
    database.close()


def rule(sources: Sources, name: str = "all", timing: dict[str, Any] | None = None, **condition: Any) -> None:
    """A webhook of its own that is told what this Rule picks."""
    with sources.database.write() as session:
        registry.add_channel(session, name, "https://hook.example/x")
        add_rule(session, name, name, condition, timing or {"first_wait": 0, "interval": 0})


def told(sources: Sources) -> dict[str, list[str]]:
    """Types of the turns that are told, by the name of their Rule; every picked Change is told or says why not."""
    with sources.database.read() as session:
        found: dict[str, list[str]] = {}
        for pick in session.exec(select(Pick).order_by(Pick.id)):
            body = changes.listed(session, pick.change_id)
            assert body
            if pick.state == "gathered":
                found.setdefault(pick.rule, []).append(body.change.type)
    return found


def payloads(sources: Sources) -> list[dict[str, Any]]:
    """What the open Alerts tell now."""
    with sources.database.write() as session:
        rows = session.exec(select(Alert).where(Alert.sealed_at.is_(None)).order_by(Alert.created_at)).all()
        for row in rows:
            seal(session, row, sources.now, public_url="https://watch.example", waits=AT_ONCE)
        return [row.payload for row in rows if row.payload]


def named(sources: Sources, value: str, *names: str) -> list[int]:
    return [sources.article(f"https://{name.lower()}.example/mali", name, TOLL.format(value)) for name in names]


def test_two_pages_of_a_story_diverge_and_converge_by_mail_and_webhook(watch: Watch) -> None:
    text = (
        "{} peacekeepers have been killed in Mali since the mission began in 2013, the United Nations said on Friday."
    )
    watch.site.pages["/ap"] = article_page("Peacekeepers leave Mali", text.format(170), "The mission ends in December.")
    watch.site.pages["/bbc"] = article_page("UN ends mission", text.format(170), "Its last soldiers go home this year.")
    wishes = [
        Wish(f"{watch.site.url}/ap", publisher="AP", story="The withdrawal"),
        Wish(f"{watch.site.url}/bbc", publisher="BBC", story="The withdrawal"),
    ]
    ap, bbc = (one.article_id for one in track(watch.database, watch.settings, wishes, now=datetime.now(UTC)))
    loop = Follower(watch.database, AT_ONCE)

    async def run() -> None:
        async with web_server(status("204 No Content")) as hook, mail_server(Mailbox()) as mailbox:
            with watch.database.write() as session:
                for name, address in (("hook", hook.url), ("desk", "desk@example.org")):
                    registry.add_channel(session, name, address)
                    add_rule(session, name, name, {"types": ["diverged", "converged"]})
            sender = deliverer(watch.database, [f"127.0.0.1:{hook.port}"], mail_port=mailbox.port)

            def check(*ids: int) -> None:
                watch.check(*ids)
                loop.go_round()

            await asyncio.to_thread(check, ap, bbc)
            assert states(watch.database) == []
            watch.site.pages["/ap"] = article_page(
                "Peacekeepers leave Mali", text.format(303), "The mission ends in December."
            )
            await asyncio.to_thread(check, ap)
            await run_until(sender, lambda: states(watch.database) == ["delivered"] * 2)
            watch.site.pages["/bbc"] = article_page(
                "UN ends mission", text.format(303), "Its last soldiers go home this year."
            )
            await asyncio.to_thread(check, bbc)
            await run_until(
                deliverer(watch.database, [f"127.0.0.1:{hook.port}"], mail_port=mailbox.port),
                lambda: states(watch.database) == ["delivered"] * 4,
            )
            diverged, converged = (json.loads(call.body) for call in hook.calls)
            assert [each["changes"][0]["type"] for each in (diverged, converged)] == ["diverged", "converged"]
            [change] = diverged["changes"]
            assert change["summary"] == "Peacekeepers killed: AP now says 303; BBC says 170"
            assert change["story_line"]["story"] == "The withdrawal"
            assert change["link"] == change["story_line"]["link"]
            assert [(each["publisher"], each["statement"]["quote"]) for each in change["others"]] == [("BBC", "170")]
            first, second = mailbox.mails
            assert "Sources diverge: Peacekeepers killed: AP now says 303; BBC says 170" in str(first["Subject"])
            body = first.get_body(("plain",))
            assert body is not None
            plain = body.get_content()
            assert "BBC says: [170] peacekeepers" in plain
            assert "Before:" not in plain
            assert "/lines/" in plain
            assert "Sources agree again" in str(second["Subject"])

    asyncio.run(run())


def test_no_alert_per_pair_with_twenty_sources(sources: Sources) -> None:
    rule(sources, types=["diverged", "converged", "corrected", "left_behind"])
    ids = named(sources, "170", *(f"N{number}" for number in range(20)))
    sources.follow()
    sources.says(ids[0], TOLL.format("303"))
    [change] = sources.follow()
    assert change["summary"] == "Peacekeepers killed: N0 now says 303; N1, N2 and 17 others say 170"
    assert told(sources) == {"all": ["diverged"]}
    [payload] = payloads(sources)
    assert payload["total"] == 1
    assert {each["statement"]["quote"] for each in payload["changes"][0]["others"]} == {"170"}


def test_thresholds_judge_the_difference_between_sources(sources: Sources) -> None:
    rule(sources, "far", types=["diverged"], size=100)
    rule(sources, "near", types=["diverged"], size=200)
    rule(sources, "share", types=["diverged"], percent=70)
    rule(sources, "crosses", types=["diverged"], crosses=200)
    rule(sources, "below", types=["diverged"], crosses=100)
    rule(sources, "up", types=["diverged"], direction="up")
    rule(sources, "down", types=["diverged"], direction="down")
    rule(sources, "money", kinds=["money"])
    first, _ = named(sources, "170", "AP", "BBC")
    sources.follow()
    sources.says(first, TOLL.format("303"))
    sources.follow()
    assert set(told(sources)) == {"far", "share", "crosses", "up"}


def test_a_rule_of_another_story_does_not_hear_of_it(sources: Sources) -> None:
    other = Sources(sources.database, "Another")
    rule(sources, "mine", story_id=sources.story_id)
    rule(sources, "other", story_id=other.story_id)
    first, _ = named(sources, "170", "AP", "BBC")
    with sources.database.write() as session:
        session.add(StoryMember(story_id=other.story_id, article_id=first, added_at=sources.now))
    sources.follow()
    sources.says(first, TOLL.format("303"))
    sources.follow()
    assert told(sources) == {"mine": ["diverged"]}


def test_going_back_and_forth_is_named_and_bounded(sources: Sources) -> None:
    rule(sources, types=["diverged", "converged"], timing={"first_wait": 0, "interval": 0, "repeat": 100 * 3600})
    first, _ = named(sources, "170", "AP", "BBC")
    sources.follow()
    for value in ("303", "170", "303", "170", "404"):
        sources.says(first, TOLL.format(value))
        sources.follow()
    # Told, told and named, silent twice; a value that is new is always told.
    assert told(sources) == {"all": ["diverged", "converged", "diverged"]}


def test_a_turn_is_not_taken_for_the_articles_own_change(sources: Sources) -> None:
    """Both say "170, 303", and both are told."""
    rule(sources, kinds=["casualties"])
    first, _ = named(sources, "170", "AP", "BBC")
    sources.follow()
    sources.says(first, TOLL.format("303"))
    sources.follow()
    with sources.database.read() as session:
        kept = changes.of_article(session, first)
    assert [row.type for row in kept] == ["diverged"]
    assert kept[0].line_id
    value = {**kept[0].body, "type": "value"}
    assert turn_of(value, kept[0].line_id) != turn_of(kept[0].body, kept[0].line_id)
    assert not supersedes(value, kept[0].line_id, kept[0].body, kept[0].line_id)


def test_a_kept_turn_can_be_read_and_told(sources: Sources) -> None:
    first, _ = named(sources, "170", "AP", "BBC")
    sources.follow()
    sources.says(first, TOLL.format("303"))
    sources.follow()
    with sources.database.read() as session:
        [row] = changes.of_article(session, first)
        assert Change.from_json(row.body).type == "diverged"
        listed = changes.listed(session, row.id or 0)
        assert listed
        assert sentence(listed).text == "Peacekeepers killed: AP now says 303; BBC says 170"
        assert (row.story_id, row.story_line_id) == (sources.story_id, 1)


def test_who_stops_saying_it_ends_a_contradiction(sources: Sources) -> None:
    first, *_ = named(sources, "170", "AP", "BBC", "DW")
    sources.follow()
    sources.says(first, TOLL.format("303"))
    assert [each["type"] for each in sources.follow()] == ["diverged"]
    sources.says(first, "Peacekeepers leave Mali\n\nThe U.N. has left Mali.")
    [change] = sources.follow()
    assert change["type"] == "converged"
    assert change["after"] is None
    assert change["summary"] == "Peacekeepers killed: AP no longer says 303; BBC and DW say 170"


def test_versions_that_came_while_nobody_followed_are_one_step(sources: Sources) -> None:
    first, _ = named(sources, "170", "AP", "BBC")
    sources.follow()
    sources.says(first, TOLL.format("303"))
    sources.says(first, TOLL.format("303") + "\n\nThe last soldiers leave in the winter.")
    [change] = sources.follow()
    assert change["type"] == "diverged"


def test_values_of_different_times_are_no_contradiction(sources: Sources) -> None:
    text = "Mali\n\nIn Mali, {} peacekeepers were killed in {}, the U.N. said."
    first = sources.article("https://ap.example/a", "AP", text.format(32, 2022))
    sources.article("https://bbc.example/a", "BBC", text.format(32, 2022))
    sources.follow()
    sources.says(first, text.format(19, 2021))
    assert [change for change in sources.follow() if change["kind"] == "casualties"] == []
    sources.says(first, text.format(19, 2022))
    assert [change["type"] for change in sources.follow() if change["kind"] == "casualties"] == ["diverged"]


def test_a_paper_that_prints_the_agency_is_one_voice_with_it(sources: Sources) -> None:
    story = (
        "\n\nThe Security Council voted unanimously to end the mission that began a decade ago.\n\n"
        "The military government had asked the soldiers to leave the country without delay.\n\n"
        "Mercenaries from Russia have been fighting beside the army since the year before last.\n\n"
    )
    agency = sources.article("https://ap.example/a", "AP", TOLL.format("170") + story)
    paper = sources.article("https://paper.example/a", "The Paper", TOLL.format("170") + story)
    bbc = sources.article("https://bbc.example/a", "BBC", TOLL.format("170"))
    sources.article("https://dw.example/a", "DW", TOLL.format("170"))
    sources.follow()
    sources.says(agency, TOLL.format("303") + story)
    assert [each["type"] for each in sources.follow()] == ["diverged"]
    sources.says(paper, TOLL.format("303") + story)
    assert sources.follow() == [], "who prints the agency follows it"
    sources.says(bbc, TOLL.format("303"))
    [change] = sources.follow()
    assert change["type"] == "corrected", "the agency and the paper are one voice: not everybody else says so"


def test_another_language(sources: Sources) -> None:
    text = "Blauhelme verlassen Mali\n\nBei dem Angriff wurden {} Soldaten getötet, teilte die UNO mit."
    first = sources.article("https://a.example/a", "Spiegel", text.format(170))
    sources.article("https://b.example/a", "Zeit", text.format(170))
    sources.follow()
    sources.says(first, text.format(303))
    assert [each["type"] for each in sources.follow()] == ["diverged"]


def test_a_digest_tells_turns_of_the_day_together(sources: Sources) -> None:
    rule(sources, timing={"when": "daily", "at": "08:00"}, types=["diverged", "corrected", "left_behind"])
    ids = named(sources, "170", "AP", "BBC", "DW", "NHK")
    sources.follow()
    for article_id in ids[:3]:
        sources.says(article_id, TOLL.format("303"))
        sources.follow()
    [payload] = payloads(sources)
    assert payload["timing"] == "daily"
    assert [each["type"] for each in payload["changes"]] == ["diverged", "corrected", "left_behind"]


def test_one_that_cannot_be_followed_keeps_nobody_waiting(sources: Sources, caplog: pytest.LogCaptureFixture) -> None:
    first, _ = named(sources, "170", "AP", "BBC")
    with sources.database.write() as session:
        [fact, *_] = story_lines.current_facts(session, first)
        fact.body = {"broken": True}
        session.add(fact)
    loop = Follower(sources.database, AT_ONCE)
    assert loop.go_round() == 1
    assert loop.go_round() == 0
    with sources.database.read() as session:
        assert story_lines.behind(session) == [(sources.story_id, first)]
        assert [loop.name for loop in loops.beats(session)] == ["stories"]


def _die_while_following(url: str, story_id: int, article_id: int) -> None:
    """All of it is written, and the process dies before it is committed."""
    database = Database(url)
    with database.write() as session:
        assert following.follow(session, story_id, article_id, AT_ONCE)
        session.flush()
        os.kill(os.getpid(), signal.SIGKILL)


def test_kill_9_between_a_version_and_following_loses_nothing(sources: Sources, database_url: str) -> None:
    rule(sources, types=["diverged"])
    first, _ = named(sources, "170", "AP", "BBC")
    sources.follow()
    sources.says(first, TOLL.format("303"))
    process = get_context("spawn").Process(target=_die_while_following, args=(database_url, sources.story_id, first))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert told(sources) == {}
    assert Follower(sources.database, AT_ONCE).go_round() == 1
    assert Follower(sources.database, AT_ONCE).go_round() == 0
    assert told(sources) == {"all": ["diverged"]}
