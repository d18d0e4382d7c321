"""`/stories/{id}/lines/{line}`: one fact across the sources of a Story, its history, and what people decide of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import Form, HTTPException, Path
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from monitor import deciding
from monitor.changes.wording import value_words
from monitor.errors import InputError
from monitor.matrix import Value, line_of, title
from monitor.retelling import MOST_VALUES, Retold, names_of, retell
from monitor.stories.lines import ENOUGH
from monitor.web import charts
from monitor.web.access import asked, done
from monitor.web.charts import Level
from monitor.web.pages.article import Id
from monitor.web.pages.matrix import story_of
from monitor.web.rendering import Here, House, page, place, printable
from storage import articles, story_lines
from storage.tables import StoryLine

OTHERS = 200
"""Lines among which the one is chosen that tells the same."""
SOURCES = 60
"""Sources that are listed in full, those that moved last; the exports have all."""
_CHART_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

LineId = Annotated[int, Path(ge=1, le=2**53)]
Text = Annotated[str, Form(max_length=400)]


def show_line(here: Here, story_id: Id, line_id: LineId) -> HTMLResponse:
    """What each source says and said, who was first, who followed, and why the facts are taken for one."""
    return _show(here, story_id, line_id)


def draw_line(here: Here, story_id: Id, line_id: LineId) -> Response:
    """How its figure or its day moved, source by source (SVG). 404 where there is nothing to draw."""
    with here.database.read() as session:
        line = line_of(session, _line(session, story_id, line_id), limit=MOST_VALUES)
        names = names_of({each.id or 0: each for each in articles.by_ids(session, sorted(line.values))})
    series, days = series_of(line.values)
    drawn = {printable(names[source]): levels for source, levels in series.items()}
    if not charts.comparable(drawn):
        raise HTTPException(404, "There is nothing to draw: it has one value, or values of different units.")
    image = charts.sources_chart(drawn, datetime.now(UTC), days=days)
    headers = {"content-security-policy": _CHART_POLICY, "cache-control": "private, max-age=60"}
    return Response(image, media_type="image/svg+xml", headers=headers)


def accept_line(here: Here, story_id: Id, line_id: LineId) -> Response:
    """All that stands in it is one fact, says a person."""
    return _decide(here, story_id, line_id, "line-accepted", deciding.accept)


def split_line(here: Here, story_id: Id, line_id: LineId, article: Annotated[int, Form()] = 0) -> Response:
    """What an Article says is another fact, says a person."""

    def split(session: Session, story: int, line: int, *, by: str, now: datetime) -> int:
        return deciding.split_article(session, story, line, article, by=by, now=now)

    return _decide(here, story_id, line_id, "line-split", split)


def merge_line(here: Here, story_id: Id, line_id: LineId, other: Annotated[int, Form()] = 0) -> Response:
    """Another line is the same fact, says a person."""

    def merge(session: Session, story: int, line: int, *, by: str, now: datetime) -> int:
        return deciding.merge(session, story, line, other, by=by, now=now)

    return _decide(here, story_id, line_id, "line-merged", merge, goes_to=min(line_id, other or line_id))


def name_line(here: Here, story_id: Id, line_id: LineId, called: Text = "") -> Response:
    """Call it something else."""

    def name(session: Session, story: int, line: int, *, by: str, now: datetime) -> None:
        deciding.name(session, story, line, called.replace("\x00", ""))

    return _decide(here, story_id, line_id, "line-named", name)


def series_of(values: Mapping[int, Sequence[Value]]) -> tuple[dict[int, list[Level]], bool]:
    """What can be drawn of each source, those that moved most first, and whether it is days.

    Amounts of one unit, that of the most; or days. Nothing is drawn of both. Of a source that gives two values at once
    only what it says first of all: the other is of another time, and no step.
    """
    values = {
        source: [value for value in own if value.cell.chief or value.cell.fact_id is None]
        for source, own in values.items()
    }
    amounts = [value for own in values.values() for value in own if value.fact.quantity]
    units = [value.fact.quantity.unit for value in amounts if value.fact.quantity]
    unit = max(units, key=units.count, default=None)
    series = {
        source: [level for value in own if (level := _amount(value, unit) if amounts else _day(value))]
        for source, own in values.items()
    }
    ordered = sorted(series.items(), key=lambda each: -len(each[1]))
    return {source: levels for source, levels in ordered if levels}, not amounts


def _amount(value: Value, unit: str | None) -> Level | None:
    quantity = value.fact.quantity
    if quantity is None or quantity.unit != unit:
        return None
    figure = quantity.lower if quantity.lower is not None else quantity.upper
    return None if figure is None else Level(value.since_at, float(figure), quantity.hedge != "exact")


def _day(value: Value) -> Level | None:
    time = value.fact.time
    try:
        day = date.fromisoformat(time.start) if time and time.start else None
    except ValueError:
        return None
    return Level(value.since_at, float(day.toordinal()), bool(time and time.mod)) if day else None


def _show(house: House, story_id: int, line_id: int, *, fault: str = "") -> HTMLResponse:
    with house.database.read() as session:
        story, row = story_of(session, story_id), _line(session, story_id, line_id)
        told = retell(session, story_id, row)
        others = [(each, title(each)) for each in story_lines.of_story(session, story_id, limit=OTHERS)
                  if each.id != line_id and each.sources]  # fmt: skip
    series, days = series_of(told.line.values)
    return page(
        "story_line.html", status=400 if fault else 200, story=story, told=told, line=told.line, sources=told.sources,
        listed=_listed(told), others=others, drawn=charts.comparable({str(key): each for key, each in series.items()}),
        decided_of=_decided_of(told), enough=ENOUGH, days=days, fault=fault,
        undrawn=max(0, len(series) - charts.MOST_SOURCES),
    )  # fmt: skip


def _decided_of(told: Retold) -> Callable[[int], str]:
    """What a decision is about, by the id of a fact line: who says what, or that it stands elsewhere now."""
    stands = {own[-1].cell.fact_line_id: (source, own[-1]) for source, own in told.line.values.items()}

    def named(fact_line_id: int) -> str:
        if fact_line_id not in stands:
            return "a fact of another line"
        source, value = stands[fact_line_id]
        return f"{place(told.sources[source])}: {value_words(value.fact)}"

    return named


def _listed(told: Retold) -> list[int]:
    """The sources to list: those that stand apart or moved last first where there are many."""
    sources = list(told.line.values)
    if len(sources) > SOURCES:
        values = told.line.values
        sources.sort(key=lambda source: (source in told.line.outliers, values[source][-1].since_at), reverse=True)
    return sources[:SOURCES]


def _decide(
    house: House, story_id: int, line_id: int, word: str, do: Callable[..., object], goes_to: int | None = None
) -> Response:
    try:
        with house.database.write() as session:
            story_of(session, story_id)
            do(session, story_id, line_id, by=asked.get().visitor.name, now=datetime.now(UTC))
    except InputError as error:
        return _show(house, story_id, line_id, fault=str(error))
    return done(f"/stories/{story_id}/lines/{goes_to or line_id}", word)


def _line(session: Session, story_id: int, line_id: int) -> StoryLine:
    row = story_lines.lines(session, [line_id]).get(line_id)
    if row is None or row.story_id != story_id:
        raise HTTPException(404, f"Story {story_id} has no line {line_id}.")
    return row
