"""Which Articles are one voice, by what they say now; what was heard once is remembered until one of them changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from sqlmodel import Session

from monitor.stories.voices import voices
from storage import versions
from storage.tables import Article

_REMEMBERED = 256
_HEARD: OrderedDict[tuple[tuple[int, int], ...], Mapping[int, int]] = OrderedDict()


def heard(session: Session, articles: Sequence[Article]) -> Mapping[int, int]:
    """Of Articles that print the text of another one among these, the id of that one."""
    asked = tuple((article.id or 0, article.version_number) for article in articles)
    known = _HEARD.get(asked)
    if known is None:
        texts = versions.current_texts(session, articles)
        lang = next((article.language for article in articles if article.language), "en")
        first = voices([texts.get(article_id, "") for article_id, _ in asked], lang)
        known = {asked[at][0]: asked[one][0] for at, one in enumerate(first) if one != at}
        _HEARD[asked] = known
        while len(_HEARD) > _REMEMBERED:
            _HEARD.popitem(last=False)
    return known
