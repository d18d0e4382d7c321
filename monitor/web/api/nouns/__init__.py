"""The nouns as JSON: what the API, exports and webhooks say of an Article, a Version, a Fact, a Change, ...

A model for each, which documents itself in OpenAPI; `article(...)` makes it of a row, `article_json(...)` gives it as
plain JSON values.
"""

from __future__ import annotations

from monitor.web.api.nouns.articles import Article, StoryName, article, article_json
from monitor.web.api.nouns.changes import Change, Difference, change, change_json, difference
from monitor.web.api.nouns.facts import Fact, FactLine, Statement, fact, fact_json, fact_line, statement
from monitor.web.api.nouns.noun import ROOT, Given, Id, Links, Moment, Name, Noun, Text
from monitor.web.api.nouns.versions import Capture, Version, VersionText, capture, capture_json, version, version_json

__all__ = [
    "ROOT",
    "Article",
    "Capture",
    "Change",
    "Difference",
    "Fact",
    "FactLine",
    "Given",
    "Id",
    "Links",
    "Moment",
    "Name",
    "Noun",
    "Statement",
    "StoryName",
    "Text",
    "Version",
    "VersionText",
    "article",
    "article_json",
    "capture",
    "capture_json",
    "change",
    "change_json",
    "difference",
    "fact",
    "fact_json",
    "fact_line",
    "statement",
    "version",
    "version_json",
]
