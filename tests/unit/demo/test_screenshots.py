"""The past that the screenshots show, without a browser: it is made by the service's own checks."""

from __future__ import annotations

from contextlib import closing

from sqlmodel import col, func, select

from demo.past import Past
from demo.screenshots import play
from monitor.config import Settings
from storage.database import Database
from storage.tables import Article, Change, Delivery, Site


def test_the_past_of_the_screenshots(sqlite_url: str) -> None:
    with closing(Database(sqlite_url)) as database:
        known = play(Past(database, Settings()))
        with database.read() as session:
            articles = session.exec(select(Article)).all()
            assert {article.id for article in articles} == set(known.values())
            assert all(article.version_number for article in articles)
            assert any(article.sightings > article.version_number for article in articles), "something did not change"
            assert session.exec(select(func.count()).select_from(Change)).one()
            assert session.exec(select(func.count()).where(Delivery.state == "delivered")).one()
            assert not session.exec(select(Site).where(col(Site.visit_until).is_not(None))).all()
