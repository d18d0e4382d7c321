"""The pages of Corrigenda: the whole route table, and what lies around every page."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from monitor.config import Settings
from monitor.web.pages import article, articles, captures, compare, errors, feeds, health, home, metrics, sites
from monitor.web.rendering import STATIC, House
from monitor.web.security import HostCheck, SecurityHeaders, allowed_hosts
from storage.database import Database

ROUTES = (
    ("/", home.what_changed),
    ("/articles", articles.list_articles),
    ("/articles/{article_id}", article.show_article),
    ("/articles/{article_id}/compare", compare.choose_versions),
    ("/articles/{article_id}/compare/{before}/{after}", compare.show_comparison),
    ("/articles/{article_id}/captures/{capture_id}", captures.download_capture),
    ("/feeds", feeds.list_feeds),
    ("/feeds/{feed_id}", feeds.show_feed),
    ("/sites/{site_id}", sites.show_site),
    ("/health", health.show_health),
    ("/metrics", metrics.show_metrics),
)
"""Every page. All only read: there is nothing here that a forged request could do."""


def create_app(database: Database, settings: Settings) -> FastAPI:
    """The web application on this database. Serve it on loopback only (`security.check_binding`)."""
    app = FastAPI(
        title="Corrigenda", docs_url=None, redoc_url=None, openapi_url=None, exception_handlers=dict(errors.HANDLERS)
    )
    app.state.house = House(database, settings)
    for path, page in ROUTES:
        app.add_api_route(path, page, methods=["GET", "HEAD"], response_class=HTMLResponse)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(HostCheck, hosts=allowed_hosts(settings))
    app.add_middleware(SecurityHeaders)  # added last, so it is outside: a refusal by HostCheck carries them as well
    return app
