"""What a page says of its article in JSON-LD (schema.org)."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import html

Node = Mapping[str, Any]

_MAX_SCRIPTS = 50
_MAX_CHARACTERS = 1_000_000
_MAX_NODES = 500
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)[\s;]*$"
)
_ARTICLE = re.compile(r"(?:Article|BlogPosting|LiveBlogPosting|Report|Review|Posting)$")
# Where a page's own article may stand; anything else below a node is about other things (related pieces, authors).
_MAIN = ("@graph", "mainEntity", "mainEntityOfPage")


def article_node(tree: html.HtmlElement) -> Node:
    """The first node that is an article, else the page's own node, else nothing."""
    page: Node = {}
    for node in _nodes(tree):
        types = _types(node)
        if any(_ARTICLE.search(kind) for kind in types):
            return node
        if not page and any(kind.endswith("WebPage") for kind in types):
            page = node
    return page


def _nodes(tree: html.HtmlElement) -> Iterator[Node]:
    scripts = (script for script in tree.iter("script") if script.get("type") == "application/ld+json")
    seen = 0
    for _, script in zip(range(_MAX_SCRIPTS), scripts, strict=False):
        waiting: deque[tuple[Any, int]] = deque([(_read(script.text or ""), 0)])
        while waiting and seen < _MAX_NODES:
            value, depth = waiting.popleft()
            if isinstance(value, list):
                waiting.extendleft((item, depth) for item in reversed(value[:_MAX_NODES]))
            elif isinstance(value, dict):
                seen += 1
                yield value
                if depth < 3:
                    waiting.extend((value[key], depth + 1) for key in _MAIN if key in value)


def _read(text: str) -> Any:
    if len(text) > _MAX_CHARACTERS:
        return None
    try:
        return json.loads(_WRAPPING.sub("", text).strip(), strict=False)
    except (ValueError, RecursionError):
        return None


def _types(node: Node) -> list[str]:
    kind = node.get("@type")
    kinds = kind if isinstance(kind, list) else [kind]
    return [each for each in kinds if isinstance(each, str)]


def string(node: Node, *keys: str) -> str | None:
    """The first of the node's values under these keys that is a text."""
    for key in keys:
        value = node.get(key)
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, str) and value.strip():
            return value
    return None


def names(node: Node, key: str) -> list[str]:
    """The names of the persons or organisations under a key, in order, each once."""
    value = node.get(key)
    found: list[str] = []
    for each in value if isinstance(value, list) else [value]:
        name = string(each, "name") if isinstance(each, dict) else each
        if isinstance(name, str) and name.strip() and not name.strip().startswith(("http:", "https:", "@")):
            found.append(name)
    return list(dict.fromkeys(found))


def is_article(node: Node) -> bool:
    """Whether a node's type is some kind of article."""
    return any(_ARTICLE.search(kind) for kind in _types(node))
