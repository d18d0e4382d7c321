"""Who speaks: what a source is called, and which Articles are one voice by what they say now.

What was heard once is remembered until one of them changes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from weakref import WeakKeyDictionary

from sqlmodel import Session

from monitor.stories.voices import voices
from storage import versions
from storage.tables import Article

_REMEMBERED = 256
_HEARD: WeakKeyDictionary[object, OrderedDict[tuple[tuple[int, int], ...], Mapping[int, int]]] = WeakKeyDictionary()
"""By database."""


def called(article: Article | None) -> str:
    """Whom a reader takes for the source."""
    if article is None:
        return "a source"
    host, _, path = article.url.partition("//")[2].partition("/")
    return article.publisher or host.removeprefix("www.") or path.rpartition("/")[2] or article.url


def heard(session: Session, articles: Sequence[Article]) -> Mapping[int, int]:
    """Of Articles that print the text of another one among these, the id of that one."""
    asked = tuple((article.id or 0, article.version_number) for article in articles)
    remembered = _HEARD.setdefault(session.get_bind(), OrderedDict())
    known = remembered.get(asked)
    if known is None:
        texts = versions.current_texts(session, articles)
        lang = next((article.language for article in articles if article.language), "en")
        first = voices([texts.get(article_id, "") for article_id, _ in asked], lang)
        known = {asked[at][0]: asked[one][0] for at, one in enumerate(first) if one != at}
        remembered[asked] = known
        while len(remembered) > _REMEMBERED:
            remembered.popitem(last=False)
    return known
