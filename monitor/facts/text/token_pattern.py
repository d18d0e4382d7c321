"""The one regular expression that cuts a text into tokens; the number of the group that matched is the kind."""

from __future__ import annotations

import re

PAD, JUNK, WORD, ISO, CLOCK, SLASH, DOTTED, NUMBER, MARK = range(9)

SPACES = "\u00a0\u202f\u2009\u2007"
MARKS = "\u0300-\u036f"


def pattern(decimal: str, group: str) -> re.Pattern[str]:
    """The token expression for a language's separators. Groups by number: see PAD..MARK.

    A match takes in the white space before the token, for then no position is tried in vain; the token is its group.
    """
    dot = "." if decimal == "," else ""  # writers of "1,5" write "1.500", too, whatever their language prefers
    groups = "".join(sorted({group, "'", "’", *dot, *SPACES} - {decimal, " "}))
    group_class = "[" + re.escape(groups) + "]"
    point = re.escape(decimal)
    versions = r"(?!\d{1,3}(?:\.\d{3})+(?!\.?\d))" if dot else ""
    return re.compile(
        r"\s*+(?:((?:https?://|www\.)\S+|(?<!\w)[#@][^\W\d]\w*)"
        r"|([^\W\d_](?:\.[^\W\d_])+(?![^\W\d_])\.?|o['’]clock"
        rf"|[^\W\d_][^\W\d_{MARKS}]*(?:(?<=[^\W\d_]n)['’]t(?!\w)|(?:[{MARKS}][^\W\d_{MARKS}]*)*)"
        r"|(?<=\w)['’](?:s|t|re|ve|ll|d|m|S)(?!\w))"
        r"|(\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?(?![\d-]))"
        r"|(\d{1,2}:\d\d(?::\d\d)?(?![\d:]))"
        r"|(\d{1,4}/\d{1,2}(?:/\d{2,4})?(?![\d/]))"
        rf"|({versions}\d+(?:\.\d+){{2,}})"
        rf"|(\d{{1,3}}(?:{group_class}\d{{3}})+(?!\d)(?:{point}\d+)?"
        rf"|\d{{1,3}}(?: \d{{3}})+(?:{point}\d+)?(?!\d|[{point}{re.escape(group)}]\d)"
        rf"|\d{{1,2}}(?:,\d\d){{1,5}},\d{{3}}(?!\d)(?:{point}\d+)?"
        rf"|\d+(?:{point}\d+)?(?:[eE][+−-]?\d{{1,3}}(?!\w))?|(?<![\w.]){point}\d+)"
        r"|(\S))"
    )
