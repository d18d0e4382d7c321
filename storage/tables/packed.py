"""JSON columns that are packed where a database does not pack its rows itself.

The JSON of a Fact or a Change names the same fields each time: of 550 bytes 180 are left, of 1,400 bytes 150 to 300,
compressed with zstd and a dictionary of these names. That is SQLite's part; PostgreSQL keeps JSON, which can be asked
there. What an SQLite database holds as text is read all the same.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import zstandard
from sqlalchemy import JSON, Dialect, Text, TypeDecorator
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine, UserDefinedType

LEVEL = 3
"""zstd level: 4 µs to pack, 2 to unpack; at 12 it takes 18 and saves a twentieth."""
_FIRST = b"\x01"
"""What is packed begins with the number of its dictionary. A dictionary is never changed, or nothing is readable that
was packed with it: a better one is another number."""
_DICTIONARY = (
    b'{"content-type":"text/html; charset=utf-8","content-type":"text/html;charset=UTF-8","etag":"W/\\"",'
    b'"last-modified":"Mon, 01 Jan 2026 00:00:00 GMT","date":"Tue, 02 Feb 2026 10:00:00 GMT",'
    b'"cache-control":"public, max-age=60","vary":"Accept-Encoding","server":"nginx","server":"cloudflare",'
    b'"server":"Apache","content-encoding":"gzip","content-language":"en","expires":"","age":"",'
    b'"via":"1.1 varnish","x-cache":"HIT","content-length":""}{"type":"headline","kind":null,'
    b'"subject":"headline","key":null,"before":null,"after":null,"delta":null,"ratio":null,'
    b'"acknowledged":false,"severity":"low","summary":"Headline: \\u201c\\u201d \\u2192 \\u201c\\u201d",'
    b'"before_text":"","after_text":""}"type":"attribution","type":"certainty","type":"hedge","type":"added",'
    b'"type":"removed","type":"notice","type":"byline","type":"published",{"type":"availability","kind":null,'
    b'"subject":null,"key":null,"summary":"Gone: ","severity":"medium",{"type":"DURATION","value":"P2D",'
    b'"mod":"APPROX","start":null,"end":null,"role":"until","basis":"explicit"},{"type":"SET","value":"P1D",'
    b'"mod":null,"start":null,"end":null,"role":null,"basis":"explicit"},{"type":"TIME",'
    b'"value":"2026-01-02T10:00","mod":null,"start":"2026-01-02T10:00","end":"","role":"by",'
    b'"basis":"anchored"},{"type":"DATE","value":"XXXX-WXX-5","mod":"START","role":"since","basis":"partial"},'
    b'"rule":"<month> <day> <year>","rule":"<month> <year>","rule":"in <year>","rule":"<ordinal>",'
    b'"rule":"last <grain>""rule":"<hedge> <number> <grain>","rule":"<money>","rule":"<number> per cent",'
    b'"rule":"<number> <people> <injured>","kind":"measure","kind":"ordinal","kind":"percent","kind":"age",'
    b'"kind":"set","kind":"duration","kind":"personnel","kind":"rate","predicate":"injured",'
    b'"predicate":"displaced","predicate":"missing","predicate":"detained","noun":"soldier","noun":"year",'
    b'"certainty":"expected","certainty":"alleged","certainty":"denied",'
    b'"hedge":"about","hedge":"more_than","hedge":"at_most","hedge":"between","hedge":"indefinite",'
    b'"hedge":"less_than","trend":"up"},"unit":"percent","unit":"year","attribution":"police",'
    b'"attribution":"officials",{"kind":"money","predicate":null,"noun":null,"subject":null,"key":"money::",'
    b'"quantity":{"lower":1000000,"upper":null,"lower_inclusive":false,"upper_inclusive":false,"unit":"USD",'
    b'"hedge":"exact","trend":null},"time":null,"as_of":null,{"kind":"date","predicate":null,"noun":null,'
    b'"subject":null,"key":"date::","quantity":null,"time":{"type":"DATE","value":"2026-01-01","mod":null,'
    b'"start":"2026-01-01","end":"2026-12-31","role":"on","basis":"relative"},"as_of":null,"attribution":null,'
    b'"certainty":"asserted","quote":"Monday","start":1000,"end":1006,"phrase":{"text":"on Monday",'
    b'"start":997,"end":1006},"sentence":"The ","rule":"on <weekday>"}{"kind":"count","predicate":null,'
    b'"noun":"people","subject":"people","key":"count::people","quantity":{"lower":10,"upper":10,'
    b'"lower_inclusive":true,"upper_inclusive":true,"unit":null,"hedge":"exact","trend":null},"time":null,'
    b'"as_of":null,"attribution":null,"certainty":"asserted","quote":"10","start":100,"end":102,'
    b'"phrase":{"text":"10 people","start":100,"end":109},"sentence":"The ","rule":"<number>"}{"type":"value",'
    b'"kind":"casualties","subject":"people killed","key":"casualties:killed:person","before":null,'
    b'"after":{"kind":"casualties","predicate":"killed","noun":"person","subject":"people killed",'
    b'"key":"casualties:killed:person","quantity":{"lower":100,"upper":null,"lower_inclusive":true,'
    b'"upper_inclusive":true,"unit":null,"hedge":"at_least","trend":null},"time":null,"as_of":null,'
    b'"attribution":"the ","certainty":"asserted","quote":"100","start":1000,"end":1003,"phrase":{"text":"",'
    b'"start":1000,"end":1020},"sentence":"","rule":"<hedge> <number> <people> <killed>"},"delta":1,'
    b'"ratio":1.1,"acknowledged":false,"severity":"high","summary":"People killed: at least \\u2192 (+)",'
    b'"before_text":null,"after_text":null}'
)
as_json = json.JSONEncoder(separators=(",", ":")).encode
"""JSON as it is written into any column: a tenth of it would be blanks."""


class _Zstd(threading.local):
    """What packs and unpacks, for one thread: neither may serve two at a time."""

    def __init__(self) -> None:
        words = zstandard.ZstdCompressionDict(_DICTIONARY, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
        words.precompute_compress(level=LEVEL)
        self.compressor = zstandard.ZstdCompressor(LEVEL, dict_data=words, write_dict_id=False)
        self.decompressor = zstandard.ZstdDecompressor(dict_data=words)


_zstd = _Zstd()


def pack(written: str) -> bytes:
    """A text, compressed."""
    return _FIRST + _zstd.compressor.compress(written.encode())


def unpack(kept: bytes | str) -> str:
    """The text that was packed; one that was not is given back. Raises ValueError for what is damaged."""
    if isinstance(kept, str):
        return kept
    if not kept.startswith(_FIRST):
        raise ValueError(f"packed JSON is damaged, or of a newer Corrigenda: it begins with {kept[:1]!r}")
    try:
        return _zstd.decompressor.decompress(kept[1:]).decode()
    except zstandard.ZstdError as error:
        raise ValueError(f"packed JSON is damaged: {error}") from error


class _Packed(UserDefinedType[str]):
    """Text in a column of SQLite that is named JSON, packed."""

    cache_ok = True

    def get_col_spec(self, **named: Any) -> str:
        return "JSON"

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], bytes | None]:
        return lambda text: None if text is None else pack(text)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[bytes | str | None], str | None]:
        return lambda kept: None if kept is None else unpack(kept)


WRITTEN = Text().with_variant(_Packed(), "sqlite")
"""A PackedJson column, as the text of its JSON."""


class PackedJson(TypeDecorator[Any]):
    """JSON: packed on SQLite, JSON elsewhere."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return _Packed() if dialect.name == "sqlite" else super().load_dialect_impl(dialect)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return as_json(value) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return json.loads(value) if dialect.name == "sqlite" and value is not None else value


class written(FunctionElement[str]):
    """`written(column)`: what a PackedJson column holds, as text; not a blank of it differs from what was written."""

    type = WRITTEN
    inherit_cache = True


@compiles(written)
def _as_text(element: written, compiler: SQLCompiler, **named: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **named)} AS TEXT)"


@compiles(written, "sqlite")
def _as_kept(element: written, compiler: SQLCompiler, **named: Any) -> str:
    return compiler.process(element.clauses, **named)
